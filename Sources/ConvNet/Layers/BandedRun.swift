import ConvEngine

/// A depthwise convolution and the 1×1 convolutions around it, a band of rows at a time.
final class BandedRun: LayerRun {
  private let block: BandedBlock
  private let outer: [(block: ConvolutionBlock, own: AffineParameters)]
  private let own: AffineParameters
  private let biases: (widening: Values?, depthwise: Values?, narrowing: Values?)

  /// - Parameter steps: as `StepPlan.banded` joins them.
  init(_ steps: [StepPlan], _ site: CompilationSite) {
    let middle = steps.firstIndex { $0.layer is Depthwise }!
    func product(_ step: StepPlan?) -> (block: ConvolutionBlock, own: AffineParameters)? {
      guard let step, let layer = step.layer as? Conv2D else { return nil }
      let shape = layer.window.convolution(
        of: step.node.input, channels: step.node.input.channels, filters: layer.filters)
      return (
        ConvolutionBlock(
          shape, relu: step.rectifies, ceiling: step.ceiling, maximumBatch: site.batch,
          needsInputGradient: false, training: false, team: site.team, memory: site.memory),
        AffineParameters(step, hasBias: layer.hasBias, site)
      )
    }
    let before = product(steps[..<middle].last)
    let behind = product(steps[middle...].dropFirst().first)
    guard let layer = steps[middle].layer as? Depthwise else { preconditionFailure("see above") }
    block = BandedBlock(
      before?.block, DepthwiseRun.block(layer.window, steps[middle], site), behind?.block,
      team: site.team)
    own = AffineParameters(steps[middle], hasBias: layer.hasBias, site)
    outer = [before, behind].compactMap { $0 }
    biases = (before?.own.bias, own.bias, behind?.own.bias)
  }

  func keepWeights() {
    for (block, own) in outer { block.keep(own.weights) }
  }

  func forward(_ x: Values, _ y: MutableValues, _ pass: Pass) {
    block.forward(batch: pass.count, x: x, weights: own.weights, biases: biases, y: y)
  }

  func backward(_ x: Values, _ y: Values, _ dy: MutableValues, _ dx: MutableValues?, _ pass: Pass) {
    preconditionFailure("for prediction")
  }
}
