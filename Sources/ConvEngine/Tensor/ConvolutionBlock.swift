import Raster

/// Convolution, bias, ReLU and max pooling over a batch, as one step.
///
/// One image at a time stays in the cache; only what the backward pass needs is written: the
/// (pooled) output and, where there is a pooling, one byte per output that says which sample of the
/// window won (the first of several equal ones). Images NHWC, weights
/// `[kernelHeight][kernelWidth][inputChannels][outputChannels]`.
///
/// The same bytes for any team, and for an image whatever batch it stands in. Not to be used by two
/// callers at once.
public final class ConvolutionBlock {
  public let shape: ConvolutionShape
  public let relu: Bool
  public let pool: PoolShape?
  let maximumBatch: Int
  let team: ThreadTeam

  /// - Parameters:
  ///   - maximumBatch: the largest number of images of one call (≥ 1).
  ///   - needsInputGradient: whether `backward` will be asked for dx.
  ///   - training: whether `backward` will be called.
  /// - Precondition: the shape is valid and at least one pooling window fits.
  public init(
    _ shape: ConvolutionShape, relu: Bool, pool: PoolShape? = nil, maximumBatch: Int,
    needsInputGradient: Bool, training: Bool, team: ThreadTeam
  ) {
    precondition(shape.isValid, "the shape of the convolution is valid")
    if let pool {
      precondition(pool.windowHeight * pool.windowWidth <= 256, "the choice fits a byte")
    }
    self.shape = shape
    self.relu = relu
    self.pool = pool
    self.maximumBatch = maximumBatch
    self.team = team
    precondition(outputHeight >= 1 && outputWidth >= 1, "a pooling window fits")
  }

  /// Rows of the output, after the pooling.
  public var outputHeight: Int {
    guard let pool else { return shape.outputHeight }
    return floorDivide(shape.outputHeight - pool.windowHeight, pool.strideY) + 1
  }

  /// Columns of the output, after the pooling.
  public var outputWidth: Int {
    guard let pool else { return shape.outputWidth }
    return floorDivide(shape.outputWidth - pool.windowWidth, pool.strideX) + 1
  }

  /// Elements of the output of one image.
  public var outputCount: Int { outputHeight * outputWidth * shape.outputChannels }

  /// Bytes that `forward` remembers of one image: `outputCount` where there is a pooling, else 0.
  public var argmaxCount: Int { pool == nil ? 0 : outputCount }

  /// - Parameters:
  ///   - batch: number of images (1…maximumBatch).
  ///   - x: batch · `shape.inputCount`.
  ///   - weights: `shape.weightCount`.
  ///   - bias: `shape.outputChannels`, or nil.
  ///   - y: batch · `outputCount`, written.
  ///   - argmax: batch · `argmaxCount`, written; nil where no backward pass follows.
  public func forward(
    batch: Int, x: UnsafePointer<Float>, weights: UnsafePointer<Float>,
    bias: UnsafePointer<Float>?, y: UnsafeMutablePointer<Float>,
    argmax: UnsafeMutablePointer<UInt8>?
  ) {
    precondition(batch <= maximumBatch, "the batch fits")
    for image in 0..<batch {
      Reference.convolutionForward(
        shape, relu: relu, pool: pool, input: x + image * shape.inputCount, weights: weights,
        bias: bias, output: y + image * outputCount,
        choices: argmax.map { $0 + image * argmaxCount })
    }
  }

  /// - Parameters:
  ///   - y, argmax: as written by `forward`.
  ///   - dy: batch · `outputCount`; may be destroyed.
  ///   - dx: batch · `shape.inputCount`, overwritten; nil for the first layer.
  ///   - weightGradient: `shape.weightCount`, overwritten with the sum over the batch.
  ///   - biasGradient: `shape.outputChannels`, overwritten, or nil.
  ///   - isMasked: whether `dy` is 0 wherever the ReLU was shut (then `y` isn't read).
  public func backward(
    batch: Int, x: UnsafePointer<Float>, weights: UnsafePointer<Float>, y: UnsafePointer<Float>,
    argmax: UnsafePointer<UInt8>?, dy: UnsafeMutablePointer<Float>,
    dx: UnsafeMutablePointer<Float>?, weightGradient: UnsafeMutablePointer<Float>,
    biasGradient: UnsafeMutablePointer<Float>?, isMasked: Bool = false
  ) {
    precondition(batch <= maximumBatch, "the batch fits")
    let taps = TensorMemory<Double>(count: shape.weightCount)
    let biases = TensorMemory<Double>(count: shape.outputChannels)
    for image in 0..<batch {
      let samples = TensorMemory<Double>(count: shape.inputCount)
      Reference.convolutionBackward(
        shape, relu: relu && !isMasked, pool: pool, input: x + image * shape.inputCount,
        weights: weights, output: y + image * outputCount,
        choices: argmax.map { $0 + image * argmaxCount },
        outputGradient: dy + image * outputCount, weightGradient: taps.pointer,
        biasGradient: biases.pointer, inputGradient: dx == nil ? nil : samples.pointer)
      if let dx {
        for index in 0..<samples.count {
          dx[image * shape.inputCount + index] = Float(samples[index])
        }
      }
    }
    for index in 0..<taps.count { weightGradient[index] = Float(taps[index]) }
    if let biasGradient {
      for index in 0..<biases.count { biasGradient[index] = Float(biases[index]) }
    }
  }
}
