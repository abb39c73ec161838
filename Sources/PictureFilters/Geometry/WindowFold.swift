import ConvEngine
import KernelLanguage

/// The axes of a stage with the taps merged that no window tells apart, and what becomes of the
/// weights: a stage costs what its picture does, however far beyond it the windows reach.
struct WindowFold {
  private let across: FoldedAxis
  private let down: FoldedAxis

  /// - Parameter addsTaps: whether taps of weight 0 may appear in between.
  init(
    _ axes: (horizontal: WindowAxis, vertical: WindowAxis), padding: Padding, addsTaps: Bool = true
  ) {
    across = FoldedAxis(axes.horizontal, padding: padding, addsTaps: addsTaps)
    down = FoldedAxis(axes.vertical, padding: padding, addsTaps: addsTaps)
  }

  var axes: (horizontal: WindowAxis, vertical: WindowAxis) { (across.axis, down.axis) }

  private var isFolded: Bool { across.places != nil || down.places != nil }

  /// The integers of the merged taps.
  func callAsFunction(_ kernel: IntegerKernel) -> IntegerKernel {
    guard isFolded else { return kernel }
    var folded = kernel
    folded.width = across.axis.taps
    folded.height = down.axis.taps
    switch kernel.weights {
    case .product(let column, let row):
      folded.weights = .product(column: down.merged(column), row: across.merged(row))
    case .grid(let numerators):
      folded.weights = .grid(grid(numerators, depth: kernel.depth))
    }
    return folded
  }

  /// A kernel with the factors of the merged taps, where it is given by factors.
  func factored(_ kernel: Kernel) -> Kernel {
    guard isFolded, let factors = kernel.factors else { return kernel }
    return kernel.replacing(
      factors: Kernel.Factors(column: down.merged(factors.column), row: across.merged(factors.row)))
  }

  private func grid<Weight: AdditiveArithmetic>(_ weights: [Weight], depth: Int) -> [Weight] {
    let (width, height) = (across.axis.taps, down.axis.taps)
    let from = weights.count / depth / (down.places?.count ?? height)
    var sums = [Weight](repeating: .zero, count: width * height * depth)
    for j in 0..<weights.count / depth / from {
      let line = (down.places?[j] ?? j) * width
      for i in 0..<from {
        let place = (line + (across.places?[i] ?? i)) * depth
        for c in 0..<depth { sums[place + c] += weights[(j * from + i) * depth + c] }
      }
    }
    return sums
  }
}
