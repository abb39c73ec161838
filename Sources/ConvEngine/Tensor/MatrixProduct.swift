internal import CConvKernels
public import Raster

/// Products of plain matrices, row by row in memory; the same bytes for any number of threads.
public final class MatrixProduct {
  private let team: ThreadTeam
  private let kernels: TensorKernels
  private var packed = TensorMemory<Float>(count: 0)
  /// Rows that a thread takes at a time: tiles of every instruction set fill it.
  private static let grain = 48

  public init(team: ThreadTeam, instructionSet: InstructionSet = .current) {
    self.team = team
    kernels = TensorKernels(instructionSet)
  }

  /// c ← a·b: a is rows × depth, b depth × columns.
  public func plain(
    rows: Int, depth: Int, columns: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
    _ c: UnsafeMutablePointer<Float>
  ) {
    pack(depth, columns) {
      kernels.pack(rows: depth, columns: columns, b, pitch: columns, into: $0)
    }
    multiply(rows, depth, columns, a, rowStep: depth, step: 1, c)
  }

  /// c ← aᵀ·b: a is depth × rows, b depth × columns.
  public func transposedLeft(
    rows: Int, depth: Int, columns: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
    _ c: UnsafeMutablePointer<Float>
  ) {
    pack(depth, columns) {
      kernels.pack(rows: depth, columns: columns, b, pitch: columns, into: $0)
    }
    multiply(rows, depth, columns, a, rowStep: 1, step: rows, c)
  }

  /// c ← a·bᵀ: a is rows × depth, b columns × depth.
  public func transposedRight(
    rows: Int, depth: Int, columns: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
    _ c: UnsafeMutablePointer<Float>
  ) {
    pack(depth, columns) {
      kernels.packTransposed(rows: depth, columns: columns, b, pitch: depth, into: $0)
    }
    multiply(rows, depth, columns, a, rowStep: depth, step: 1, c)
  }

  private func pack(_ depth: Int, _ columns: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) {
    let count = depth * kernels.panels(columns) * kernels.panel
    if packed.count < count { packed = TensorMemory(count: count) }
    body(packed.pointer)
  }

  private func multiply(
    _ rows: Int, _ depth: Int, _ columns: Int, _ a: UnsafePointer<Float>, rowStep: Int, step: Int,
    _ c: UnsafeMutablePointer<Float>
  ) {
    // Safety: parts of the rows don't overlap; panels are whole.
    nonisolated(unsafe) let (a, b, c) = (a, packed.pointer, c)
    let kernels = kernels
    team.split(0..<rows, grain: Self.grain) { part in
      var product = net_product()
      product.rows = part.count
      product.columns = columns
      product.a = a + part.lowerBound * rowStep
      product.a_row = rowStep
      product.a_step = step
      product.run_length = depth
      product.b = UnsafePointer(b)
      product.b_step = kernels.panel
      product.b_panel = depth * kernels.panel
      product.c = c + part.lowerBound * columns
      product.c_row = columns
      kernels.multiply(&product)
    }
  }
}
