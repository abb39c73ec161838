import Text

/// A convolution of each channel by itself: one filter of `K × K` a channel.
///
///     out[y, x, c] = act(bias[c] + Σ_ji w[j, i, c] · in[y·stride + j·dilation − top, …, c])
///
/// The same as `conv` with as many filters and groups as there are channels.
///
/// - SeeAlso: Howard et al., MobileNets, arXiv:1704.04861.
public struct Depthwise: Layer {
  public var window: Window
  public var hasBias = true
  public var activation: (any Activation)?

  public static let words = ["depthwise", "depthwiseconv"]

  public static func parse(_ arguments: inout LayerArguments) throws(NetworkError) -> Depthwise {
    let (height, width) = try arguments.pair("a kernel size, as 3x3", Window.limit)
    var layer = Depthwise(window: Window(height: height, width: width))
    while arguments.word != nil {
      if try arguments.takeWindowWord(&layer.window) { continue }
      if arguments.take("nobias") {
        layer.hasBias = false
      } else {
        layer.activation = try arguments.activation()
        break
      }
    }
    try arguments.finish(
      expected: "same, valid, pad, stride, dilation, nobias, and last an activation")
    return layer
  }

  public var text: String {
    "depthwise \(window.height)x\(window.width)" + window.text(defaultStride: (1, 1))
      + (hasBias ? "" : " nobias") + (activation.map { " " + $0.text } ?? "")
  }

  public var title: String {
    let settings = window.text(defaultStride: (1, 1))
    return "Depthwise(\(window.height)×\(window.width)" + (settings.isEmpty ? "" : "," + settings)
      + (hasBias ? "" : ", no bias") + (activation.map { ", " + $0.title } ?? "") + ")"
  }

  public func output(
    for input: FeatureShape, name: String
  ) throws(NetworkError) -> FeatureShape {
    try window.output(for: input, channels: input.channels, name: name)
  }

  public func parameters(for input: FeatureShape) -> [ParameterShape] {
    let taps = window.height * window.width
    let weight = ParameterShape(
      "weight", memory: [window.height, window.width, 1, input.channels], order: [3, 2, 0, 1],
      file: [input.channels, 1, window.height, window.width], fanIn: taps, fanOut: taps,
      decays: true)
    return [weight] + (hasBias ? [ParameterShape("bias", memory: [input.channels])] : [])
  }

  public func operations(for input: FeatureShape, output: FeatureShape) -> Int {
    2 * window.height * window.width * output.count
  }

  public func explanation(for input: FeatureShape, output: FeatureShape) -> [String] {
    let weights = window.height * window.width * input.channels
    let product = "\(window.height)·\(window.width)·\(input.channels)"
    let all = NumberText.grouped(weights + input.channels)
    return window.explanation(for: input) + [
      "channels: each by itself: \(input.channels)",
      "parameters: kernel height · kernel width · channels"
        + (hasBias
          ? " + one bias a channel: \(product) + \(input.channels) = \(all)"
          : ": \(product) = \(NumberText.grouped(weights))"),
    ]
  }

  public var fusion: FusionAbilities { [.relu, .givenMask, .ceiling] }

  public func run(_ step: StepPlan, in site: CompilationSite) -> any LayerRun {
    DepthwiseRun(window, hasBias: hasBias, step, site)
  }
}
