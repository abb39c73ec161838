import Raster

/// Rows with alpha that are opaque all over, as the gray or RGB that the input was.
struct OpaqueRows: NarrowRows {
  private let format: PictureFormat
  /// Bits of a gray in the input, where they fill no byte.
  private let depth: Int?
  private var held: HeldRows
  var count: Int { held.count }

  /// Nil where the input had alpha, or where the result has other colours.
  init?(_ input: Encoding?, _ format: PictureFormat, _ options: WritingOptions) {
    guard case .png(let png) = input, format.color.hasAlpha, format.sample != .float32,
      png.colorType == (format.color == .grayAlpha ? 0 : 2), png.key.isEmpty,
      options.pngDepth == nil, options.keepsLevels || png.depth >= 8
    else { return nil }
    self.format = format
    depth = png.depth < 8 && format.sample == .uint8 ? png.depth : nil
    held = HeldRows(format)
  }

  mutating func take(_ row: UnsafePointer<UInt8>) -> Bool {
    let pixels = AlphaRow(row, format)
    let step = depth.map { 255 / UInt16(1 << $0 - 1) } ?? 1
    for x in 0..<format.width where !pixels.isOpaque(x) || pixels.sample(x, 0) % step != 0 {
      return false
    }
    held.append(row)
    return true
  }

  func restore(_ y: Int, to row: UnsafeMutablePointer<UInt8>) { held.restore(y, to: row) }

  func narrow() -> [NarrowPicture] {
    var narrow = format
    narrow.color = format.color == .grayAlpha ? .gray : .rgb
    let (colors, size) = (narrow.color.channels, format.sample.byteCount)
    return [
      NarrowPicture(format: narrow, depth: depth) { y, target in
        held.with(y) { row in
          // Safety: the target has room for the colours of all pixels.
          for x in 0..<format.width {
            (target + x * colors * size).update(
              from: row.assumingMemoryBound(to: UInt8.self) + x * (colors + 1) * size,
              count: colors * size)
          }
        }
      }
    ]
  }
}
