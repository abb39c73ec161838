/// Where the windows of a stage lie on a matrix, and which number each tap meets.
struct MatrixWindows {
  let horizontal: WindowAxis
  let vertical: WindowAxis
  let anchor: Kernel.Anchor
  /// `columns[x · taps + i]`: the column that tap `i` of window `x` meets; −1 beyond the border.
  private let columns: [Int]
  private let rows: [Int]
  /// What stands beyond the border, nil for nothing.
  let fill: Double?

  init(
    _ grid: NumberGrid, width: Int, height: Int, anchor: Kernel.Anchor, stage: Stage,
    options: FilterOptions
  ) throws(FilterError) {
    guard (0..<width).contains(anchor.x), (0..<height).contains(anchor.y) else {
      throw .anchorOutside(
        stage: stage.name, x: anchor.x, y: anchor.y, width: width, height: height)
    }
    let isPooling = if case .pool = stage.operation { true } else { false }
    let (own, common) = (stage.geometry, options.geometry)
    let padding = own.padding ?? common.padding ?? .valid
    let standard = isPooling ? (width, height) : (1, 1)
    horizontal = try MatrixWindows.axis(
      "row", stage, grid.width, width, anchor.x, own.strideX ?? common.strideX ?? standard.0,
      own.dilationX ?? common.dilationX ?? 1, padding)
    vertical = try MatrixWindows.axis(
      "column", stage, grid.height, height, anchor.y, own.strideY ?? common.strideY ?? standard.1,
      own.dilationY ?? common.dilationY ?? 1, padding)
    self.anchor = anchor
    columns = MatrixWindows.sources(horizontal, padding)
    rows = MatrixWindows.sources(vertical, padding)
    switch padding {
    case .constant(let value): fill = value
    // What lies outside takes no part in a pooling.
    case .zero: fill = isPooling ? nil : 0
    default: fill = nil
    }
  }

  private static func axis(
    _ name: String, _ stage: Stage, _ input: Int, _ taps: Int, _ anchor: Int, _ stride: Int,
    _ dilation: Int, _ padding: Padding
  ) throws(FilterError) -> WindowAxis {
    do {
      return try WindowAxis(
        input: input, taps: taps, anchor: anchor, stride: stride, dilation: dilation,
        padded: padding.isPadded)
    } catch {
      switch error {
      case .windowTooLarge(let window, let padded):
        throw .windowTooLarge(stage: stage.name, window: window, padded: padded, axis: name)
      case .notPositive(let what, let value):
        throw .notPositive(stage: stage.name, what: what, value: value)
      case .overflow: throw .tooLarge(stage: stage.name)
      }
    }
  }

  private static func sources(_ axis: WindowAxis, _ padding: Padding) -> [Int] {
    (0..<axis.output).flatMap { window in
      (0..<axis.taps).map { tap in
        padding.source(axis.start(window) + tap * axis.dilation, count: axis.input) ?? -1
      }
    }
  }

  /// The number that tap (i, j) of window (x, y) meets, nil for nothing.
  func value(_ grid: NumberGrid, x: Int, y: Int, i: Int, j: Int) -> Double? {
    let column = columns[x * horizontal.taps + i]
    let row = rows[y * vertical.taps + j]
    return column < 0 || row < 0 ? fill : grid.values[row * grid.width + column]
  }

  /// The number under the anchor of window (x, y).
  func sample(_ grid: NumberGrid, x: Int, y: Int) -> Double {
    value(grid, x: x, y: y, i: anchor.x, j: anchor.y)!
  }
}
