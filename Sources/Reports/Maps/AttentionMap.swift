import Raster

/// Where a network looks: a picture, and the same picture under the heat of its attention, through which
/// it is seen: the less it speaks, the clearer.
public struct AttentionMap: Sendable, Equatable {
  public var title: String
  /// The layer that was looked at; nothing where empty.
  public var layer = ""
  /// Rows and columns of the picture (≥ 1).
  public let height: Int
  public let width: Int
  /// `[height, width, channels]`, 0…255; gray, or RGB.
  public let samples: [UInt8]
  /// Rows and columns of the attention (≥ 1).
  public let rows: Int
  public let columns: Int
  /// `[rows, columns]`, 0…1.
  public let attention: [Float]

  public init(
    title: String, height: Int, width: Int, samples: [UInt8], rows: Int, columns: Int,
    attention: [Float]
  ) {
    precondition(height >= 1 && width >= 1 && rows >= 1 && columns >= 1, "a picture has pixels")
    let pixels = height * width
    precondition([pixels, 3 * pixels].contains(samples.count), "a sample or three for a pixel")
    precondition(attention.count == rows * columns, "one value for each place")
    self.title = title
    self.height = height
    self.width = width
    self.samples = samples
    self.rows = rows
    self.columns = columns
    self.attention = attention
  }

  /// Both side by side.
  ///
  /// - Parameter side: about the side of each, in pixels.
  public func picture(palette: FeatureMapPictures.Palette = .color, side: Int = 256) -> Picture {
    let colors = palette == .gray ? ColorMap.gray : ColorMap.ramp
    let plain = (0..<height * width).map(color)
    let heated = plain.indices.map { index in
      let heat = value(index / width, index % width)
      return Self.blend(plain[index], colors(heat), 0.7 * heat)
    }
    return TileGrid(
      title: title,
      subtitle: "attention of \(rows)×\(columns)" + (layer.isEmpty ? "" : " at \(layer)"),
      tiles: [
        .init(columns: width, colors: plain, label: "picture"),
        .init(columns: width, colors: heated, label: "attention"),
      ], key: .init(colors: colors, low: "says nothing", high: "speaks for it")
    ).canvas(side: side).picture
  }

  private func color(_ pixel: Int) -> Color {
    if samples.count == height * width { return Color(gray: samples[pixel]) }
    return Color(samples[3 * pixel], samples[3 * pixel + 1], samples[3 * pixel + 2])
  }

  /// The attention at a pixel, from the four places around it.
  private func value(_ y: Int, _ x: Int) -> Double {
    func places(_ pixel: Int, _ count: Int, _ length: Int) -> (Int, Int, Double) {
      let place = (Double(pixel) + 0.5) / Double(length) * Double(count) - 0.5
      let first = min(max(place, 0), Double(count - 1))
      let low = Int(first)
      return (low, min(low + 1, count - 1), first - Double(low))
    }
    let (top, bottom, down) = places(y, rows, height)
    let (left, right, across) = places(x, columns, width)
    func line(_ row: Int) -> Double {
      let (a, b) = (attention[row * columns + left], attention[row * columns + right])
      return Double(a) * (1 - across) + Double(b) * across
    }
    return line(top) * (1 - down) + line(bottom) * down
  }

  private static func blend(_ below: Color, _ above: Color, _ share: Double) -> Color {
    func mix(_ a: UInt8, _ b: UInt8) -> UInt8 {
      UInt8((Double(a) + (Double(b) - Double(a)) * share).rounded())
    }
    return Color(
      mix(below.red, above.red), mix(below.green, above.green), mix(below.blue, above.blue))
  }
}
