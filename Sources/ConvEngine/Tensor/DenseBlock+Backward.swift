internal import CConvKernels

extension DenseBlock {
  /// Scratch of one task of `backward`.
  struct BackwardSpace: Sendable {
    /// The weights of the task's inputs, transposed, in panels.
    let turned: TensorMemory<Float>
    /// The task's columns of x: rows of a large x are too far apart to be walked
    /// down again and again.
    let block: TensorMemory<Float>
  }

  /// Inputs of one task of `backward`: whole panels that stay in the cache.
  static func grain(_ outputs: Int, _ batch: Int, _ kernels: TensorKernels) -> Int {
    let fitting = min(256, 65536 / outputs, 65536 / batch)
    return max(1, fitting / kernels.panel) * kernels.panel
  }

  /// - Parameters:
  ///   - y: as written by `forward`.
  ///   - dy: batch · outputs; set to 0 where the ReLU was shut.
  ///   - dx: batch · inputs, overwritten, or nil; may be `x` itself.
  ///   - weightGradient: inputs · outputs, overwritten with the sum over the batch.
  ///   - biasGradient: outputs, overwritten, or nil.
  ///   - maskingInput: whether to set dx to 0 wherever x ≤ 0 (x came out of a ReLU; saves that
  ///     layer the work: its `backward` takes `isMasked: true`).
  public func backward(
    batch: Int, x: UnsafePointer<Float>, weights: UnsafePointer<Float>, y: UnsafePointer<Float>,
    dy: UnsafeMutablePointer<Float>, dx: UnsafeMutablePointer<Float>?,
    weightGradient: UnsafeMutablePointer<Float>, biasGradient: UnsafeMutablePointer<Float>?,
    maskingInput: Bool = false
  ) {
    precondition(batch <= maximumBatch && packedGradient.count > 0, "made for training")
    if relu { kernels.table.mask(batch * outputs, y, dy, dy) }
    if let biasGradient { kernels.table.column_sums(batch, outputs, dy, outputs, biasGradient) }
    kernels.pack(rows: batch, columns: outputs, dy, stride: outputs, into: packedGradient.pointer)
    nonisolated(unsafe) let (x, weights, dy, dx) = (x, weights, dy, dx)
    nonisolated(unsafe) let weightGradient = weightGradient
    // Safety: each task writes the gradients of its own inputs, and reads those of `x` before.
    team.split(0..<inputs, grain: grain) { range in
      self.backwardSpaces.borrow { space in
        let block = space.block.pointer
        for row in 0..<batch {
          (block + row * range.count).update(
            from: x + row * self.inputs + range.lowerBound, count: range.count)
        }
        self.addWeights(batch, range.count, block, weightGradient + range.lowerBound * self.outputs)
        guard let dx else { return }
        self.input(
          batch, range, weights, dy, dx, mask: maskingInput ? UnsafePointer(block) : nil,
          turned: space.turned.pointer)
      }
    }
  }

  /// xᵀ · dy for some of the inputs.
  private func addWeights(
    _ batch: Int, _ count: Int, _ block: UnsafePointer<Float>,
    _ weightGradient: UnsafeMutablePointer<Float>
  ) {
    var product = net_product()
    product.rows = count
    product.columns = outputs
    product.a = block
    product.a_row = 1
    product.a_step = count
    product.run_length = batch
    product.b = UnsafePointer(packedGradient.pointer)
    product.b_step = kernels.panel
    product.b_panel = batch * kernels.panel
    product.c = weightGradient
    product.c_row = outputs
    kernels.multiply(&product)
  }

  /// dy · Wᵀ for some of the inputs, 0 where their x in `mask` is not positive.
  private func input(
    _ batch: Int, _ range: Range<Int>, _ weights: UnsafePointer<Float>,
    _ dy: UnsafePointer<Float>, _ dx: UnsafeMutablePointer<Float>, mask: UnsafePointer<Float>?,
    turned: UnsafeMutablePointer<Float>
  ) {
    kernels.packTransposed(
      rows: outputs, columns: range.count, weights + range.lowerBound * outputs, stride: outputs,
      into: turned)
    var product = net_product()
    product.rows = batch
    product.columns = range.count
    product.a = dy
    product.a_row = outputs
    product.a_step = 1
    product.run_length = outputs
    product.b = UnsafePointer(turned)
    product.b_step = kernels.panel
    product.b_panel = outputs * kernels.panel
    product.c = dx + range.lowerBound
    product.c_row = inputs
    product.mask = mask
    product.mask_row = range.count
    kernels.multiply(&product)
  }
}
