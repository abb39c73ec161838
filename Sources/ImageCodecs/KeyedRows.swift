import Raster

/// Rows whose transparent pixels the colour key of the input can stand for.
///
/// As with palettes, a pixel that is not seen gets the colour that the input had for such.
struct KeyedRows: NarrowRows {
  private let format: PictureFormat
  private let key: ColorKey
  /// Bits of a gray in the input, where they fill no byte and the rows have no others; nil for all.
  private var depth: Int?
  /// What is not seen has a colour as long as there is alpha.
  private var held: HeldRows
  var count: Int { held.count }

  /// Nil where the input had no key, or where the result has other colours.
  init?(_ input: Encoding?, _ format: PictureFormat, _ options: WritingOptions) {
    guard options.pngDepth == nil, case .png(let png) = input, let key = ColorKey(input, format)
    else { return nil }
    self.format = format
    held = HeldRows(format)
    self.key = key
    depth = png.depth < 8 && format.sample == .uint8 ? png.depth : nil
  }

  /// Bytes that are held.
  static func memory(_ format: PictureFormat) -> Int { HeldRows.memory(format) }

  mutating func take(_ row: UnsafePointer<UInt8>) -> Bool {
    let pixels = AlphaRow(row, format)
    let step = depth.map { 255 / UInt16(1 << $0 - 1) }
    for x in 0..<format.width where !pixels.isTransparent(x) {
      if !pixels.isOpaque(x) || pixels.has(key, x) { return false }
      if let step, pixels.sample(x, 0) % step != 0 { depth = nil }
    }
    held.append(row)
    return true
  }

  func restore(_ y: Int, to row: UnsafeMutablePointer<UInt8>) {
    held.restore(y, to: row)
  }

  func narrow() -> [NarrowPicture] {
    var narrow = format
    narrow.color = format.color == .grayAlpha ? .gray : .rgb
    let colors = narrow.color.channels
    let shift = depth.map { UInt16(8 - $0) } ?? 0
    return [
      NarrowPicture(format: narrow, depth: depth, key: key.samples.map { $0 >> shift }) {
        y, target in
        let target = UnsafeMutableRawPointer(target)
        held.with(y) { row in
          let pixels = AlphaRow(row, format)
          // Safety: the target has room for the colours of all pixels.
          for x in 0..<format.width {
            let isHidden = pixels.isTransparent(x)
            for channel in 0..<colors {
              let sample = isHidden ? key.samples[channel] : pixels.sample(x, channel)
              let index = x * colors + channel
              if format.sample == .uint16 {
                target.storeBytes(of: sample, toByteOffset: 2 * index, as: UInt16.self)
              } else {
                target.storeBytes(of: UInt8(sample), toByteOffset: index, as: UInt8.self)
              }
            }
          }
        }
      }
    ]
  }
}
