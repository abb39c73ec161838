internal import CConvKernels

extension DepthwiseBlock {
  /// - Parameters:
  ///   - y: as written by `forward`.
  ///   - dy: batch · `shape.outputCount`; may be destroyed.
  ///   - dx: batch · `shape.inputCount`, overwritten; nil where nobody needs it.
  ///   - weightGradient: `weightCount`, overwritten with the sum over the batch.
  ///   - biasGradient: a number a channel, overwritten, or nil.
  ///   - isMasked: whether `dy` is 0 wherever the ReLU was shut (then `y` isn't read).
  ///   - share: where `batch` are this rank's images of a larger batch, over which the sums run.
  public func backward(
    batch: Int, x: UnsafePointer<Float>, weights: UnsafePointer<Float>, y: UnsafePointer<Float>,
    dy: UnsafeMutablePointer<Float>, dx: UnsafeMutablePointer<Float>?,
    weightGradient: UnsafeMutablePointer<Float>, biasGradient: UnsafeMutablePointer<Float>?,
    isMasked: Bool = false, share: BatchShare? = nil
  ) {
    guard let sums, batch <= maximumBatch else {
      preconditionFailure("made for training such batches")
    }
    nonisolated(unsafe) let (x, weights, y, dy, dx) = (x, weights, y, dy, dx)
    let (weightCount, channels) = (weightCount, shape.outputChannels)
    // Safety: each task has images and sums of its own.
    sums.run(batch: batch, share, team) { images, sums in
      for image in images {
        let from = image * self.shape.outputCount
        if self.relu && !isMasked {
          self.kernels.table.mask(self.shape.outputCount, y + from, dy + from, dy + from)
        }
        let input = dx.map { $0 + image * self.shape.inputCount }
        input?.update(repeating: 0, count: self.shape.inputCount)
        self.addGradients(
          x + image * self.shape.inputCount, weights, dy + from, input, sums,
          sums + weightCount)
      }
    } then: { sum in
      weightGradient.update(from: sum, count: weightCount)
      biasGradient?.update(from: sum + weightCount, count: channels)
    }
  }

  /// The gradients of one image, added to `sums`, `biasSums` and `dx`.
  private func addGradients(
    _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, _ dy: UnsafeMutablePointer<Float>,
    _ dx: UnsafeMutablePointer<Float>?, _ sums: UnsafeMutablePointer<Float>,
    _ biasSums: UnsafeMutablePointer<Float>
  ) {
    let channels = shape.outputChannels
    let rowCount = shape.outputWidth * channels
    for row in 0..<shape.outputHeight {
      for column in 0..<shape.outputWidth {
        kernels.table.combine(
          channels, 1, dy + row * rowCount + column * channels, 1, biasSums)
      }
      let whole = product(row: row, x, from: 0, weights, out: dy + row * rowCount)
      visit(whole) { product, sample, tap in
        product.weight_gradient = sums + (whole.weights - weights) + tap
        self.kernels.table.depthwise_weights(&product)
        guard let dx else { return }
        product.in_gradient = dx + (whole.in - x) + sample
        self.kernels.table.depthwise_scatter(&product)
      }
    }
  }
}
