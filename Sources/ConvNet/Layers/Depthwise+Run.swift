import ConvEngine

/// A convolution of each channel by itself on the engine, with the ReLU behind it where there is one.
final class DepthwiseRun: LayerRun {
  private let block: DepthwiseBlock
  private let weights: UnsafeMutablePointer<Float>
  private let bias: UnsafeMutablePointer<Float>?
  private let weightGradient: UnsafeMutablePointer<Float>
  private let biasGradient: UnsafeMutablePointer<Float>?
  private let needsInputGradient, isMasked: Bool

  init(_ window: Window, hasBias: Bool, _ step: StepPlan, _ site: CompilationSite) {
    let (input, slots) = (step.node.input, step.node.slots)
    block = DepthwiseBlock(
      window.convolution(of: input, channels: input.channels, filters: input.channels),
      relu: step.rectifies, ceiling: step.ceiling, maximumBatch: site.batch,
      training: site.isTraining, team: site.team)
    isMasked = step.isMasked
    needsInputGradient = site.needsInputGradient
    weights = site.value(slots[0])
    weightGradient = site.gradient(slots[0])
    bias = hasBias ? site.value(slots[1]) : nil
    biasGradient = hasBias ? site.gradient(slots[1]) : nil
  }

  func forward(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ pass: Pass) {
    block.forward(
      batch: pass.count, x: x, weights: UnsafePointer(weights),
      bias: bias.map { UnsafePointer($0) }, y: y)
  }

  func backward(
    _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ dy: UnsafeMutablePointer<Float>,
    _ dx: UnsafeMutablePointer<Float>?, _ pass: Pass
  ) {
    block.backward(
      batch: pass.count, x: x, weights: UnsafePointer(weights), y: y, dy: dy,
      dx: needsInputGradient ? dx : nil, weightGradient: weightGradient,
      biasGradient: biasGradient, isMasked: isMasked, share: pass.share)
  }
}
