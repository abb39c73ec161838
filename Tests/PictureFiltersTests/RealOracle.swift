import ConvEngine
import KernelLanguage
import PictureFilters
import Raster

/// The numbers of a window in plain doubles, with the weights that they meet; nil where nothing is.
struct RealOracle {
  var columns: Int
  var rows: Int
  var padding: Padding
  var stride = (x: 1, y: 1)
  var dilation = (x: 1, y: 1)

  /// Positions of the windows of `width` by `height` taps: the anchors visit every stride-th sample.
  func windows(_ width: Int, _ height: Int, anchor: (x: Int, y: Int)) -> [(x: Int, y: Int)] {
    func starts(_ input: Int, _ taps: Int, _ anchor: Int, _ stride: Int, _ dilation: Int) -> [Int] {
      padding == .valid
        ? Array(Swift.stride(from: 0, through: input - dilation * (taps - 1) - 1, by: stride))
        : Swift.stride(from: 0, to: input, by: stride).map { $0 - anchor * dilation }
    }
    let across = starts(columns, width, anchor.x, stride.x, dilation.x)
    return starts(rows, height, anchor.y, stride.y, dilation.y).flatMap { y in
      across.map { (x: $0, y: y) }
    }
  }

  /// What each tap of a window meets, row by row.
  func numbers(
    _ window: (x: Int, y: Int), _ width: Int, _ height: Int, _ sample: (Int, Int) -> Double,
    beyond: Double?
  ) -> [Double?] {
    (0..<height).flatMap { j in
      (0..<width).map { i in
        let x = padding.source(window.x + i * dilation.x, count: columns)
        let y = padding.source(window.y + j * dilation.y, count: rows)
        if let x, let y { return sample(x, y) }
        return beyond
      }
    }
  }
}

/// What pooling yields, window by window.
func pooled(
  _ kind: PoolingKind, _ width: Int, _ height: Int, _ geometry: StageGeometry, _ plane: [Double],
  _ columns: Int, _ rows: Int
) -> [Double] {
  let oracle = RealOracle(
    columns: columns, rows: rows, padding: geometry.padding ?? .valid,
    stride: (geometry.strideX ?? width, geometry.strideY ?? height),
    dilation: (geometry.dilationX ?? 1, geometry.dilationY ?? 1))
  let beyond: Double? = if case .constant(let value) = oracle.padding { value } else { nil }
  return oracle.windows(width, height, anchor: (width / 2, height / 2)).map { window in
    let live = oracle.numbers(
      window, width, height, { plane[$1 * columns + $0] }, beyond: beyond
    ).compactMap { $0 }
    return switch kind {
    case .maximum: live.max()!
    case .minimum: live.min()!
    case .average: live.reduce(0, +) / Double(live.count)
    }
  }
}
