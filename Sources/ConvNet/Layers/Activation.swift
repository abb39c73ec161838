import ConvEngine
import Raster

/// A function of each value by itself. It may stand on its own line or end a line of conv or dense.
public protocol Activation: Layer {
  /// out = f(in).
  func value(_ x: Float) -> Float
  /// df/din at `x`, where f(x) = `y`.
  func slope(_ x: Float, _ y: Float) -> Float
  /// The same in whole registers, where the engine has it.
  var kernel: ActivationKernel? { get }
}

extension Activation {
  public var kernel: ActivationKernel? { nil }

  public func output(
    for input: FeatureShape, name: String
  ) throws(NetworkError) -> FeatureShape { input }

  public func operations(for input: FeatureShape, output: FeatureShape) -> Int { output.count }

  public func explanation(for input: FeatureShape, output: FeatureShape) -> [String] {
    ["each value by itself: the shape stays"]
  }

  public func run(_ step: StepPlan, in site: CompilationSite) -> any LayerRun {
    if let kernel {
      return KernelActivationRun(kernel, count: step.outputs, team: site.team)
    }
    return ActivationRun(self, count: step.outputs, team: site.team)
  }
}

/// An activation over a batch. Generic, so that the loop knows the function.
private final class ActivationRun<Function: Activation>: LayerRun {
  private let function: Function
  private let count: Int
  private let team: ThreadTeam

  init(_ function: Function, count: Int, team: ThreadTeam) {
    self.function = function
    self.count = count
    self.team = team
  }

  /// Values that a thread takes at a time.
  private static var grain: Int { 8192 }

  func forward(_ x: Values, _ y: MutableValues, _ pass: Pass) {
    // Safety: parts of the batch don't overlap; both hold `count` values an example.
    nonisolated(unsafe) let (x, y) = (x, y)
    let function = function
    team.split(0..<pass.count * count, grain: Self.grain) { part in
      for index in part { y[index] = function.value(x[index]) }
    }
  }

  func backward(_ x: Values, _ y: Values, _ dy: MutableValues, _ dx: MutableValues?, _ pass: Pass) {
    guard let to = dx else { return }
    // Safety: as forward.
    nonisolated(unsafe) let (x, y, dy, dx) = (x, y, dy, to)
    let function = function
    team.split(0..<pass.count * count, grain: Self.grain) { part in
      for index in part { dx[index] = dy[index] * function.slope(x[index], y[index]) }
    }
  }
}

/// An activation over a batch, in whole registers.
private final class KernelActivationRun: LayerRun {
  private let kernel: ActivationKernel
  private let count: Int
  private let team: ThreadTeam
  /// Values that a thread takes at a time.
  private let grain = 8192

  init(_ kernel: ActivationKernel, count: Int, team: ThreadTeam) {
    self.kernel = kernel
    self.count = count
    self.team = team
  }

  func forward(_ x: Values, _ y: MutableValues, _ pass: Pass) {
    // Safety: parts of the batch don't overlap; both hold `count` values an example.
    nonisolated(unsafe) let (x, y) = (x, y)
    let kernel = kernel
    team.split(0..<pass.count * count, grain: grain) { part in
      kernel.forward(part.count, x + part.lowerBound, y + part.lowerBound)
    }
  }

  func backward(_ x: Values, _ y: Values, _ dy: MutableValues, _ dx: MutableValues?, _ pass: Pass) {
    guard let to = dx else { return }
    // Safety: as forward.
    nonisolated(unsafe) let (x, dy, dx) = (x, dy, to)
    let kernel = kernel
    team.split(0..<pass.count * count, grain: grain) { part in
      kernel.backward(
        part.count, x + part.lowerBound, dy + part.lowerBound, dx + part.lowerBound)
    }
  }
}
