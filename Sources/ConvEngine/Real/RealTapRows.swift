internal import CConvKernels

/// Rows of numbers, each with the weight that it is added with.
///
///     sum[x] = ((sum[x] + row₀[x] · weight₀) + row₁[x] · weight₁) + …
///
/// Products are rounded before they are added; rows of weight 0 are left out. Every instruction set gives the
/// same sums.
package struct RealTapRows {
  private var rows: [UnsafePointer<Double>?] = []
  private var weights: [Double] = []

  package init() {}

  package mutating func append(_ row: UnsafePointer<Double>, _ weight: Double) {
    if weight == 0 { return }
    rows.append(row)
    weights.append(weight)
  }

  package mutating func removeAll() {
    rows.removeAll(keepingCapacity: true)
    weights.removeAll(keepingCapacity: true)
  }

  /// - Parameter sums: `count` numbers, as every row has.
  package func add(to sums: UnsafeMutablePointer<Double>, count: Int) {
    if rows.isEmpty { return }
    // Safety: as stated.
    conv_current_table().pointer(to: \.filter)!.pointee.add_rows_f64(
      rows, weights, rows.count, sums, count)
  }
}
