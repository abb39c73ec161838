/// Base64 (RFC 4648), as the build embeds files in it.
enum Base64 {
  /// - Parameter text: well formed, without line breaks: our own build wrote it.
  static func decode(_ text: StaticString) -> [UInt8] {
    text.withUTF8Buffer { text in
      var bytes: [UInt8] = []
      bytes.reserveCapacity(text.count / 4 * 3)
      var (group, digits): (UInt32, Int) = (0, 0)
      for character in text where character != UInt8(ascii: "=") {
        group = group << 6 | value(character)
        digits += 1
        if digits % 4 == 0 {
          bytes += [UInt8(group >> 16 & 255), UInt8(group >> 8 & 255), UInt8(group & 255)]
          group = 0
        }
      }
      if digits % 4 == 2 { bytes.append(UInt8(group >> 4 & 255)) }
      if digits % 4 == 3 { bytes += [UInt8(group >> 10 & 255), UInt8(group >> 2 & 255)] }
      return bytes
    }
  }

  private static func value(_ character: UInt8) -> UInt32 {
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character) - 65
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character) - 71
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character) + 4
    case UInt8(ascii: "+"): 62
    default: 63
    }
  }
}
