import ConvEngine
import KernelLanguage

/// Where the windows of a stage lie on a matrix, and which number each tap meets.
///
/// Taps of windows that reach far beyond the matrix are merged where they meet the same number.
struct MatrixWindows {
  let windows: RealWindows
  private let fold: WindowFold

  init(
    columns: Int, rows: Int, width: Int, height: Int, anchor: Kernel.Anchor, stage: Stage,
    options: FilterOptions
  ) throws(FilterError) {
    let isPooling = if case .pool = stage.operation { true } else { false }
    let padding = stage.geometry.padding ?? options.geometry.padding ?? .valid
    fold = WindowFold(
      try stage.axes(
        width: width, height: height, anchor: anchor, columns: columns, rows: rows,
        padding: padding, options: options), padding: padding, addsTaps: !isPooling)
    let fill: [Double] =
      switch padding {
      case .constant(let value): [value]
      case .color(let values), .levels(let values): values
      // What lies outside takes no part in a pooling.
      case .zero: isPooling ? [] : [0]
      default: []
      }
    windows = RealWindows(
      horizontal: fold.axes.horizontal, vertical: fold.axes.vertical, padding: padding, fill: fill)
  }

  /// The weights of the merged taps, row by row, channel innermost.
  func merged(_ kernel: Kernel) -> [Double] { fold.taps(kernel) }

  /// How many taps of the window each merged tap stands for, as the product of a number for its row and
  /// one for its column: 1 but in windows far beyond the matrix.
  func counts(width: Int, height: Int) -> Kernel.Factors {
    Kernel.Factors(
      column: fold.column([Double](repeating: 1, count: height)),
      row: fold.row([Double](repeating: 1, count: width)))
  }
}
