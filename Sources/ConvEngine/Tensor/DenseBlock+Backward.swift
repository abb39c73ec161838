internal import CConvKernels

extension DenseBlock {
  /// Inputs of one task of `backward`: what is read of `x` stays in the cache.
  static func grain(_ outputs: Int, _ kernels: TensorKernels) -> Int {
    max(1, min(256, 65536 / outputs) / kernels.panel) * kernels.panel
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
    team.split(0..<inputs, grain: Self.grain(outputs, kernels)) { range in
      self.addWeights(batch, range, x, weightGradient)
      guard let dx else { return }
      self.turned.borrow { turned in
        self.input(
          batch, range, weights, dy, dx, mask: maskingInput ? x : nil, turned: turned.pointer)
      }
    }
  }

  /// xᵀ · dy for some of the inputs.
  private func addWeights(
    _ batch: Int, _ range: Range<Int>, _ x: UnsafePointer<Float>,
    _ weightGradient: UnsafeMutablePointer<Float>
  ) {
    var product = net_product()
    product.rows = range.count
    product.columns = outputs
    product.a = x + range.lowerBound
    product.a_row = 1
    product.a_step = inputs
    product.run_length = batch
    product.b = UnsafePointer(packedGradient.pointer)
    product.b_step = kernels.panel
    product.b_panel = batch * kernels.panel
    product.c = weightGradient + range.lowerBound * outputs
    product.c_row = outputs
    multiply(&product)
  }

  /// dy · Wᵀ for some of the inputs.
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
    product.mask = mask.map { $0 + range.lowerBound }
    product.mask_row = inputs
    multiply(&product)
  }
}
