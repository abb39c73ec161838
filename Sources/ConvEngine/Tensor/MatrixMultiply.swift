internal import CConvKernels
public import Raster

/// A view of a matrix in memory, row by row, maybe read as its transpose.
public struct Matrix: @unchecked Sendable {
  // Safety: the owner of the memory keeps it alive and unchanged while the view is in use.
  /// The first element.
  public let pointer: UnsafePointer<Float>
  /// Elements from one stored row to the next.
  public let stride: Int
  /// Whether `self[i, k]` is the stored element `[k][i]`.
  public let isTransposed: Bool

  public init(_ pointer: UnsafePointer<Float>, stride: Int, transposed: Bool = false) {
    self.pointer = pointer
    self.stride = stride
    isTransposed = transposed
  }

  /// The element of row `i`, column `k`.
  public subscript(i: Int, k: Int) -> Float {
    isTransposed ? pointer[k * stride + i] : pointer[i * stride + k]
  }
}

/// C = α·A·B + β·C.
///
/// The sums run in an order that depends on `depth` alone: the same bytes for any team.
///
/// - Parameters:
///   - rows: of A and C.
///   - columns: of B and C.
///   - depth: columns of A, rows of B.
///   - beta: where 0, C is only written.
///   - c: rows · stride elements.
public func multiply(
  rows: Int, columns: Int, depth: Int, alpha: Float = 1, _ a: Matrix, _ b: Matrix,
  beta: Float = 0, into c: UnsafeMutablePointer<Float>, stride: Int, team: ThreadTeam,
  instructionSet: InstructionSet = .current
) {
  let kernels = TensorKernels(instructionSet)
  let panels = kernels.panels(columns)
  let blockDepth = min(depth, 384)
  let packed = TensorMemory<Float>(count: panels * kernels.panel * blockDepth)
  nonisolated(unsafe) let c = c
  if beta != 0 && beta != 1 {
    for row in 0..<rows {
      for column in 0..<columns { c[row * stride + column] *= beta }
    }
  }
  for first in Swift.stride(from: 0, to: max(depth, 1), by: max(blockDepth, 1)) {
    let count = min(blockDepth, depth - first)
    // Safety: each task packs its own panel.
    team.run(panels) { panel in
      let column = panel * kernels.panel
      let to = packed.pointer + panel * kernels.panel * count
      let width = min(kernels.panel, columns - column)
      if b.isTransposed {
        kernels.packTransposed(
          rows: count, columns: width, b.pointer + column * b.stride + first, pitch: b.stride,
          into: to)
      } else {
        kernels.pack(
          rows: count, columns: width, b.pointer + first * b.stride + column, pitch: b.stride,
          into: to)
      }
      if alpha != 1 {
        for index in 0..<count * kernels.panel { to[index] *= alpha }
      }
    }
    // Safety: each task writes its own rows.
    team.split(0..<rows, grain: 4 * Int(kernels.table.tile_rows)) { range in
      var product = net_product()
      product.rows = range.count
      product.columns = columns
      product.a_row = a.isTransposed ? 1 : a.stride
      product.a_step = a.isTransposed ? a.stride : 1
      product.a = a.pointer + range.lowerBound * product.a_row + first * product.a_step
      product.run_length = count
      product.b = UnsafePointer(packed.pointer)
      product.b_step = kernels.panel
      product.b_panel = kernels.panel * count
      product.c = c + range.lowerBound * stride
      product.c_row = stride
      product.accumulate = first > 0 || beta != 0
      kernels.multiply(&product)
    }
  }
}
