/// Whole numbers with `x` or `×` between them: `3`, `3x5`, `32x32x3`.
///
/// - Parameter separators: what may stand between two numbers.
/// - Returns: one number an axis; nil where something else stands there, or nothing.
package func axisLengths(_ text: some StringProtocol, separators: String = "xX×") -> [Int]? {
  let parts = text.split(omittingEmptySubsequences: false) { separators.contains($0) }
  let lengths = parts.compactMap { Int($0) }
  return lengths.count == parts.count ? lengths : nil
}
