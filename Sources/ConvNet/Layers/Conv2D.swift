import Text

/// A convolutional layer: F filters of `K × K × C` slide over the map; each yields one channel.
///
///     out[y, x, f] = act(bias[f] + Σ_jic w[j, i, c, f] · in[y·stride + j·dilation − top, …, c])
///
/// A correlation, as everywhere in networks: the filters aren't flipped.
public struct Conv2D: Layer {
  /// Number of filters (1…65536).
  public var filters: Int
  public var window: Window
  public var hasBias: Bool
  /// How its weights start; nil as those of the other layers.
  public var start: WeightStart?
  public var activation: (any Activation)?

  public init(
    filters: Int, window: Window, hasBias: Bool = true, activation: (any Activation)? = nil
  ) {
    precondition(filters >= 1, "at least one filter")
    self.filters = filters
    self.window = window
    self.hasBias = hasBias
    self.activation = activation
  }

  public static let words = ["conv", "conv2d", "convolution"]

  public static func parse(_ arguments: inout LayerArguments) throws(NetworkError) -> Conv2D {
    let filters = try arguments.integer("a number of filters", 1...65536)
    let (height, width) = try arguments.pair("a kernel size, as 3x3", Window.limit)
    var layer = Conv2D(filters: filters, window: Window(height: height, width: width))
    while arguments.word != nil {
      if try arguments.takeWindowWord(&layer.window) { continue }
      if try arguments.takeStart(&layer.start, whitens: true) { continue }
      if arguments.take("nobias") {
        layer.hasBias = false
      } else if let activation = try arguments.activation() {
        layer.activation = activation
        break
      } else {
        break
      }
    }
    try arguments.finish(
      expected: "same, valid, pad, stride, dilation, nobias, how its weights start "
        + "(\(WeightStart.words.joined(separator: ", "))), and last an activation")
    return layer
  }

  public var text: String {
    "conv \(filters) \(window.height)x\(window.width)" + window.text(defaultStride: (1, 1))
      + (hasBias ? "" : " nobias") + (start.map { " " + $0.word } ?? "") + (activation.map { " " + $0.text } ?? "")
  }

  public var title: String {
    "Conv2D(\(filters), \(window.height)×\(window.width)"
      + (window.text(defaultStride: (1, 1)).split(separator: " ").isEmpty
        ? "" : "," + window.text(defaultStride: (1, 1)))
      + (hasBias ? "" : ", no bias") + (start == .whitened ? ", whitened" : "") + (activation.map { ", " + $0.title } ?? "") + ")"
  }

  public func output(
    for input: FeatureShape, name: String
  ) throws(NetworkError) -> FeatureShape {
    if input.isFlat { throw .needsMap(layer: name, input: input) }
    try checkWhitening(input, name: name)
    let (height, width) = try window.output(for: input, name: name)
    return FeatureShape(height: height, width: width, channels: filters)
  }

  public func parameters(for input: FeatureShape) -> [ParameterShape] {
    let taps = window.height * window.width
    var weight = ParameterShape(
      "weight", memory: [window.height, window.width, input.channels, filters],
      order: [3, 2, 0, 1], file: [filters, input.channels, window.height, window.width],
      fanIn: taps * input.channels, fanOut: taps * filters, decays: true)
    weight.start(start)
    return [weight] + (hasBias ? [ParameterShape("bias", memory: [filters])] : [])
  }

  public func operations(for input: FeatureShape, output: FeatureShape) -> Int {
    2 * window.height * window.width * input.channels * output.count
  }

  public func explanation(for input: FeatureShape, output: FeatureShape) -> [String] {
    let weights = window.height * window.width * input.channels * filters
    let product = "\(window.height)·\(window.width)·\(input.channels)·\(filters)"
    return window.explanation(for: input) + [
      "channels: one a filter: \(filters)",
      "parameters: kernel height · kernel width · input channels · filters"
        + (hasBias
          ? " + one bias a filter: \(product) + \(filters) = \(NumberText.grouped(weights + filters))"
          : ": \(product) = \(NumberText.grouped(weights))"),
    ]
  }

  public var fusion: FusionAbilities { [.relu, .maxPool, .givenMask] }

  public func run(_ step: StepPlan, in site: CompilationSite) -> any LayerRun {
    Conv2DRun(self, step, site)
  }
}
