import ConvEngine
import Raster
import Text

/// A dense layer: every output sees every input.
///
///     out[o] = act(bias[o] + Σ_i w[i, o] · in[i])
public struct Dense: Layer {
  /// Number of outputs (1…65536).
  public var outputs: Int
  public var hasBias: Bool
  /// How its weights start; nil as those of the other layers.
  public var start: WeightStart?
  public var activation: (any Activation)?

  public init(outputs: Int, hasBias: Bool = true, activation: (any Activation)? = nil) {
    precondition(outputs >= 1, "at least one output")
    self.outputs = outputs
    self.hasBias = hasBias
    self.activation = activation
  }

  public static let words = ["dense", "linear", "fc"]

  public static func parse(_ arguments: inout LayerArguments) throws(NetworkError) -> Dense {
    var layer = Dense(outputs: try arguments.integer("a number of outputs", 1...65536))
    while arguments.word != nil {
      if try arguments.takeStart(&layer.start, whitens: false) { continue }
      guard layer.hasBias, arguments.take("nobias") else { break }
      layer.hasBias = false
    }
    layer.activation = try arguments.activation()
    try arguments.finish(
      expected: "nobias, how its weights start "
        + "(\(Initialization.allCases.map(\.rawValue).joined(separator: ", "))), and last an activation"
    )
    return layer
  }

  public var text: String {
    "dense \(outputs)" + (hasBias ? "" : " nobias") + (start.map { " " + $0.word } ?? "")
      + (activation.map { " " + $0.text } ?? "")
  }

  public var title: String {
    "Dense(\(outputs)" + (hasBias ? "" : ", no bias") + (activation.map { ", " + $0.title } ?? "")
      + ")"
  }

  public func output(
    for input: FeatureShape, name: String
  ) throws(NetworkError) -> FeatureShape {
    if !input.isFlat { throw .needsFlat(layer: name, input: input) }
    return .vector(outputs)
  }

  public func parameters(for input: FeatureShape) -> [ParameterShape] {
    var weight = ParameterShape(
      "weight", memory: [input.height, input.width, input.channels, outputs], order: [3, 2, 0, 1],
      file: [outputs, input.count], fanIn: input.count, fanOut: outputs, decays: true)
    weight.start(start)
    return [weight] + (hasBias ? [ParameterShape("bias", memory: [outputs])] : [])
  }

  public func keptWeights(for input: FeatureShape, batch: Int) -> Int {
    input.count.saturatingProduct(outputs)
  }

  public func operations(for input: FeatureShape, output: FeatureShape) -> Int {
    2 * input.count * outputs
  }

  public func explanation(for input: FeatureShape, output: FeatureShape) -> [String] {
    let weights = input.count * outputs
    let product = "\(NumberText.grouped(input.count))·\(outputs)"
    return [
      "one output a neuron: \(outputs)",
      "parameters: inputs · outputs"
        + (hasBias
          ? " + one bias an output: \(product) + \(outputs) = \(NumberText.grouped(weights + outputs))"
          : ": \(product) = \(NumberText.grouped(weights))"),
    ]
  }

  public var fusion: FusionAbilities { [.relu, .maskedGradient] }

  public func run(_ step: StepPlan, in site: CompilationSite) -> any LayerRun {
    DenseRun(self, step, site)
  }
}

/// A dense layer on the engine's matrix multiply, with the ReLU behind it where there is one.
private final class DenseRun: LayerRun {
  private let block: DenseBlock
  private let own: AffineParameters
  private let masksInput: Bool

  init(_ layer: Dense, _ step: StepPlan, _ site: CompilationSite) {
    block = DenseBlock(
      inputs: step.inputs, outputs: layer.outputs, relu: step.rectifies, maximumBatch: site.batch,
      training: site.isTraining, precision: site.precision, team: site.team)
    masksInput = step.masksInput
    let slots = step.node.slots
    own = AffineParameters(step, hasBias: layer.hasBias, site)
    if let division = site.division, let parts = block.parts(division.share) {
      division.add(slots[0], parts)
    }
  }

  func keepWeights() { block.keep(own.weights) }

  func wantsWindow(_ share: BatchShare) -> Bool { block.wantsWindow(share) }

  func read(_ window: RankWindow) { block.read(window) }

  func forward(_ x: Values, _ y: MutableValues, _ pass: Pass) {
    block.forward(
      batch: pass.count, x: x, weights: own.weights,
      bias: own.bias,
      y: y)
    if pass.isTraining, let share = pass.share {
      block.prepareBackward(batch: pass.count, x: x, share: share)
    }
  }

  func backward(_ x: Values, _ y: Values, _ dy: MutableValues, _ dx: MutableValues?, _ pass: Pass) {
    block.backward(
      batch: pass.count, x: x, weights: own.weights, y: y, dy: dy, dx: dx,
      weightGradient: own.weightGradient, biasGradient: own.biasGradient, maskingInput: masksInput,
      share: pass.share)
  }
}
