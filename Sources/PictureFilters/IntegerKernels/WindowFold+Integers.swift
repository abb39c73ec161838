import KernelLanguage

extension WindowFold {
  /// The integers of the merged taps.
  func callAsFunction(_ kernel: IntegerKernel) -> IntegerKernel {
    guard isFolded else { return kernel }
    var folded = kernel
    folded.width = axes.horizontal.taps
    folded.height = axes.vertical.taps
    switch kernel.weights {
    case .product(let column, let row):
      folded.weights = .product(column: self.column(column), row: self.row(row))
    case .grid(let numerators):
      folded.weights = .grid(grid(numerators, depth: kernel.depth))
    }
    return folded
  }
}
