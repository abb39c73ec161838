import Raster

/// Pictures side by side, each with its caption.
public struct ContactSheet: Sendable {
  /// A picture, gray or RGB of 8 bits, and what stands below it.
  public struct Tile: Sendable {
    public var picture: Picture
    public var caption: String

    public init(_ picture: Picture, caption: String) {
      (self.picture, self.caption) = (picture, caption)
    }
  }

  /// Above all tiles; nothing where empty.
  public var title: String
  public var tiles: [Tile]
  /// Tiles in a row (≥ 1).
  public var columns: Int
  /// The longest side that a tile's picture is shown with, in pixels (≥ 1): smaller pictures are
  /// drawn with pixels of 2×2, 3×3 … as far as they fit.
  public var side: Int

  public init(title: String = "", tiles: [Tile], columns: Int, side: Int) {
    precondition(!tiles.isEmpty && columns >= 1 && side >= 1, "a sheet has at least one tile")
    (self.title, self.tiles, self.columns, self.side) = (title, tiles, columns, side)
  }

  private static let (margin, gap) = (20, 16)
  private static let caption = Canvas.TextStyle(size: 16)
  private static let heading = Canvas.TextStyle(size: 22, bold: true)
  /// Between the baselines of a caption's lines, in pixels.
  private static let lineHeight = 20
  private static let mostLines = 3

  /// Columns that make a sheet of `count` tiles about as wide as it is high, all rows as full as can be.
  public static func columns(_ count: Int) -> Int {
    if count <= 4 { return max(1, count) }
    let rows = max(1, Int(Double(count).squareRoot()))
    return (count + rows - 1) / rows
  }

  /// Bytes of the drawing, saturated where no integer holds them.
  public static func bytes(tiles: Int, columns: Int, side: Int) -> Int {
    let rows = (tiles + columns - 1) / columns
    let across = columns.saturatingProduct(side + gap).saturatingSum(2 * margin)
    let down = rows.saturatingProduct(side + gap + mostLines * lineHeight).saturatingSum(100)
    // The canvas, the picture that it becomes, and the tiles.
    return across.saturatingProduct(down).saturatingProduct(9)
  }

  /// The sheet as an RGB picture.
  public func picture() -> Picture {
    let zooms = tiles.map { tile in
      max(1, side / max(tile.picture.format.width, tile.picture.format.height))
    }
    let widths = zip(tiles, zooms).map { $0.picture.format.width * $1 }
    let heights = zip(tiles, zooms).map { $0.picture.format.height * $1 }
    // Captions of narrow pictures still have some room.
    let cell = max(widths.max()!, min(side, 120))
    let captions = tiles.map { Self.lines($0.caption, width: Double(cell)) }
    let columns = min(columns, tiles.count)
    let rows = (tiles.count + columns - 1) / columns
    var tops: [Int] = []
    var y = title.isEmpty ? Self.margin : Self.margin + 36
    for row in 0..<rows {
      tops.append(y)
      let own = row * columns..<min((row + 1) * columns, tiles.count)
      y += own.map { heights[$0] }.max()! + Self.gap
      y += own.map { captions[$0].count }.max()! * Self.lineHeight
    }
    let wanted = title.isEmpty ? 0 : min(Canvas.length(title, Self.heading), 1600)
    let width = max(columns * (cell + Self.gap) - Self.gap, Int(wanted.rounded(.up)))
    var canvas = Canvas(width: width + 2 * Self.margin, height: y + Self.margin - Self.gap)
    canvas.text(
      Canvas.fitting(title, Double(width), Self.heading), at: Point(Double(Self.margin), 38),
      Self.heading)
    for (index, tile) in tiles.enumerated() {
      let row = index / columns
      let low = own(row, columns).map { heights[$0] }.max()!
      let left = Self.margin + index % columns * (cell + Self.gap) + (cell - widths[index]) / 2
      canvas.draw(
        tile.picture, x: left, y: tops[row] + (low - heights[index]) / 2, zoom: zooms[index])
      for (line, text) in captions[index].enumerated() {
        canvas.text(
          text,
          at: Point(
            Double(Self.margin + index % columns * (cell + Self.gap)) + Double(cell) / 2,
            Double(tops[row] + low + 17 + line * Self.lineHeight)), Self.caption, anchor: .middle)
      }
    }
    return canvas.picture
  }

  private func own(_ row: Int, _ columns: Int) -> Range<Int> {
    row * columns..<min((row + 1) * columns, tiles.count)
  }

  /// A caption in lines of at most `width` pixels, broken after blanks, commas, dashes and slashes where
  /// there are some; what is longer than all lines ends in an ellipsis.
  static func lines(_ text: String, width: Double) -> [String] {
    var lines: [String] = []
    var rest = Substring(text)
    while !rest.isEmpty {
      if lines.count == mostLines - 1 || Canvas.length(String(rest), caption) <= width {
        lines.append(Canvas.fitting(String(rest), width, caption))
        break
      }
      var end = rest.startIndex
      while end < rest.endIndex,
        Canvas.length(String(rest[...end]), caption) <= width
      {
        end = rest.index(after: end)
      }
      end = max(end, rest.index(after: rest.startIndex))
      let fitting = rest[..<end]
      if let stop = fitting.lastIndex(where: { " ,/:;-".contains($0) }), stop > rest.startIndex {
        end = rest.index(after: stop)
      }
      lines.append(String(rest[..<end]))
      rest = rest[end...].drop { $0 == " " }
    }
    return lines
  }
}
