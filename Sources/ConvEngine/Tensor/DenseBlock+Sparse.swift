internal import CConvKernels

/// A gradient that a ReLU has made 0 at many places.
extension DenseBlock {
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

  /// What `Entries.fill` finds for all rows.
  static func isSparse(rows: Int, outputs: Int, _ dy: UnsafePointer<Float>) -> Bool {
    var total = 0
    for index in 0..<rows * outputs where dy[index] != 0 { total += 1 }
    return total <= rows * outputs * 3 / 4
  }

  /// As `input`, from `entries`.
  ///
  /// - Parameter next: the x that is read after this, fetched meanwhile.
  func sparseInput(
    _ block: Block, _ dx: UnsafeMutablePointer<Float>, masked: Bool,
    _ turned: UnsafePointer<Float>, next: UnsafePointer<Float>?
  ) {
    var product = net_sparse()
    product.rows = block.batch
    product.columns = block.inputs.count
    product.entries = UnsafePointer(entries.values.pointer)
    product.counts = UnsafePointer(entries.counts.pointer)
    product.row_room = outputs
    product.b = turned
    product.b_panel = outputs * kernels.panel
    product.c = dx + block.inputs.lowerBound
    product.c_row = inputs
    product.mask = masked ? block.x + block.inputs.lowerBound : nil
    product.mask_row = inputs
    product.next = next
    product.next_row = inputs
    kernels.table.sparse(&product)
  }
}
