import ConvEngine
import KernelLanguage

/// Where the windows of a stage lie on a matrix, and which number each tap meets.
struct MatrixWindows {
  let horizontal: WindowAxis
  let vertical: WindowAxis
  let anchor: Kernel.Anchor
  /// `columns[x · taps + i]`: the column that tap `i` of window `x` meets; −1 beyond the border.
  private let columns: [Int]
  private let rows: [Int]
  /// What stands beyond the border, a value a channel; empty for nothing.
  let fill: [Double]

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
    let extent = padding.isPadded ? own.extent : nil
    horizontal = try stage.axis("row") { () throws(GeometryError) in
      try WindowAxis(
        input: grid.width, taps: width, anchor: anchor.x,
        stride: own.strideX ?? common.strideX ?? standard.0,
        dilation: own.dilationX ?? common.dilationX ?? 1, padded: padding.isPadded,
        extent: extent.map { $0.columns })
    }
    vertical = try stage.axis("column") { () throws(GeometryError) in
      try WindowAxis(
        input: grid.height, taps: height, anchor: anchor.y,
        stride: own.strideY ?? common.strideY ?? standard.1,
        dilation: own.dilationY ?? common.dilationY ?? 1, padded: padding.isPadded,
        extent: extent.map { $0.rows })
    }
    self.anchor = anchor
    columns = MatrixWindows.sources(horizontal, padding)
    rows = MatrixWindows.sources(vertical, padding)
    switch padding {
    case .constant(let value): fill = [value]
    case .levels(let values): fill = values
    // What lies outside takes no part in a pooling.
    case .zero: fill = isPooling ? [] : [0]
    default: fill = []
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
  func value(_ grid: NumberGrid, channel: Int = 0, x: Int, y: Int, i: Int, j: Int) -> Double? {
    let column = columns[x * horizontal.taps + i]
    let row = rows[y * vertical.taps + j]
    if column >= 0 && row >= 0 { return grid.values[row * grid.width + column] }
    return fill.isEmpty ? nil : fill[min(channel, fill.count - 1)]
  }

  /// The number under the anchor of window (x, y).
  func sample(_ grid: NumberGrid, x: Int, y: Int) -> Double {
    value(grid, x: x, y: y, i: anchor.x, j: anchor.y)!
  }
}
