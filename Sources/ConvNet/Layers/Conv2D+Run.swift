import ConvEngine

/// A convolution on the engine, with the ReLU and the maximum pooling behind it where there are.
final class Conv2DRun: LayerRun {
  private let isMasked: Bool
  private let block: ConvolutionBlock
  private let own: AffineParameters
  /// Which tap of each pooling window was the largest: [batch, y, x, c].
  private var largest: [UInt8]

  init(_ layer: Conv2D, _ step: StepPlan, _ site: CompilationSite) {
    isMasked = step.isMasked
    let (input, window) = (step.node.input, layer.window)
    let shape = window.convolution(
      of: input, channels: input.channels, filters: layer.filters)
    block = ConvolutionBlock(
      shape, relu: step.rectifies, ceiling: step.ceiling,
      pool: step.pool.map {
        PoolShape(
          windowHeight: $0.height, windowWidth: $0.width, strideY: $0.strideY, strideX: $0.strideX)
      },
      maximumBatch: site.batch, needsInputGradient: site.needsInputGradient,
      training: site.isTraining, precision: site.precision, team: site.team,
      memory: site.memory)
    largest = [UInt8](repeating: 0, count: site.isTraining ? block.argmaxCount * site.batch : 0)
    own = AffineParameters(step, hasBias: layer.hasBias, site)
  }

  func keepWeights() { block.keep(own.weights) }

  var takesVisits: Bool { true }

  func forward(_ x: Values, _ y: MutableValues, _ pass: Pass) {
    forward(x, y, pass, visits: ImageVisits())
  }

  func forward(_ x: Values, _ y: MutableValues, _ pass: Pass, visits: ImageVisits) {
    largest.withUnsafeMutableBufferPointer { largest in
      // Safety: `argmaxCount` bytes an example; the compiled network holds the parameters.
      block.forward(
        batch: pass.count, x: x, weights: own.weights,
        bias: own.bias,
        y: y, argmax: pass.isTraining && block.argmaxCount > 0 ? largest.baseAddress : nil,
        visits: visits)
    }
  }

  func backward(_ x: Values, _ y: Values, _ dy: MutableValues, _ dx: MutableValues?, _ pass: Pass) {
    backward(x, y, dy, dx, pass, visits: ImageVisits())
  }

  func backward(
    _ x: Values, _ y: Values, _ dy: MutableValues, _ dx: MutableValues?, _ pass: Pass,
    visits: ImageVisits
  ) {
    largest.withUnsafeBufferPointer { largest in
      // Safety: as forward.
      block.backward(
        batch: pass.count, x: x, weights: own.weights, y: y,
        argmax: block.argmaxCount > 0 ? largest.baseAddress : nil, dy: dy, dx: dx,
        weightGradient: own.weightGradient, biasGradient: own.biasGradient, isMasked: isMasked,
        share: pass.share, visits: visits)
    }
  }
}
