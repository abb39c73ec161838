import Raster

/// Bars from left to right with their names, such as the likeliest classes of a picture.
public struct BarChart: Sendable, Equatable {
  public var title: String
  public var names: [String]
  /// Each ≥ 0.
  public var values: [Double]
  /// What stands behind each bar.
  public var labels: [String]
  /// The value of a bar of full length, or nil for the largest.
  public var maximum: Double?
  /// Width, in pixels before `scale` (≥ 300).
  public var width = 640

  public init(
    title: String, names: [String], values: [Double], labels: [String], maximum: Double? = nil
  ) {
    precondition(
      names.count == values.count && labels.count == values.count, "a name and a label for a bar")
    self.title = title
    self.names = names
    self.values = values
    self.labels = labels
    self.maximum = maximum
  }

  /// The chart as an RGB picture.
  ///
  /// - Parameter scale: 1 for letters of 14 pixels; 2 for sharper pictures of twice the size.
  public func picture(scale: Int = 2) -> Picture {
    let pixel = Double(scale)
    let style = Canvas.TextStyle(size: 14 * pixel)
    let heading = Canvas.TextStyle(size: 17 * pixel, bold: true)
    let shown = names.map { Canvas.fitting($0, Double(width) * 0.35 * pixel, style) }
    let left = 36 * pixel + (shown.map { Canvas.length($0, style) }.max() ?? 0)
    let tail = 30 * pixel + (labels.map { Canvas.length($0, style) }.max() ?? 0)
    let room = max(40 * pixel, Double(width) * pixel - left - tail)
    let (top, pitch) = (52 * pixel, 27 * pixel)
    let height = top + Double(names.count) * pitch + 16 * pixel
    var canvas = Canvas(width: width * scale, height: Int(height))
    canvas.text(
      Canvas.fitting(title, Double(width - 48) * pixel, heading),
      at: Point(24 * pixel, 32 * pixel), heading)
    let full = max(maximum ?? 0, values.filter(\.isFinite).max() ?? 0)
    for index in names.indices {
      let middle = top + (Double(index) + 0.5) * pitch
      let share = full > 0 && values[index].isFinite ? max(0, min(1, values[index] / full)) : 0
      canvas.text(
        shown[index], at: Point(left - 12 * pixel, middle), style, anchor: .end, centred: true)
      canvas.fill(
        x: left, y: middle - 9 * pixel, width: room, height: 18 * pixel, .grid, opacity: 0.5)
      canvas.fill(
        x: left, y: middle - 9 * pixel, width: room * share, height: 18 * pixel, Colour.series[0])
      canvas.text(
        labels[index], at: Point(left + room + 10 * pixel, middle), style, centred: true)
    }
    return canvas.picture
  }
}
