import Libc
import Raster
import Text

/// Curves over a common axis, such as loss over epochs.
public struct LineChart: Sendable, Equatable {
  /// One curve.
  public struct Series: Sendable, Equatable {
    public var name: String
    /// From left to right; points that are not finite leave a gap.
    public var points: [Point]
    public var isDashed: Bool

    public init(_ name: String, points: [Point], isDashed: Bool = false) {
      self.name = name
      self.points = points
      self.isDashed = isDashed
    }

    /// A value for each of the epochs 1, 2, ….
    public init(_ name: String, values: [Double], isDashed: Bool = false) {
      self.init(
        name, points: values.enumerated().map { Point(Double($0.offset + 1), $0.element) },
        isDashed: isDashed)
    }
  }

  public var title: String
  public var xLabel: String
  public var yLabel: String
  public var series: [Series]
  /// Whether only whole numbers are named along x.
  public var wholeX = true
  /// Whether x is drawn by its logarithm, with the powers of ten named; values ≤ 0 are left out.
  public var hasPowersX = false
  /// Whether y is drawn by its logarithm; values ≤ 0 are left out.
  public var hasPowersY = false
  /// A place along x with a line across the chart, and its name.
  public var mark: (x: Double, name: String)? {
    get { markX.map { ($0, markName) } }
    set { (markX, markName) = (newValue?.x, newValue?.name ?? "") }
  }
  private var markX: Double?
  private var markName = ""
  /// Ends of the y axis that are kept, where given.
  public var yLower: Double?
  public var yUpper: Double?
  /// Size, in pixels before `scale` (≥ 200 × 150).
  public var width = 640
  public var height = 400

  public init(title: String, xLabel: String, yLabel: String, series: [Series]) {
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.series = series
  }

  /// The chart as an RGB picture.
  ///
  /// - Parameter scale: 1 for letters of 14 pixels; 2 for sharper pictures of twice the size.
  public func picture(scale: Int = 2) -> Picture {
    var canvas = Canvas(width: width * scale, height: height * scale)
    draw(on: &canvas, x: 0, scale: Double(scale))
    return canvas.picture
  }

  /// The chart as an SVG element.
  public var svg: String {
    var svg = SVG(width: width, height: height, label: title)
    draw(on: &svg, x: 0, scale: 1)
    return svg.element
  }

  /// Draws the chart into the columns from `x` on.
  func draw(on surface: inout some DrawingSurface, x left: Double, scale: Double) {
    var series = hasPowersX ? self.series.map(\.byPowers) : self.series
    if hasPowersY { series = series.map(\.overPowers) }
    let points = series.flatMap(\.points).filter { $0.x.isFinite && $0.y.isFinite }
    let xs = points.map(\.x)
    let xAxis = Axis(
      values: xs, count: 8, whole: wholeX || hasPowersX, lower: xs.min(), upper: xs.max())
    let yAxis =
      hasPowersY
      ? Axis(powers: points.map(\.y))
      : Axis(values: points.map(\.y), count: 6, lower: yLower, upper: yUpper)
    let style = Canvas.TextStyle(size: 14 * scale, color: .faint)
    let labels = yAxis.ticks.map { tick in
      hasPowersY
        ? NumberText.short(pow(10, tick), digits: 2) : NumberText.fixed(tick, yAxis.decimals)
    }
    let across = xAxis.ticks.map {
      hasPowersX ? Self.power($0) : NumberText.fixed($0, xAxis.decimals)
    }
    // Half of the last number below the axis stands to the right of it.
    let beside = max(22 * scale, Axis.labelRoom(across, style) / 2 + 4 * scale)
    let plot = Frame(
      left: left + 44 * scale + Axis.labelRoom(labels, style),
      right: left + Double(width) * scale - beside,
      top: 66 * scale, bottom: (Double(height) - 56) * scale)
    drawAxes(on: &surface, (xAxis, across), (yAxis, labels), plot, style, scale)
    if let markX, xAxis.range.contains(markX) {
      let x = plot.left + xAxis.share(markX) * plot.width
      surface.stroke(
        [[Point(x, plot.top), Point(x, plot.bottom)]], thickness: 1.5 * scale, .line,
        dash: (4 * scale, 4 * scale))
      let isRight = x > (plot.left + plot.right) / 2
      surface.text(
        markName, at: Point(x + (isRight ? -6 : 6) * scale, plot.top + 14 * scale), style,
        anchor: isRight ? .end : .start)
    }
    for (index, series) in series.enumerated() {
      drawCurve(series, Color.series[index % Color.series.count], on: &surface, plot: plot) {
        Point(
          plot.left + xAxis.share($0.x) * plot.width,
          plot.bottom - yAxis.share($0.y) * plot.height)
      } scale: {
        $0 * scale
      }
    }
    drawLegend(on: &surface, plot, scale)
  }

  /// The area between the axes.
  struct Frame {
    let left: Double
    let right: Double
    let top: Double
    let bottom: Double
    var width: Double { right - left }
    var height: Double { bottom - top }
  }

  private func drawAxes(
    on surface: inout some DrawingSurface, _ across: (axis: Axis, labels: [String]),
    _ up: (axis: Axis, labels: [String]), _ plot: Frame, _ style: Canvas.TextStyle, _ scale: Double
  ) {
    let (xAxis, yAxis) = (across.axis, up.axis)
    for (tick, label) in zip(yAxis.ticks, up.labels) {
      let y = (plot.bottom - yAxis.share(tick) * plot.height).rounded()
      surface.fill(x: plot.left, y: y - scale / 2, width: plot.width, height: scale, .grid)
      surface.text(
        label, at: Point(plot.left - 10 * scale, y), style, anchor: .end, centered: true)
    }
    surface.fill(
      x: plot.left, y: plot.bottom - scale / 2, width: plot.width, height: scale, .line)
    for (tick, label) in zip(xAxis.ticks, across.labels) {
      let x = plot.left + xAxis.share(tick) * plot.width
      surface.fill(
        x: x - scale / 2, y: plot.bottom, width: scale, height: 5 * scale, .line)
      surface.text(
        label, at: Point(x, plot.bottom + 22 * scale), style, anchor: .middle)
    }
    surface.text(
      xLabel, at: Point((plot.left + plot.right) / 2, plot.bottom + 44 * scale), style,
      anchor: .middle)
    var upright = style
    upright.upright = true
    surface.text(
      yLabel,
      at: Point(
        plot.left - (Axis.labelRoom(up.labels, style) + 24 * scale), (plot.top + plot.bottom) / 2),
      upright, anchor: .middle)
    let heading = Canvas.TextStyle(size: 17 * scale, bold: true)
    surface.text(
      Canvas.fitting(title, plot.right - plot.left, heading), at: Point(plot.left, 28 * scale),
      heading)
  }

  /// `0.001`, `1e-5`: ten to a whole power.
  private static func power(_ exponent: Double) -> String {
    NumberText.short(pow(10, exponent), digits: 1)
  }

  private func drawCurve(
    _ series: Series, _ color: Color, on surface: inout some DrawingSurface, plot: Frame,
    place: (Point) -> Point, scale: (Double) -> Double
  ) {
    var path: [Point] = []
    var paths: [[Point]] = []
    for point in series.points {
      if point.x.isFinite && point.y.isFinite {
        let target = place(point)
        // What lies outside given limits is drawn at the border.
        path.append(Point(target.x, max(plot.top, min(plot.bottom, target.y))))
      } else if !path.isEmpty {
        paths.append(path)
        path = []
      }
    }
    if !path.isEmpty { paths.append(path) }
    surface.stroke(
      paths, thickness: scale(2.2), color,
      dash: series.isDashed ? (scale(5), scale(6)) : nil)
    if series.points.count <= 40 {
      for point in paths.joined() { surface.disc(point, radius: scale(3.2), color) }
    }
  }

  private func drawLegend(on surface: inout some DrawingSurface, _ plot: Frame, _ scale: Double) {
    let style = Canvas.TextStyle(size: 14 * scale)
    var x = plot.left
    // Names that are too long together are cut to their share.
    let room = plot.width / Double(max(1, series.count)) - 50 * scale
    let isCrowded =
      series.reduce(0) { $0 + 50 * scale + Canvas.length($1.name, style) } > plot.width
    for (index, var series) in series.enumerated() where !series.name.isEmpty {
      if isCrowded { series.name = Canvas.fitting(series.name, max(room, 20 * scale), style) }
      let color = Color.series[index % Color.series.count]
      let y = 48 * scale
      surface.stroke(
        [[Point(x + 1.5 * scale, y), Point(x + 22 * scale, y)]], thickness: 2.2 * scale, color,
        dash: series.isDashed ? (5 * scale, 6 * scale) : nil)
      surface.text(series.name, at: Point(x + 30 * scale, y), style, anchor: .start, centered: true)
      x += 50 * scale + Canvas.length(series.name, style)
    }
  }
}

extension LineChart.Series {
  /// The same curve over the logarithms of x.
  fileprivate var byPowers: LineChart.Series {
    var series = self
    series.points = points.map { Point($0.x > 0 ? log10($0.x) : .nan, $0.y) }
    return series
  }
}

extension LineChart.Series {
  /// The same curve with the logarithms of y.
  fileprivate var overPowers: LineChart.Series {
    var series = self
    series.points = points.map { Point($0.x, $0.y > 0 ? log10($0.y) : .nan) }
    return series
  }
}

extension Axis {
  /// The room that the labels of a y axis take, in pixels.
  fileprivate static func labelRoom(_ labels: [String], _ style: Canvas.TextStyle) -> Double {
    labels.map { Canvas.length($0, style) }.max() ?? 0
  }
}
