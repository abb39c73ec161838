/// What the numerators of a kernel allow.
enum KernelShape: Equatable, Sendable {
  /// Nothing to be had.
  case direct
  /// The numerators are the products of a column and a row.
  case separable(column: [Int], row: [Int])
  /// All numerators are 1.
  case box
}
