internal import CConvKernels

/// The micro-kernels of one instruction set.
struct TensorKernels: @unchecked Sendable {
  // Safety: the table holds sizes and pointers to functions only.
  let table: net_table
  let precision: Precision
  /// Whether convolutions take products of blocks of bfloat16; see net_blocks.h.
  let takesBlocks: Bool

  /// - Parameter blocks: whether they are taken, nil where there are instructions for them.
  init(
    _ set: InstructionSet = .current, _ precision: Precision = .f32, blocks: Bool? = nil
  ) {
    self.precision = precision
    let compiled = conv_table_for(
      conv_processor(set: set.code, extensions: conv_detected_processor().extensions)
    ).pointee
    table = compiled.net
    takesBlocks = precision == .bf16 && (blocks ?? compiled.needs.extensions.amx)
  }

  /// Floats in a register.
  var lanes: Int { Int(table.lanes) }
  /// Columns of a panel of a right-hand matrix.
  var panel: Int { Int(table.panel) }

  /// Rows of a tile of a product.
  var tileRows: Int { Int(table.tile_rows) }

  /// Whether products take pairs of bfloat16; see `TensorKernels+Pairs.swift`.
  var takesPairs: Bool { precision == .bf16 }

  /// - Parameter pairs: whether the operands are pairs of bfloat16.
  func product(_ p: inout net_product, pairs: Bool = false) {
    if pairs { table.product_of_pairs(&p) } else { table.product(&p) }
  }

  /// A product of one run.
  func multiply(_ p: inout net_product, pairs: Bool = false) {
    var run = 0
    withUnsafePointer(to: &run) {
      p.runs = $0
      p.run_count = 1
      product(&p, pairs: pairs)
    }
  }

  /// Copies `rows · columns` of a row-major matrix into panels, zeros in missing columns.
  ///
  /// - Parameter out: `panels(columns) · rows · panel` elements.
  func pack(
    rows: Int, columns: Int, _ matrix: UnsafePointer<Float>, pitch: Int,
    into out: UnsafeMutablePointer<Float>
  ) {
    for index in 0..<panels(columns) {
      let count = min(panel, columns - index * panel)
      let to = out + index * rows * panel
      if count < panel { to.update(repeating: 0, count: rows * panel) }
      for row in 0..<rows {
        (to + row * panel).update(from: matrix + row * pitch + index * panel, count: count)
      }
    }
  }

  /// As `pack`, of the transpose: `matrix` has `columns` rows of `rows` elements.
  func packTransposed(
    rows: Int, columns: Int, _ matrix: UnsafePointer<Float>, pitch: Int,
    into out: UnsafeMutablePointer<Float>
  ) {
    for index in 0..<panels(columns) {
      let count = min(panel, columns - index * panel)
      let to = out + index * rows * panel
      if count < panel { to.update(repeating: 0, count: rows * panel) }
      table.transpose(count, rows, matrix + index * panel * pitch, pitch, to, panel)
    }
  }

  /// Panels that `columns` fill.
  func panels(_ columns: Int) -> Int { (columns + panel - 1) / panel }
}

/// The rows of part `index` of `parts`.
func chunk(_ index: Int, of parts: Int, _ count: Int) -> Range<Int> {
  count * index / parts..<count * (index + 1) / parts
}
