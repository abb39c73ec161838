import ConvEngine

/// A convolution on the engine, with the ReLU and the maximum pooling behind it where there are.
final class Conv2DRun: LayerRun {
  private let isMasked: Bool
  private let block: ConvolutionBlock
  private let weights: UnsafeMutablePointer<Float>
  private let bias: UnsafeMutablePointer<Float>?
  private let weightGradient: UnsafeMutablePointer<Float>
  private let biasGradient: UnsafeMutablePointer<Float>?
  /// Which tap of each pooling window was the largest: [batch, y, x, c].
  private var largest: [UInt8]

  init(_ layer: Conv2D, _ step: StepPlan, _ site: CompilationSite) {
    isMasked = step.isMasked
    let (input, slots, window) = (step.node.input, step.node.slots, layer.window)
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
    weights = site.value(slots[0])
    weightGradient = site.gradient(slots[0])
    bias = layer.hasBias ? site.value(slots[1]) : nil
    biasGradient = layer.hasBias ? site.gradient(slots[1]) : nil
  }

  func keepWeights() { block.keep(UnsafePointer(weights)) }

  func forward(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ pass: Pass) {
    largest.withUnsafeMutableBufferPointer { largest in
      // Safety: `argmaxCount` bytes an example; the compiled network holds the parameters.
      block.forward(
        batch: pass.count, x: x, weights: UnsafePointer(weights),
        bias: bias.map { UnsafePointer($0) },
        y: y, argmax: pass.isTraining && block.argmaxCount > 0 ? largest.baseAddress : nil)
    }
  }

  func backward(
    _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ dy: UnsafeMutablePointer<Float>,
    _ dx: UnsafeMutablePointer<Float>?, _ pass: Pass
  ) {
    largest.withUnsafeBufferPointer { largest in
      // Safety: as forward.
      block.backward(
        batch: pass.count, x: x, weights: UnsafePointer(weights), y: y,
        argmax: block.argmaxCount > 0 ? largest.baseAddress : nil, dy: dy, dx: dx,
        weightGradient: weightGradient, biasGradient: biasGradient, isMasked: isMasked,
        share: pass.share)
    }
  }
}
