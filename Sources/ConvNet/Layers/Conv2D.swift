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
      expected: "same, valid, pad, stride, dilation, nobias, and last an activation")
    return layer
  }

  public var text: String {
    "conv \(filters) \(window.height)x\(window.width)" + window.text(defaultStride: (1, 1))
      + (hasBias ? "" : " nobias") + (activation.map { " " + $0.text } ?? "")
  }

  public var title: String {
    "Conv2D(\(filters), \(window.height)×\(window.width)"
      + (window.text(defaultStride: (1, 1)).split(separator: " ").isEmpty
        ? "" : "," + window.text(defaultStride: (1, 1)))
      + (hasBias ? "" : ", no bias") + (activation.map { ", " + $0.title } ?? "") + ")"
  }

  public func output(
    for input: FeatureShape, name: String
  ) throws(NetworkError) -> FeatureShape {
    if input.isFlat { throw .needsMap(layer: name, input: input) }
    let (height, width) = try window.output(for: input, name: name)
    return FeatureShape(height: height, width: width, channels: filters)
  }

  public func parameters(for input: FeatureShape) -> [ParameterShape] {
    let taps = window.height * window.width
    let weight = ParameterShape(
      "weight", memory: [window.height, window.width, input.channels, filters],
      order: [3, 2, 0, 1], file: [filters, input.channels, window.height, window.width],
      fanIn: taps * input.channels, fanOut: taps * filters, decays: true)
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
          ? " + one bias a filter: \(product) + \(filters) = \((weights + filters).grouped)"
          : ": \(product) = \(weights.grouped)"),
    ]
  }

  public func steps(
    for nodes: ArraySlice<LayerNode>, in site: CompilationSite
  ) -> ([LayerStep], Int) {
    let node = nodes.first!
    var covered = 1
    var rectifies = activation is ReLU
    func following() -> LayerNode? {
      site.fuses && nodes.count > covered ? nodes[nodes.startIndex + covered] : nil
    }
    if activation == nil, following()?.layer is ReLU {
      rectifies = true
      covered += 1
    }
    var pool: MaxPool?
    if rectifies || activation == nil, let next = following()?.layer as? MaxPool,
      next.window.padding == .valid, next.window.height * next.window.width <= 255
    {
      pool = next
      covered += 1
    }
    let last = nodes[nodes.startIndex + covered - 1]
    let run = Conv2DRun(
      self, input: node.input, output: node.output, slots: node.slots, rectifies: rectifies,
      pool: pool?.window, site: site)
    var steps = [LayerStep(run, inputs: node.input.count, outputs: last.output.count)]
    if !rectifies, let activation {
      steps.append(activation.step(count: node.output.count, site))
    }
    return (steps, covered)
  }
}
