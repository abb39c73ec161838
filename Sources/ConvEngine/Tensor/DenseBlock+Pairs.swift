internal import CConvKernels

/// Where products take pairs of bfloat16: of neighbouring inputs, of outputs, or of rows of the batch,
/// whichever a sum runs over.
extension DenseBlock {
  /// Lays down the input by twos.
  func takePairs(_ batch: Int, _ x: UnsafePointer<Float>) {
    nonisolated(unsafe) let x = x
    // Safety: tasks write rows of their own.
    team.split(0..<batch, grain: max(1, 65536 / inputs)) { rows in
      self.kernels.fold(
        rows: rows.count, columns: self.inputs, x + rows.lowerBound * self.inputs,
        into: self.foldedInput.pointer + rows.lowerBound * TensorKernels.pairs(self.inputs))
    }
  }

  /// Lays down the weights in panels of pairs.
  func takePairs(weights: UnsafePointer<Float>) {
    nonisolated(unsafe) let weights = weights
    let grain = max(1, 65536 / (inputs * kernels.panel))
    // Safety: tasks write panels of their own.
    team.split(0..<kernels.panels(outputs), grain: grain) { panels in
      for panel in panels {
        self.kernels.packPairs(
          panel: panel, length: self.inputs, columns: self.outputs, weights, self.outputs,
          self.packed.pointer)
      }
    }
  }

  /// Pairs of rows of some inputs.
  private func pair(
    _ sums: Sums, _ range: Range<Int>, into pairs: UnsafeMutablePointer<Float>, pitch: Int
  ) {
    var even: UnsafePointer<Float>?
    for part in sums.parts {
      for row in part.rows {
        let values = part.x + (row - part.rows.lowerBound) * part.pitch
        let own = values + (range.lowerBound - part.input)
        if row % 2 == 0 { even = own }
        if row % 2 == 1 || row == sums.rows - 1 {
          kernels.table.pair(range.count, even!, row % 2 == 1 ? own : nil, pairs + row / 2 * pitch)
        }
      }
    }
  }

  /// Elements of the gradient of the output of so many rows, as the sums for the weights want it.
  static func gradientCount(rows: Int, _ outputs: Int, _ kernels: TensorKernels) -> Int {
    let panels = rows * kernels.panels(outputs) * kernels.panel
    return kernels.takesBlocks
      ? max(panels, AMXDense.turnedCount(rows: rows, outputs: outputs)) : panels
  }

  /// xᵀ · dy by pairs of rows, which may lie in two parts.
  func addPairs(
    _ sums: Sums, _ range: Range<Int>, _ weightGradient: UnsafeMutablePointer<Float>
  ) {
    let (count, steps) = (range.count, TensorKernels.pairs(sums.rows))
    if let amx {
      return amx.addWeights(
        rows: sums.rows, inputs: count, sums.packed.pointer, into: weightGradient
      ) { pair(sums, range, into: $0, pitch: $1) }
    }
    rowPairs.borrow { memory in
      let pairs = memory.floats(.inputs, steps * count)
      pair(sums, range, into: pairs, pitch: count)
      var product = net_product()
      product.rows = count
      product.columns = outputs
      product.a = UnsafePointer(pairs)
      product.a_row = 1
      product.a_step = count
      product.run_length = steps
      product.b = UnsafePointer(sums.packed.pointer)
      product.b_step = kernels.panel
      product.b_panel = steps * kernels.panel
      product.c = weightGradient
      product.c_row = outputs
      kernels.multiply(&product, pairs: true)
    }
  }
}
