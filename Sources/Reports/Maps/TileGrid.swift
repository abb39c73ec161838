import Raster

/// Many small pictures in rows and columns, each with its number, under a title.
struct TileGrid {
  /// A tile: colours row by row.
  struct Tile {
    var columns: Int
    var colors: [Color]
    var label: String
    /// Whether it is crossed out: there is nothing to be seen.
    var isCrossed = false

    var rows: Int { colors.count / columns }
  }

  var title: String
  var subtitle = ""
  /// All of one size.
  var tiles: [Tile]
  /// What the colours stand for, below the tiles, or nil.
  var key: Key?

  /// A bar of colours with what its ends mean.
  struct Key {
    var colors: ColorMap
    var low: String
    var high: String
  }

  /// Columns of a grid of `count` tiles: as near to a square as can be, 8 for 64.
  static func columns(_ count: Int) -> Int {
    var columns = 1
    while columns * columns < count { columns += 1 }
    return columns
  }

  /// The grid as a drawing; each sample becomes a square of whole pixels.
  ///
  /// - Parameters:
  ///   - side: about the side of a tile, in pixels.
  ///   - background: what lies between the tiles.
  func canvas(side: Int = 96) -> Canvas {
    precondition(!tiles.isEmpty, "a grid has at least one tile")
    let (columns, rows) = (tiles[0].columns, tiles[0].rows)
    let zoom = max(1, (side + max(columns, rows) - 1) / max(columns, rows))
    let label = Canvas.TextStyle(size: 15, color: .faint)
    let heading = Canvas.TextStyle(size: 20, bold: true)
    let small = Canvas.TextStyle(size: 16, color: .faint)
    let labelled = tiles.contains { !$0.label.isEmpty }
    let across = Self.columns(tiles.count)
    let down = (tiles.count + across - 1) / across
    let (margin, gap) = (24, 12)
    let widest = tiles.map { Canvas.length($0.label, label) }.max() ?? 0
    let (tileWidth, tileHeight) = (columns * zoom, rows * zoom)
    let pitchX = max(tileWidth, Int(widest.rounded(.up))) + gap
    let pitchY = tileHeight + gap + (labelled ? 18 : 0)
    let top = subtitle.isEmpty ? 58 : 82
    let wanted = max(Canvas.length(title, heading), Canvas.length(subtitle, small))
    let width = max(across * pitchX - gap, Int(min(wanted, 2000).rounded(.up)))
    let keyHeight = key == nil ? 0 : 52
    let bottom = top + down * pitchY - gap
    var canvas = Canvas(width: width + 2 * margin, height: bottom + keyHeight + margin)
    if let key { draw(key, on: &canvas, x: margin, y: bottom + 14, width: min(width, 280)) }
    canvas.text(
      Canvas.fitting(title, Double(width), heading), at: Point(Double(margin), 36), heading)
    if !subtitle.isEmpty {
      canvas.text(
        Canvas.fitting(subtitle, Double(width), small), at: Point(Double(margin), 62), small)
    }
    for (index, tile) in tiles.enumerated() {
      let x = margin + index % across * pitchX
      let y = top + index / across * pitchY
      canvas.draw(tile.colors, columns: columns, x: x, y: y, zoom: zoom)
      if tile.isCrossed {
        let (right, low) = (Double(x + tileWidth), Double(y + tileHeight))
        canvas.stroke(
          [
            [Point(Double(x), Double(y)), Point(right, low)],
            [Point(right, Double(y)), Point(Double(x), low)],
          ], thickness: 2, Color.series[1], dash: nil)
      }
      canvas.frame(
        x: Double(x - 1), y: Double(y - 1), width: Double(tileWidth + 2),
        height: Double(tileHeight + 2), thickness: 1, .line)
      canvas.text(
        tile.label, at: Point(Double(x), Double(y + tileHeight + 17)), label)
    }
    return canvas
  }

  private func draw(_ key: Key, on canvas: inout Canvas, x: Int, y: Int, width: Int) {
    let style = Canvas.TextStyle(size: 15, color: .faint)
    for column in 0..<width {
      canvas.fill(
        x: Double(x + column), y: Double(y), width: 1, height: 14,
        key.colors(Double(column) / Double(max(1, width - 1))))
    }
    canvas.frame(
      x: Double(x), y: Double(y), width: Double(width), height: 14, thickness: 1, .line)
    canvas.text(key.low, at: Point(Double(x), Double(y + 32)), style)
    canvas.text(key.high, at: Point(Double(x + width), Double(y + 32)), style, anchor: .end)
  }
}
