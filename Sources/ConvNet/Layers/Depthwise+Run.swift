import ConvEngine

/// A convolution of each channel by itself on the engine, with the ReLU behind it where there is one.
final class DepthwiseRun: LayerRun {
  private let block: DepthwiseBlock
  private let own: AffineParameters
  private let needsInputGradient, isMasked: Bool

  init(_ window: Window, hasBias: Bool, _ step: StepPlan, _ site: CompilationSite) {
    block = Self.block(window, step, site)
    isMasked = step.isMasked
    needsInputGradient = site.needsInputGradient
    own = AffineParameters(step, hasBias: hasBias, site)
  }

  static func block(_ window: Window, _ step: StepPlan, _ site: CompilationSite) -> DepthwiseBlock {
    let input = step.node.input
    return DepthwiseBlock(
      window.convolution(of: input, channels: input.channels, filters: input.channels),
      relu: step.rectifies, ceiling: step.ceiling, maximumBatch: site.batch,
      training: site.isTraining, team: site.team)
  }

  func forward(_ x: Values, _ y: MutableValues, _ pass: Pass) {
    block.forward(
      batch: pass.count, x: x, weights: own.weights,
      bias: own.bias, y: y)
  }

  func backward(_ x: Values, _ y: Values, _ dy: MutableValues, _ dx: MutableValues?, _ pass: Pass) {
    block.backward(
      batch: pass.count, x: x, weights: own.weights, y: y, dy: dy,
      dx: needsInputGradient ? dx : nil, weightGradient: own.weightGradient,
      biasGradient: own.biasGradient, isMasked: isMasked, share: pass.share)
  }
}
