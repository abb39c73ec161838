import Raster

/// A point of a drawing, in pixels from the top left corner; pixel (0, 0) has its centre at ½, ½.
public struct Point: Sendable, Hashable {
  public var x: Double
  public var y: Double

  public init(_ x: Double, _ y: Double) {
    self.x = x
    self.y = y
  }
}

/// A small drawing surface: rectangles, strokes, discs, text and tiles, edges smoothed.
struct Canvas {
  let width: Int
  let height: Int
  /// `[height, width, 3]`
  private(set) var samples: [UInt8]

  init(width: Int, height: Int, background: Color = .white) {
    precondition(width >= 1 && height >= 1, "a drawing has at least one pixel")
    self.width = width
    self.height = height
    samples = [UInt8](repeating: 255, count: width * height * 3)
    guard background != .white else { return }
    fill(x: 0, y: 0, width: Double(width), height: Double(height), background)
  }

  /// The drawing as an RGB picture, 8 bit.
  var picture: Picture {
    Picture(
      PictureFormat(width: width, height: height, color: .rgb, sample: .uint8), samples: samples)
  }

  /// The colour of a pixel.
  subscript(x: Int, y: Int) -> Color {
    let place = (y * width + x) * 3
    return Color(samples[place], samples[place + 1], samples[place + 2])
  }

  /// Lays a colour over a pixel; `coverage` is 0…1.
  mutating func blend(_ x: Int, _ y: Int, _ color: Color, _ coverage: Double) {
    guard coverage > 0, x >= 0, y >= 0, x < width, y < height else { return }
    let place = (y * width + x) * 3
    let share = min(1, coverage)
    for (offset, value) in [color.red, color.green, color.blue].enumerated() {
      let old = Double(samples[place + offset])
      samples[place + offset] = UInt8((old + (Double(value) - old) * share).rounded())
    }
  }

  /// A filled rectangle with edges anywhere.
  mutating func fill(
    x: Double, y: Double, width: Double, height: Double, _ color: Color, opacity: Double
  ) {
    let (left, right) = (max(0, x), min(Double(self.width), x + width))
    let (top, bottom) = (max(0, y), min(Double(self.height), y + height))
    guard left < right, top < bottom else { return }
    for row in Int(top)..<Int(bottom.rounded(.up)) {
      let high = min(Double(row + 1), bottom) - max(Double(row), top)
      for column in Int(left)..<Int(right.rounded(.up)) {
        let wide = min(Double(column + 1), right) - max(Double(column), left)
        blend(column, row, color, high * wide * opacity)
      }
    }
  }

  /// The outline of a rectangle, `thickness` wide, inside its edges.
  mutating func frame(
    x: Double, y: Double, width: Double, height: Double, thickness: Double, _ color: Color
  ) {
    fill(x: x, y: y, width: width, height: thickness, color)
    fill(x: x, y: y + height - thickness, width: width, height: thickness, color)
    let inner = height - 2 * thickness
    fill(x: x, y: y + thickness, width: thickness, height: inner, color)
    fill(x: x + width - thickness, y: y + thickness, width: thickness, height: inner, color)
  }

  /// A tile of pixels, each drawn as a square of `zoom` × `zoom`.
  ///
  /// - Parameter tile: `[rows, columns]`.
  mutating func draw(_ tile: [Color], columns: Int, x: Int, y: Int, zoom: Int) {
    for (index, color) in tile.enumerated() {
      fill(
        x: Double(x + index % columns * zoom), y: Double(y + index / columns * zoom),
        width: Double(zoom), height: Double(zoom), color)
    }
  }

  /// A picture, gray or RGB of 8 bits, each pixel a square of `zoom` × `zoom`.
  mutating func draw(_ picture: Picture, x left: Int, y top: Int, zoom: Int) {
    let format = picture.format
    precondition(format.sample == .uint8 && !format.color.hasAlpha, "gray or RGB of 8 bits")
    let colors = format.color.channels
    precondition(colors == 1 || colors == 3, "gray or RGB")
    for y in max(0, top)..<max(0, min(height, top + format.height * zoom)) {
      // Safety: a row holds `width · colors` samples of a byte.
      let row = picture.row((y - top) / zoom).assumingMemoryBound(to: UInt8.self)
      for x in max(0, left)..<max(0, min(width, left + format.width * zoom)) {
        let (from, to) = ((x - left) / zoom * colors, (y * width + x) * 3)
        for channel in 0..<3 { samples[to + channel] = row[from + min(channel, colors - 1)] }
      }
    }
  }
}
