import ConvEngine
import Raster
import Text

/// A convolutional layer: F filters of `K × K × C` slide over the map; each yields one channel.
///
///     out[y, x, f] = act(bias[f] + Σ_jic w[j, i, c, f] · in[y·stride + j·dilation − top, …, c])
///
/// A correlation, as everywhere in networks: the filters aren't flipped. With G groups, channels and
/// filters are cut into G parts, and the filters of a part see the channels of that part alone.
public struct Conv2D: Layer {
  /// Number of filters (1…65536).
  public var filters: Int
  public var window: Window
  /// Parts of channels and filters that have nothing to do with each other (1: none).
  public var groups: Int
  public var hasBias: Bool
  /// How its weights start; nil as those of the other layers.
  public var start: WeightStart?
  public var activation: (any Activation)?

  public init(
    filters: Int, window: Window, groups: Int = 1, hasBias: Bool = true,
    activation: (any Activation)? = nil
  ) {
    precondition(filters >= 1 && groups >= 1 && filters % groups == 0, "as many filters a group")
    self.filters = filters
    self.window = window
    self.groups = groups
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
      } else if arguments.word == "groups" {
        layer.groups = try groups(&arguments, filters: filters)
      } else if let activation = try arguments.activation() {
        layer.activation = activation
        break
      } else {
        break
      }
    }
    try arguments.finish(
      expected: "same, valid, pad, stride, dilation, groups, nobias, how its weights start "
        + "(\(WeightStart.words.joined(separator: ", "))), and last an activation")
    return layer
  }

  private static func groups(
    _ arguments: inout LayerArguments, filters: Int
  ) throws(NetworkError) -> Int {
    try arguments.claim("groups")
    arguments.take()
    let (word, position) = (arguments.word ?? "", arguments.position)
    let groups = try arguments.integer("a number of groups", 1...65536)
    if filters % groups != 0 {
      throw .valueOutOfRange(
        word, of: arguments.layer, at: position, allowed: "divisors of the \(filters) filters")
    }
    return groups
  }

  /// What stands in a description and in tables besides the size.
  private var settings: String {
    window.text(defaultStride: (1, 1)) + (groups == 1 ? "" : " groups \(groups)")
  }

  public var text: String {
    "conv \(filters) \(window.height)x\(window.width)" + settings
      + (hasBias ? "" : " nobias") + (start.map { " " + $0.word } ?? "")
      + (activation.map { " " + $0.text } ?? "")
  }

  public var title: String {
    "Conv2D(\(filters), \(window.height)×\(window.width)"
      + (settings.isEmpty ? "" : "," + settings)
      + (hasBias ? "" : ", no bias") + (start == .whitened ? ", whitened" : "")
      + (activation.map { ", " + $0.title } ?? "") + ")"
  }

  public func output(
    for input: FeatureShape, name: String
  ) throws(NetworkError) -> FeatureShape {
    if input.isFlat { throw .needsMap(layer: name, input: input) }
    if input.channels % groups != 0 {
      throw .unevenGroups(layer: name, groups: groups, channels: input.channels)
    }
    try checkWhitening(input, name: name)
    return try window.output(for: input, channels: filters, name: name)
  }

  public func parameters(for input: FeatureShape) -> [ParameterShape] {
    let taps = window.height * window.width
    // What doesn't divide is refused right after.
    let channels = max(1, input.channels / groups)
    var weight = ParameterShape(
      "weight", memory: [window.height, window.width, channels, filters],
      order: [3, 2, 0, 1], file: [filters, channels, window.height, window.width],
      fanIn: taps * channels, fanOut: taps * filters / groups, decays: true)
    weight.start(start)
    return [weight] + (hasBias ? [ParameterShape("bias", memory: [filters])] : [])
  }

  public func keptWeights(for input: FeatureShape, batch: Int) -> Int {
    if groups > 1 { return 0 }
    return ConvolutionBlock.keptCount(
      window.convolution(of: input, channels: input.channels, filters: filters),
      maximumBatch: batch)
  }

  public func operations(for input: FeatureShape, output: FeatureShape) -> Int {
    2 * window.height * window.width * (input.channels / groups) * output.count
  }

  public func explanation(for input: FeatureShape, output: FeatureShape) -> [String] {
    let channels = input.channels / groups
    let weights = window.height * window.width * channels * filters
    let product = "\(window.height)·\(window.width)·\(channels)·\(filters)"
    return window.explanation(for: input) + [
      "channels: one a filter: \(filters)",
      "parameters: kernel height · kernel width · input channels"
        + (groups == 1 ? "" : " of a group") + " · filters"
        + (hasBias
          ? " + one bias a filter: \(product) + \(filters) = \(NumberText.grouped(weights + filters))"
          : ": \(product) = \(NumberText.grouped(weights))"),
    ]
  }

  public var fusion: FusionAbilities {
    groups == 1 ? [.relu, .maxPool, .givenMask, .ceiling] : []
  }

  public func run(_ step: StepPlan, in site: CompilationSite) -> any LayerRun {
    if groups == 1 { return Conv2DRun(self, step, site) }
    if groups == filters, groups == step.node.input.channels {
      return DepthwiseRun(window, hasBias: hasBias, step, site)
    }
    return GroupedConvolutionRun(self, step, site)
  }
}
