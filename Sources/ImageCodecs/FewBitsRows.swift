import Raster

/// Rows whose samples need no more levels than those of the input, which fill no byte, or no two.
///
///     sample = ⌊(number · full + ⌊top / 2⌋) / top⌋        full = 255 or 65535
///
/// TIFF counts bits, 1 to 7 or 9 to 15: top = 2^bits − 1. PNM names the top, 1 to 254 or 256 to 65534.
struct FewBitsRows: NarrowRows {
  private let format: PictureFormat
  /// Bits of a number in the file; nil where they are those of a sample.
  private let bits: Int?
  /// The number of each sample, with the bits at the top of it where they are told; `none` where there is none.
  private let numbers: [UInt32]
  private var held: HeldRows
  var count: Int { held.count }

  private static let none = UInt32.max

  /// Of TIFF; nil where the input had all bits, or where the result has other samples.
  init?(_ input: TIFFEncoding?, _ format: PictureFormat, _ options: WritingOptions) {
    guard Self.arePossible(input, format, options), let bits = input?.bits else { return nil }
    self.init(
      format, top: 1 << bits - 1, bits: bits, shift: format.sample.byteCount * 8 - bits)
  }

  /// - Parameter top: the number of white (≥ 1, at most that of the samples).
  init(_ format: PictureFormat, top: Int) {
    self.init(format, top: top, bits: nil, shift: 0)
  }

  private init(_ format: PictureFormat, top: Int, bits: Int?, shift: Int) {
    self.format = format
    held = HeldRows(format)
    self.bits = bits
    let full = Int(format.sample.maximum)
    var numbers = [UInt32](repeating: Self.none, count: full + 1)
    for number in 0...top {
      numbers[(number * full + top / 2) / top] = UInt32(number) << UInt32(shift)
    }
    self.numbers = numbers
  }

  static func arePossible(
    _ input: TIFFEncoding?, _ format: PictureFormat, _ options: WritingOptions
  ) -> Bool {
    guard let input, input.palette.isEmpty, options.pngDepth == nil, options.keepsLevels
    else { return false }
    return switch format.sample {
    case .uint8: 1..<8 ~= input.bits
    case .uint16: 9..<16 ~= input.bits
    case .float32: false
    }
  }

  /// Bytes that are held.
  static func memory(_ format: PictureFormat) -> Int { HeldRows.memory(format) }

  private var rowSamples: Int { format.width * format.color.channels }

  /// What the file holds of each sample of a row, at the top of it.
  private func number(_ row: UnsafeRawPointer, _ index: Int) -> UInt32 {
    // Safety: callers stay below `rowSamples`.
    format.sample == .uint8
      ? numbers[Int(row.load(fromByteOffset: index, as: UInt8.self))]
      : numbers[Int(row.load(fromByteOffset: 2 * index, as: UInt16.self))]
  }

  mutating func take(_ row: UnsafePointer<UInt8>) -> Bool {
    for index in 0..<rowSamples where number(row, index) == Self.none { return false }
    held.append(row)
    return true
  }

  func restore(_ y: Int, to row: UnsafeMutablePointer<UInt8>) {
    held.restore(y, to: row)
  }

  func narrow() -> [NarrowPicture] {
    [
      NarrowPicture(format: format, depth: bits) { y, row in
        let target = UnsafeMutableRawPointer(row)
        held.with(y) { source in
          // Safety: both rows hold `rowSamples` samples.
          for index in 0..<rowSamples {
            let number = number(source, index)
            if format.sample == .uint8 {
              target.storeBytes(of: UInt8(number), toByteOffset: index, as: UInt8.self)
            } else {
              target.storeBytes(of: UInt16(number), toByteOffset: 2 * index, as: UInt16.self)
            }
          }
        }
      }
    ]
  }
}
