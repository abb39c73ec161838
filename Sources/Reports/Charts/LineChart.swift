import Raster
import Text

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

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
  public func picture(scale: Int = 2) -> Picture { canvas(scale: scale).picture }

  func canvas(scale: Int) -> Canvas {
    var canvas = Canvas(width: width * scale, height: height * scale)
    draw(on: &canvas, x: 0, scale: Double(scale))
    return canvas
  }

  /// Draws the chart into the columns from `x` on.
  func draw(on canvas: inout Canvas, x left: Double, scale: Double) {
    let series = hasPowersX ? self.series.map(\.byPowers) : self.series
    let points = series.flatMap(\.points).filter { $0.x.isFinite && $0.y.isFinite }
    let xs = points.map(\.x)
    let xAxis = Axis(
      values: xs, count: 8, whole: wholeX || hasPowersX, lower: xs.min(), upper: xs.max())
    let yAxis = Axis(values: points.map(\.y), count: 6, lower: yLower, upper: yUpper)
    let style = Canvas.TextStyle(size: 14 * scale, colour: .faint)
    let labels = yAxis.ticks.map { NumberText.fixed($0, yAxis.decimals) }
    let widest = labels.map { Canvas.length($0, style) }.max() ?? 0
    let plot = Frame(
      left: left + 44 * scale + widest, right: left + (Double(width) - 22) * scale,
      top: 66 * scale, bottom: (Double(height) - 56) * scale)
    drawAxes(on: &canvas, xAxis, yAxis, labels, plot, style, scale)
    for (index, series) in series.enumerated() {
      drawCurve(series, Colour.series[index % Colour.series.count], on: &canvas, plot: plot) {
        Point(
          plot.left + xAxis.share($0.x) * plot.width,
          plot.bottom - yAxis.share($0.y) * plot.height)
      } scale: {
        $0 * scale
      }
    }
    drawLegend(on: &canvas, plot, scale)
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
    on canvas: inout Canvas, _ xAxis: Axis, _ yAxis: Axis, _ labels: [String], _ plot: Frame,
    _ style: Canvas.TextStyle, _ scale: Double
  ) {
    for (tick, label) in zip(yAxis.ticks, labels) {
      let y = (plot.bottom - yAxis.share(tick) * plot.height).rounded()
      canvas.fill(x: plot.left, y: y - scale / 2, width: plot.width, height: scale, .grid)
      canvas.text(
        label, at: Point(plot.left - 10 * scale, y), style, anchor: .end, centred: true)
    }
    canvas.fill(
      x: plot.left, y: plot.bottom - scale / 2, width: plot.width, height: scale, .line)
    for tick in xAxis.ticks {
      let x = plot.left + xAxis.share(tick) * plot.width
      canvas.fill(
        x: x - scale / 2, y: plot.bottom, width: scale, height: 5 * scale, .line)
      canvas.text(
        hasPowersX ? Self.power(tick) : NumberText.fixed(tick, xAxis.decimals),
        at: Point(x, plot.bottom + 22 * scale), style,
        anchor: .middle)
    }
    canvas.text(
      xLabel, at: Point((plot.left + plot.right) / 2, plot.bottom + 44 * scale), style,
      anchor: .middle)
    var upright = style
    upright.upright = true
    canvas.text(
      yLabel,
      at: Point(
        plot.left - (Axis.labelRoom(labels, style) + 24 * scale), (plot.top + plot.bottom) / 2),
      upright, anchor: .middle)
    let heading = Canvas.TextStyle(size: 17 * scale, bold: true)
    canvas.text(
      Canvas.fitting(title, plot.right - plot.left, heading), at: Point(plot.left, 28 * scale),
      heading)
  }

  /// `0.001`, `1e-5`: ten to a whole power.
  private static func power(_ exponent: Double) -> String {
    NumberText.short(pow(10, exponent), digits: 1)
  }

  private func drawCurve(
    _ series: Series, _ colour: Colour, on canvas: inout Canvas, plot: Frame,
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
    canvas.stroke(
      paths, thickness: scale(2.2), colour,
      dash: series.isDashed ? (scale(5), scale(6)) : nil)
    if series.points.count <= 40 {
      for point in paths.joined() { canvas.disc(point, radius: scale(3.2), colour) }
    }
  }

  private func drawLegend(on canvas: inout Canvas, _ plot: Frame, _ scale: Double) {
    let style = Canvas.TextStyle(size: 14 * scale)
    var x = plot.left
    for (index, series) in series.enumerated() where !series.name.isEmpty {
      let colour = Colour.series[index % Colour.series.count]
      let y = 48 * scale
      canvas.stroke(
        [[Point(x + 1.5 * scale, y), Point(x + 22 * scale, y)]], thickness: 2.2 * scale, colour,
        dash: series.isDashed ? (5 * scale, 6 * scale) : nil)
      canvas.text(series.name, at: Point(x + 30 * scale, y), style, centred: true)
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

extension Axis {
  /// The room that the labels of a y axis take, in pixels.
  static func labelRoom(_ labels: [String], _ style: Canvas.TextStyle) -> Double {
    labels.map { Canvas.length($0, style) }.max() ?? 0
  }
}
