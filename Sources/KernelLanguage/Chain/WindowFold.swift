import ConvEngine

/// The axes of a stage with the taps merged that no window tells apart, and what becomes of the
/// weights: a stage costs what its picture does, however far beyond it the windows reach.
package struct WindowFold: Sendable {
  private let across: FoldedAxis
  private let down: FoldedAxis

  /// - Parameter addsTaps: whether taps of weight 0 may appear in between.
  package init(
    _ axes: (horizontal: WindowAxis, vertical: WindowAxis), padding: Padding, addsTaps: Bool = true
  ) {
    across = FoldedAxis(axes.horizontal, padding: padding, addsTaps: addsTaps)
    down = FoldedAxis(axes.vertical, padding: padding, addsTaps: addsTaps)
  }

  package var axes: (horizontal: WindowAxis, vertical: WindowAxis) { (across.axis, down.axis) }

  /// Whether any taps are merged.
  package var isFolded: Bool { across.places != nil || down.places != nil }

  /// A kernel with the factors of the merged taps, where it is given by factors.
  package func factored(_ kernel: Kernel) -> Kernel {
    guard isFolded, let factors = kernel.factors else { return kernel }
    return kernel.replacing(
      factors: Kernel.Factors(column: column(factors.column), row: row(factors.row)))
  }

  /// The weights of the merged taps, row by row, channel innermost.
  package func taps(_ kernel: Kernel) -> [Double] {
    kernel.factors == nil ? grid(kernel.taps, depth: kernel.depth) : factored(kernel).taps
  }

  /// A row of weights, those of merged taps added.
  package func row<Weight: AdditiveArithmetic>(_ weights: [Weight]) -> [Weight] {
    across.merged(weights)
  }

  /// A column of weights, those of merged taps added.
  package func column<Weight: AdditiveArithmetic>(_ weights: [Weight]) -> [Weight] {
    down.merged(weights)
  }

  /// Weights row by row, channel innermost, those of merged taps added.
  package func grid(_ weights: [Double], depth: Int) -> [Double] { sums(weights, depth: depth) }

  /// The same for whole numbers; two functions, as a generic one asks after the type at every tap when
  /// another room calls it.
  package func grid(_ weights: [Int], depth: Int) -> [Int] { sums(weights, depth: depth) }

  private func sums<Weight: AdditiveArithmetic>(_ weights: [Weight], depth: Int) -> [Weight] {
    guard isFolded else { return weights }
    let (width, height) = (across.axis.taps, down.axis.taps)
    let rows = down.places?.count ?? height
    let columns = weights.count / depth / rows
    var sums = [Weight](repeating: .zero, count: width * height * depth)
    for j in 0..<rows {
      let line = (down.places?[j] ?? j) * width
      for i in 0..<columns {
        let place = (line + (across.places?[i] ?? i)) * depth
        for c in 0..<depth { sums[place + c] += weights[(j * columns + i) * depth + c] }
      }
    }
    return sums
  }
}
