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

  /// The gradient of the output as lists of what is not 0.
  struct Entries: Sendable {
    let values: TensorMemory<net_entry>
    /// Entries of each row.
    let counts: TensorMemory<Int32>

    init(rows: Int, outputs: Int) {
      values = TensorMemory(count: rows * outputs)
      counts = TensorMemory(count: rows)
    }

    /// Whether so much of `dy` is 0 that the lists are worth walking.
    func fill(rows: Int, outputs: Int, _ dy: UnsafePointer<Float>, panel: Int) -> Bool {
      var total = 0
      for row in 0..<rows {
        let (from, to) = (dy + row * outputs, values.pointer + row * outputs)
        var count = 0
        for k in 0..<outputs {
          to[count] = net_entry(offset: Int32(k * panel), value: from[k])
          count += from[k] == 0 ? 0 : 1
        }
        counts[row] = Int32(count)
        total += count
      }
      return total <= rows * outputs * 3 / 4
    }
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
    let isSparse =
      dx != nil && relu
      && entries.fill(rows: batch, outputs: outputs, dy, panel: kernels.panel)
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
        self.kernels.packTransposed(
          rows: self.outputs, columns: range.count, weights + range.lowerBound * self.outputs,
          stride: self.outputs, into: space.turned.pointer)
        let mask = maskingInput ? UnsafePointer(block) : nil
        if isSparse {
          self.sparseInput(batch, range, dx, mask: mask, turned: space.turned.pointer)
        } else {
          self.input(batch, range, dy, dx, mask: mask, turned: space.turned.pointer)
        }
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
    _ batch: Int, _ range: Range<Int>, _ dy: UnsafePointer<Float>,
    _ dx: UnsafeMutablePointer<Float>, mask: UnsafePointer<Float>?, turned: UnsafePointer<Float>
  ) {
    var product = net_product()
    product.rows = batch
    product.columns = range.count
    product.a = dy
    product.a_row = outputs
    product.a_step = 1
    product.run_length = outputs
    product.b = turned
    product.b_step = kernels.panel
    product.b_panel = outputs * kernels.panel
    product.c = dx + range.lowerBound
    product.c_row = inputs
    product.mask = mask
    product.mask_row = range.count
    kernels.multiply(&product)
  }

  /// As `input`, from `entries`.
  private func sparseInput(
    _ batch: Int, _ range: Range<Int>, _ dx: UnsafeMutablePointer<Float>,
    mask: UnsafePointer<Float>?, turned: UnsafePointer<Float>
  ) {
    var product = net_sparse()
    product.rows = batch
    product.columns = range.count
    product.entries = UnsafePointer(entries.values.pointer)
    product.counts = UnsafePointer(entries.counts.pointer)
    product.row_room = outputs
    product.b = turned
    product.b_panel = outputs * kernels.panel
    product.c = dx + range.lowerBound
    product.c_row = inputs
    product.mask = mask
    product.mask_row = range.count
    kernels.table.sparse(&product)
  }
}
