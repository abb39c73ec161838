/// Numbers in rows and columns: a matrix, or a signal in a single row.
public struct NumberGrid: Sendable, Hashable {
  /// Columns (≥ 1).
  public let width: Int
  /// Rows (≥ 1).
  public let height: Int
  /// Row by row.
  public var values: [Double]

  public init(width: Int, height: Int, values: [Double]) {
    precondition(width >= 1 && height >= 1, "a matrix has at least one number")
    precondition(values.count == width * height, "one number a cell")
    self.width = width
    self.height = height
    self.values = values
  }

  public subscript(x: Int, y: Int) -> Double { values[y * width + x] }

  /// The numbers of row `y`.
  public func row(_ y: Int) -> ArraySlice<Double> { values[y * width..<(y + 1) * width] }

  /// Rows and columns exchanged.
  public func transposed() -> NumberGrid {
    NumberGrid(
      width: height, height: width,
      values: (0..<width).flatMap { x in (0..<height).map { self[x, $0] } })
  }
}
