import Raster
import Text

/// How likely each class is, as bars.
public struct ProbabilityBars: Sendable, Equatable {
  public var title: String
  /// From the top: the name of a class, and its probability, 0…1.
  public var rows: [Row]

  public struct Row: Sendable, Equatable {
    public var name: String
    public var probability: Double
    /// Whether it stands out.
    public var isChosen: Bool

    public init(_ name: String, probability: Double, isChosen: Bool = false) {
      (self.name, self.probability, self.isChosen) = (name, probability, isChosen)
    }
  }

  /// - Parameter rows: at least one.
  public init(title: String, rows: [Row]) {
    precondition(!rows.isEmpty, "at least one class")
    (self.title, self.rows) = (title, rows)
  }

  private static let (margin, top, pitch, length) = (24.0, 58.0, 34.0, 320.0)

  public func picture() -> Picture {
    let heading = Canvas.TextStyle(size: 20, bold: true)
    let style = Canvas.TextStyle(size: 16)
    let names = rows.map { Canvas.fitting($0.name, 260, style) }
    let widest = names.map { Canvas.length($0, style) }.max() ?? 0
    let left = Self.margin + widest + 14
    let width = max(left + Self.length + 90, Canvas.length(title, heading) + 2 * Self.margin)
    var canvas = Canvas(
      width: Int(width), height: Int(Self.top + Double(rows.count) * Self.pitch + Self.margin))
    canvas.text(
      Canvas.fitting(title, width - 2 * Self.margin, heading), at: Point(Self.margin, 36), heading)
    for (index, row) in rows.enumerated() {
      let y = Self.top + Double(index) * Self.pitch
      let share = row.probability.isFinite ? min(max(row.probability, 0), 1) : 0
      canvas.text(
        names[index], at: Point(left - 14, y + 12), style, anchor: .end, centered: true)
      canvas.fill(x: left, y: y, width: Self.length, height: 24, .grid)
      canvas.fill(
        x: left, y: y, width: share * Self.length, height: 24,
        row.isChosen ? Color.series[0] : .faint)
      canvas.text(
        NumberText.percent(share), at: Point(left + Self.length + 10, y + 12), style,
        anchor: .start, centered: true)
    }
    return canvas.picture
  }
}
