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

/// Values that a thread takes at a time.
private let valuesAtOnce = 8192

/// An activation over a batch. Generic, so that the loop knows the function.
private final class ActivationRun<Function: Activation>: ImagewiseRun {
  private let function: Function
  let parts: ImageParts
  let team: ThreadTeam

  init(_ function: Function, count: Int, team: ThreadTeam) {
    self.function = function
    parts = ImageParts(items: count, most: valuesAtOnce)
    self.team = team
  }

  func apply(_ parts: Range<Int>, _ x: Values, _ y: MutableValues) {
    let function = function
    for index in self.parts.items(of: parts) { y[index] = function.value(x[index]) }
  }

  func passGradients(
    _ parts: Range<Int>, _ x: Values, _ y: Values, _ dy: MutableValues, _ dx: MutableValues
  ) {
    let function = function
    for index in self.parts.items(of: parts) {
      dx[index] = dy[index] * function.slope(x[index], y[index])
    }
  }
}

/// An activation over a batch, in whole registers.
private final class KernelActivationRun: ImagewiseRun {
  private let kernel: ActivationKernel
  let parts: ImageParts
  let team: ThreadTeam

  init(_ kernel: ActivationKernel, count: Int, team: ThreadTeam) {
    self.kernel = kernel
    parts = ImageParts(items: count, most: valuesAtOnce)
    self.team = team
  }

  func apply(_ parts: Range<Int>, _ x: Values, _ y: MutableValues) {
    let range = self.parts.items(of: parts)
    kernel.forward(range.count, x + range.lowerBound, y + range.lowerBound)
  }

  func passGradients(
    _ parts: Range<Int>, _ x: Values, _ y: Values, _ dy: MutableValues, _ dx: MutableValues
  ) {
    let range = self.parts.items(of: parts)
    let first = range.lowerBound
    kernel.backward(range.count, x + first, dy + first, dx + first)
  }
}
