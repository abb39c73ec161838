import Text

/// Batch normalisation: each channel to mean 0 and variance 1 over the batch, then scale and shift.
///
///     out[…, c] = weight[c] · (in[…, c] − mean[c]) / √(variance[c] + ε) + bias[c]
///     running ← (1 − momentum) · running + momentum · batch
///
/// While training, mean and (biased) variance are the batch's over rows and columns too;
/// afterwards the running ones, whose variance is unbiased, as in PyTorch.
///
/// - SeeAlso: Ioffe, Szegedy, Batch Normalization, arXiv:1502.03167.
public struct BatchNorm: Layer {
  /// Share of the newest batch in the running statistics (0…1).
  public var momentum: Float = 0.1
  /// Keeps the root away from zero (> 0).
  public var epsilon: Float = 1e-5
  /// Whether a scale is trained; without, it is 1.
  public var hasScale = true

  public static let words = ["batchnorm", "bn"]

  public static func parse(_ arguments: inout LayerArguments) throws(NetworkError) -> BatchNorm {
    var layer = BatchNorm()
    while arguments.word != nil {
      if let word = arguments.word, ["momentum", "epsilon"].contains(word) {
        try arguments.claim(word)
      }
      if arguments.take("momentum") {
        layer.momentum = try arguments.number("a momentum, as 0.1", 0...1)
      } else if arguments.take("epsilon") {
        layer.epsilon = try arguments.number("an epsilon, as 1e-5", 1e-12...1)
      } else if arguments.take("noscale") {
        layer.hasScale = false
      } else {
        break
      }
    }
    try arguments.finish(expected: "momentum, epsilon, noscale")
    return layer
  }

  public var text: String {
    "batchnorm" + (momentum == 0.1 ? "" : " momentum \(momentum)")
      + (epsilon == 1e-5 ? "" : " epsilon \(epsilon)") + (hasScale ? "" : " noscale")
  }

  public var title: String { hasScale ? "BatchNorm" : "BatchNorm(no scale)" }

  public func output(
    for input: FeatureShape, name: String
  ) throws(NetworkError) -> FeatureShape { input }

  /// Channels; for a flat input every value is one.
  func channels(of input: FeatureShape) -> Int { input.isFlat ? input.count : input.channels }

  public func parameters(for input: FeatureShape) -> [ParameterShape] {
    let flat = input.isFlat
    let memory = flat ? [input.height, input.width, input.channels] : [input.channels]
    func tensor(_ suffix: String, start: Float, isTrained: Bool) -> ParameterShape {
      ParameterShape(
        suffix, memory: memory, order: flat ? [2, 0, 1] : [0], file: [channels(of: input)],
        start: start, isTrained: isTrained)
    }
    let scale = hasScale ? [tensor("weight", start: 1, isTrained: true)] : []
    return scale + [
      tensor("bias", start: 0, isTrained: true),
      tensor("running_mean", start: 0, isTrained: false),
      tensor("running_var", start: 1, isTrained: false),
    ]
  }

  public func operations(for input: FeatureShape, output: FeatureShape) -> Int {
    2 * output.count
  }

  public func explanation(for input: FeatureShape, output: FeatureShape) -> [String] {
    let channels = channels(of: input)
    let trained =
      hasScale
      ? "a scale and a shift a channel, trained: 2·\(channels) = \(NumberText.grouped(2 * channels))"
      : "a shift a channel, trained: \(NumberText.grouped(channels))"
    return [
      "each channel by itself: the shape stays",
      "parameters: \(trained);"
        + " a running mean and variance, not trained: 2·\(channels) = \(NumberText.grouped(2 * channels))",
    ]
  }

  public var fusion: FusionAbilities { .activation }

  public func run(_ step: StepPlan, in site: CompilationSite) -> any LayerRun {
    BatchNormRun(self, channels: channels(of: step.node.input), step: step, site: site)
  }
}
