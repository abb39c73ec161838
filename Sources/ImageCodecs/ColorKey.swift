import Raster

/// A colour that stands for transparent in pictures that have no alpha (tRNS of gray and RGB in PNG).
///
/// Pixels of a picture with alpha can be told so where each is wholly opaque and has another colour, or wholly transparent.
struct ColorKey: Sendable, Equatable {
  /// A sample of gray or three, as many bits as those of the rows.
  let samples: [UInt16]

  init(samples: [UInt16]) { self.samples = samples }

  /// The key of the input, in the samples of a result; nil where it has none, or other colours.
  init?(_ input: Encoding?, _ format: PictureFormat) {
    guard case .png(let png) = input, format.color.hasAlpha, format.sample != .float32,
      !png.key.isEmpty, png.key.count == format.color.colorChannels
    else { return nil }
    let (from, to) = (1 << png.depth - 1, Int(format.sample.maximum))
    samples = png.key.map { UInt16((Int($0) * to + from / 2) / from) }
  }
}

extension ColorKey {
  var isGray: Bool { samples.allSatisfy { $0 == samples[0] } }
  /// Whether both bytes of samples of 16 bits are the same.
  var isByte: Bool { samples.allSatisfy { $0 & 255 == $0 >> 8 } }

  /// The samples as they stand in a row.
  func bytes(_ sample: SampleType) -> [UInt8] {
    samples.flatMap { value in
      sample == .uint16 ? withUnsafeBytes(of: value) { Array($0) } : [UInt8(value)]
    }
  }

  /// Whether a pixel of a row that is seen has this colour.
  func isSeen(_ row: UnsafePointer<UInt8>, _ format: PictureFormat) -> Bool {
    let pixels = AlphaRow(row, format)
    return (0..<format.width).contains { pixels.has(self, $0) && !pixels.isTransparent($0) }
  }
}

/// Finds out whether a colour can stand for transparent: whether no pixel is half transparent, and what colour those have that
/// are not seen, which stays as it is unless the input had a key.
struct KeySurvey: Sendable {
  private let format: PictureFormat
  private let wished: ColorKey?
  private var hidden: ColorKey?
  /// Whether pixels that are not seen have several colours.
  private var differ = false

  /// Nil for pictures without alpha.
  init?(_ format: PictureFormat, _ wished: ColorKey?) {
    guard format.color.hasAlpha, format.sample != .float32 else { return nil }
    self.format = format
    self.wished = wished
  }

  /// Takes a row; false where no colour can be the key.
  mutating func take(_ row: UnsafePointer<UInt8>) -> Bool {
    let pixels = AlphaRow(row, format)
    for x in 0..<format.width {
      if pixels.isTransparent(x) {
        if hidden == nil { hidden = pixels.color(x) }
        if let hidden, !differ { differ = !pixels.has(hidden, x) }
      } else if !pixels.isOpaque(x) {
        return false
      } else if wished == nil, let hidden, pixels.has(hidden, x) {
        return false
      }
    }
    return !differ || wished != nil
  }

  /// What would be the key, unless a pixel that is seen has that colour.
  var key: ColorKey? { differ ? wished : hidden }
}

/// The pixels of a row with alpha.
struct AlphaRow {
  private let row: UnsafeRawPointer
  private let colors: Int
  private let isWide: Bool

  init(_ row: UnsafeRawPointer, _ format: PictureFormat) {
    self.row = row
    colors = format.color.colorChannels
    isWide = format.sample == .uint16
  }

  func sample(_ x: Int, _ channel: Int) -> UInt16 {
    let index = x * (colors + 1) + channel
    // Safety: callers stay within the row.
    return isWide
      ? row.load(fromByteOffset: 2 * index, as: UInt16.self)
      : UInt16(row.load(fromByteOffset: index, as: UInt8.self))
  }

  func isTransparent(_ x: Int) -> Bool { sample(x, colors) == 0 }
  func isOpaque(_ x: Int) -> Bool { sample(x, colors) == (isWide ? 65535 : 255) }

  func has(_ key: ColorKey, _ x: Int) -> Bool {
    for channel in 0..<colors where sample(x, channel) != key.samples[channel] { return false }
    return true
  }

  func color(_ x: Int) -> ColorKey {
    ColorKey(samples: (0..<colors).map { sample(x, $0) })
  }
}
