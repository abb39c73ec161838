import Raster

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
/// The sums run in an order that depends on the shapes alone: the same bytes for any team.
///
/// - Parameters:
///   - rows: of A and C.
///   - columns: of B and C.
///   - depth: columns of A, rows of B.
///   - beta: where 0, C is only written.
///   - c: rows · stride elements.
public func multiply(
  rows: Int, columns: Int, depth: Int, alpha: Float = 1, _ a: Matrix, _ b: Matrix,
  beta: Float = 0, into c: UnsafeMutablePointer<Float>, stride: Int, team: ThreadTeam
) {
  Reference.multiply(
    rows: rows, columns: columns, depth: depth, alpha: alpha, a: a, b: b, beta: beta, c: c,
    stride: stride)
}
