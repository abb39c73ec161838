import Raster

/// A gate: the input, each channel times what the body makes of the input for it.
///
///     out[y, x, c] = in[y, x, c] · body(in)[c]
///
/// `gate { globalavgpool; dense 8 relu; dense 64 sigmoid }` is squeeze-and-excitation. The body may also
/// end in a map of the input's shape: then each value has a factor of its own.
///
/// - SeeAlso: Hu et al., Squeeze-and-Excitation Networks, arXiv:1709.01507.
public struct Gate: Block {
  public var body: [any Layer]

  public init(_ body: [any Layer]) { self.body = body }

  public static let words = ["gate", "excite"]

  public static func parse(_ arguments: inout LayerArguments) throws(NetworkError) -> Gate {
    let blocks = arguments.attached
    guard blocks.count == 1, !blocks[0].isEmpty else {
      throw .missingArgument(
        "a body in braces, as { globalavgpool; dense 8 relu; dense 64 sigmoid } for 64 channels",
        of: arguments.layer, at: arguments.start)
    }
    try arguments.finish(expected: "{ body } and nothing more")
    return Gate(blocks[0])
  }

  public var branches: [[any Layer]] { [body] }

  func holding(_ branches: [[any Layer]]) -> Gate { Gate(branches[0]) }

  public var text: String { "gate " + Self.text(of: body) }
  public var title: String { "Gate" }

  public func output(
    for input: FeatureShape, name: String
  ) throws(NetworkError) -> FeatureShape {
    let end = try end(of: body, for: input, name: name)
    // What was flattened from larger maps lies in another order.
    let isOnePlace = end.height * end.width == 1 && end.channels == input.channels && !input.isFlat
    if !isOnePlace && end != input { throw .gateMismatch(layer: name, body: end, input: input) }
    return input
  }

  public func operations(for input: FeatureShape, output: FeatureShape) -> Int { output.count }

  public func explanation(for input: FeatureShape, output: FeatureShape) -> [String] {
    [
      "each channel times what the body makes of the input for it: the shape stays;"
        + " the layers of the body follow"
    ]
  }

  public func run(_ step: StepPlan, in site: CompilationSite) -> any LayerRun {
    GateRun(step.node, site)
  }
}

private final class GateRun: LayerRun {
  private let body: LayerChain
  /// Values of an example, and factors of an example: as many, or one a channel.
  private let count, factors: Int
  private let team: ThreadTeam
  /// What the body yielded on the way forward.
  private var gate: UnsafePointer<Float>?
  /// Gradients of the factors where the body has no memory for them, having no steps.
  private let spare: FloatBuffer

  init(_ node: LayerNode, _ site: CompilationSite) {
    body = LayerChain(node.branches[0], site)
    count = node.input.count
    factors = node.branches[0][node.branches[0].count - 1].output.count
    team = site.team
    spare = FloatBuffer(count: site.isTraining && body.steps.isEmpty ? count * site.batch : 0)
  }

  func keepWeights() { body.keepWeights() }

  func forward(_ x: Values, _ y: MutableValues, _ pass: Pass) {
    // Safety: the body owns its output; examples don't overlap.
    nonisolated(unsafe) let gate = body.forward(x, pass)
    nonisolated(unsafe) let (x, y) = (x, y)
    self.gate = gate
    let (count, factors) = (count, factors)
    team.run(pass.count) { example in
      let factor = gate + example * factors
      for place in stride(from: example * count, to: (example + 1) * count, by: factors) {
        let (from, to) = (x + place, y + place)
        for c in 0..<factors { to[c] = from[c] * factor[c] }
      }
    }
  }

  /// Gradients of the factors are sums over the places of a channel:
  ///
  ///     dgate[c] = Σ dy[…, c] · x[…, c]        dx[…, c] = dy[…, c] · gate[c] + what comes from the body
  func backward(_ x: Values, _ y: Values, _ dy: MutableValues, _ dx: MutableValues?, _ pass: Pass) {
    guard let gate = self.gate else { preconditionFailure("forwards comes first") }
    // Safety: as forward; the body's gradient buffers hold its widest step for the whole batch.
    nonisolated(unsafe) let slopes = body.steps.isEmpty ? spare.base : body.outputGradient
    nonisolated(unsafe) let (from, dy, gates) = (x, dy, gate)
    let (count, factors) = (count, factors)
    team.run(pass.count) { example in
      let slope = slopes + example * factors
      slope.update(repeating: 0, count: factors)
      for place in stride(from: example * count, to: (example + 1) * count, by: factors) {
        let (values, gradient) = (from + place, dy + place)
        for c in 0..<factors { slope[c] += gradient[c] * values[c] }
      }
    }
    if body.steps.isEmpty {
      dx?.update(from: slopes, count: pass.count * count)
    } else {
      body.backward(x, dx, pass)
    }
    guard let dx else { return }
    nonisolated(unsafe) let sum = dx
    team.run(pass.count) { example in
      let factor = gates + example * factors
      for place in stride(from: example * count, to: (example + 1) * count, by: factors) {
        let (gradient, to) = (dy + place, sum + place)
        for c in 0..<factors { to[c] += gradient[c] * factor[c] }
      }
    }
  }
}
