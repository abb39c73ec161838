import Raster

/// A residual block: the body's output plus the input, or plus what a shortcut makes of it.
///
///     out = act(body(in) + shortcut(in))
///
/// - SeeAlso: He et al., Deep Residual Learning, arXiv:1512.03385.
public struct Residual: Block {
  public var body: [any Layer]
  /// Empty for the input itself.
  public var shortcut: [any Layer] = []
  public var activation: (any Activation)?

  public static let words = ["residual"]

  public static func parse(_ arguments: inout LayerArguments) throws(NetworkError) -> Residual {
    let blocks = arguments.attached
    guard (1...2).contains(blocks.count) else {
      throw .missingArgument(
        "a body in braces, as { conv 64 3x3 same; relu; conv 64 3x3 same }, and perhaps"
          + " shortcut { conv 64 1x1 }",
        of: arguments.layer, at: arguments.start)
    }
    let activation = try arguments.activation()
    try arguments.finish(expected: "{ body }, shortcut { … }, and last an activation")
    return Residual(
      body: blocks[0], shortcut: blocks.count == 2 ? blocks[1] : [], activation: activation)
  }

  public var branches: [[any Layer]] { [body, shortcut] }

  public func holding(_ branches: [[any Layer]]) -> Residual {
    Residual(body: branches[0], shortcut: branches[1], activation: activation)
  }

  public var text: String {
    "residual " + Self.text(of: body)
      + (shortcut.isEmpty ? "" : " shortcut " + Self.text(of: shortcut))
      + (activation.map { " " + $0.text } ?? "")
  }

  public var title: String { "Residual" + (activation.map { "(\($0.title))" } ?? "") }

  public func output(
    for input: FeatureShape, name: String
  ) throws(NetworkError) -> FeatureShape {
    let bodyEnd = try end(of: body, for: input, name: name)
    let shortcutEnd = try end(of: shortcut, for: input, name: name)
    if bodyEnd != shortcutEnd {
      throw .shortcutMismatch(layer: name, body: bodyEnd, shortcut: shortcutEnd)
    }
    return bodyEnd
  }

  public func operations(for input: FeatureShape, output: FeatureShape) -> Int { output.count }

  public func explanation(for input: FeatureShape, output: FeatureShape) -> [String] {
    ["the sum of two branches of the same shape; the layers of the branches follow"]
  }

  public var fusion: FusionAbilities { [.lastReLU] }

  public func run(_ step: StepPlan, in site: CompilationSite) -> any LayerRun {
    ResidualRun(step, site)
  }
}

private final class ResidualRun: LayerRun {
  private let body: LayerChain
  private let shortcut: LayerChain
  private let inputs: Int
  private let outputs: Int
  private let rectifies: Bool
  private let team: ThreadTeam
  /// The shortcut's part of the input's gradient.
  private let spare: FloatBuffer

  init(_ step: StepPlan, _ site: CompilationSite) {
    let node = step.node
    rectifies = step.rectifies
    body = LayerChain(node.branches[0], site)
    shortcut = LayerChain(node.branches[1], site)
    inputs = node.input.count
    outputs = node.output.count
    team = site.team
    spare = FloatBuffer(count: site.isTraining ? node.input.count * site.batch : 0)
  }

  func keepWeights() {
    body.keepWeights()
    shortcut.keepWeights()
  }

  func forward(_ x: Values, _ y: MutableValues, _ pass: Pass) {
    // Safety: each chain owns its output; parts of the batch don't overlap.
    nonisolated(unsafe) let first = body.forward(x, pass)
    nonisolated(unsafe) let second = shortcut.forward(x, pass)
    nonisolated(unsafe) let y = y
    let rectifies = rectifies
    team.split(0..<pass.count * outputs, grain: 16384) { part in
      if rectifies {
        for index in part {
          let sum = first[index] + second[index]
          y[index] = sum > 0 ? sum : 0
        }
      } else {
        for index in part { y[index] = first[index] + second[index] }
      }
    }
  }

  func backward(_ x: Values, _ y: Values, _ dy: MutableValues, _ dx: MutableValues?, _ pass: Pass) {
    let count = pass.count * outputs
    // Safety: the chains' gradient buffers hold their widest step for the whole batch.
    if !body.steps.isEmpty {
      body.outputGradient.update(from: dy, count: count)
      body.backward(x, dx, pass)
    } else if let dx {
      dx.update(from: dy, count: count)
    }
    var other = UnsafePointer(dy)
    if !shortcut.steps.isEmpty {
      shortcut.outputGradient.update(from: dy, count: count)
      shortcut.backward(x, dx == nil ? nil : spare.base, pass)
      other = UnsafePointer(spare.base)
    }
    guard let dx else { return }
    nonisolated(unsafe) let (sum, second) = (dx, other)
    team.split(0..<pass.count * inputs, grain: 16384) { part in
      for index in part { sum[index] += second[index] }
    }
  }
}
