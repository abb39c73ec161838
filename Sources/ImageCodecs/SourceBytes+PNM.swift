/// What PNM and PAM are written in.
extension SourceBytes {
  /// Passes over white space and comments; returns the byte behind them.
  private mutating func skipSpace() throws(CodecError) -> UInt8 {
    var byte = try next()
    while PNMHeader.isSpace(byte) || byte == UInt8(ascii: "#") {
      if byte == UInt8(ascii: "#") {
        // At the end of the file there is no next byte.
        _ = try skipComment()
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
      _ = try skipComment()
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

  /// A line of text without its end and without spaces around it; empty where it is a comment.
  mutating func line() throws(CodecError) -> String {
    var line: [UInt8] = []
    while case let byte = try next(), byte != 10 {
      if byte == UInt8(ascii: "#"), line.allSatisfy(PNMHeader.isSpace) {
        // Lines of this header end with this byte only.
        var end = try skipComment()
        while let byte = end, byte != 10 { end = try nextOrEnd() }
        return ""
      }
      line.append(byte)
      guard line.count <= 1024 else { throw .damaged(.pnm, "a long line in the header") }
    }
    let start = line.firstIndex { !PNMHeader.isSpace($0) } ?? line.count
    let end = line.lastIndex { !PNMHeader.isSpace($0) } ?? -1
    // Escape codes of a stranger's file are not to reach a terminal.
    let text =
      start > end ? [] : line[start...end].map { $0 == 9 ? 32 : (32...126).contains($0) ? $0 : 63 }
    return String(decoding: text, as: UTF8.self)
  }

  static let furtherPictures = "further pictures"

  /// Goes to the next picture; false where there is none.
  mutating func reachesPicture() throws(CodecError) -> Bool {
    while let byte = try nextOrEnd() {
      if byte == 0 || PNMHeader.isSpace(byte) { continue }
      back()
      return byte == UInt8(ascii: "P")
    }
    return false
  }

  /// What follows the picture: nil where nothing but spaces and zeros does.
  mutating func rest() throws(CodecError) -> String? {
    while let byte = try nextOrEnd() {
      if byte == 0 || PNMHeader.isSpace(byte) { continue }
      if byte == UInt8(ascii: "P"), let second = try nextOrEnd(), (49...55).contains(second) {
        return Self.furtherPictures
      }
      return "data behind the picture"
    }
    return nil
  }
}
