import Raster

/// The header of a Netpbm file (netpbm.sourceforge.net/doc: pbm, pgm, ppm, pam).
struct PNMHeader: Equatable {
  var variant: Int
  var width: Int
  var height: Int
  var channels: Int
  /// The value of white; 1 for bitmaps, where 1 is black.
  var maximum: Int
  /// What the channels are.
  var color: ColorModel

  var isPlain: Bool { variant <= 3 }
  var isBitmap: Bool { variant == 1 || variant == 4 }
  var sample: SampleType { maximum > 255 ? .uint16 : .uint8 }

  static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }

  /// - Parameter bytes: the file; stands at the first sample afterwards.
  init(_ bytes: inout SourceBytes) throws(CodecError) {
    _ = try bytes.next()
    variant = Int(try bytes.next()) - 48
    guard (1...7).contains(variant) else { throw .damaged(.pnm, "what follows is no picture") }
    if variant == 7 {
      let pam = try PAMHeader(&bytes)
      (width, height, channels, maximum) = (pam.width, pam.height, pam.channels, pam.maximum)
      color = pam.color
    } else {
      width = try bytes.number()
      height = try bytes.number()
      color = variant == 3 || variant == 6 ? .rgb : .gray
      channels = color.channels
      maximum = variant == 1 || variant == 4 ? 1 : try bytes.number()
      // A single white space ends the header; `number` has passed over it.
    }
    guard width > 0, height > 0 else { throw .damaged(.pnm, "a side of no pixels") }
    guard (1...65535).contains(maximum) else {
      throw .damaged(.pnm, "a maximum of \(maximum); it lies between 1 and 65535")
    }
  }
}

extension SourceBytes {
  /// Passes over white space and comments; returns the byte behind them.
  private mutating func skipSpace() throws(CodecError) -> UInt8 {
    var byte = try next()
    while PNMHeader.isSpace(byte) || byte == UInt8(ascii: "#") {
      if byte == UInt8(ascii: "#") {
        while byte != 10 && byte != 13 { byte = try next() }
      }
      byte = try next()
    }
    return byte
  }

  /// A decimal number, and one white space (or a comment) behind it.
  mutating func number() throws(CodecError) -> Int {
    var byte: UInt8? = try skipSpace()
    var value = 0
    var digits = 0
    while let digit = byte, (48...57).contains(digit) {
      value = value * 10 + Int(digit - 48)
      digits += 1
      guard value < 1 << 31 else { throw .damaged(.pnm, "a number beyond 2³¹") }
      byte = try nextOrEnd()
    }
    guard digits > 0 else { throw .damaged(.pnm, "a number is expected") }
    if byte == UInt8(ascii: "#") {
      while let it = byte, it != 10, it != 13 { byte = try nextOrEnd() }
    } else if let byte, !PNMHeader.isSpace(byte) {
      throw .damaged(.pnm, "a number is followed by other signs")
    }
    return value
  }

  /// 0 or 1 of a plain bitmap, which need no space between them.
  mutating func bit() throws(CodecError) -> Int {
    let byte = try skipSpace()
    guard byte == 48 || byte == 49 else { throw .damaged(.pnm, "a bit is neither 0 nor 1") }
    return Int(byte - 48)
  }
}
