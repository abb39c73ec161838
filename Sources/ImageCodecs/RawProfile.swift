/// A block of bytes as text of PNG, as ImageMagick writes it: under the keyword `Raw profile type X`,
/// a line with X, one with the number of bytes, and the bytes in hexadecimal.
enum RawProfile {
  static let keyword = "Raw profile type "

  static func text(_ type: String, _ bytes: [UInt8]) -> Metadata.Text {
    let digits = Array("0123456789abcdef".utf8)
    var text = Array("\n\(type)\n\(bytes.count)".utf8)
    for (index, byte) in bytes.enumerated() {
      if index % 36 == 0 { text.append(10) }
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    var result = Metadata.Text(keyword: Array((keyword + type).utf8), text: text + [10])
    result.compressed = true
    return result
  }

  /// The type (`exif`, `iptc`, …) and the bytes of a text; nil where it is no such text.
  static func parse(_ text: Metadata.Text) -> (type: String, bytes: [UInt8])? {
    let keyword = String(decoding: text.keyword, as: UTF8.self)
    guard keyword.hasPrefix(Self.keyword) else { return nil }
    let lines = text.text.split(maxSplits: 2, omittingEmptySubsequences: true) { $0 == 10 }
    guard lines.count == 3,
      let count = Int(String(decoding: lines[1].filter { $0 != 32 }, as: UTF8.self))
    else { return nil }
    var bytes: [UInt8] = []
    var high: UInt8?
    for sign in lines[2] {
      let digit: UInt8
      switch sign {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = sign - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = sign - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = sign - UInt8(ascii: "A") + 10
      case 9, 10, 13, 32: continue
      default: return nil
      }
      if let first = high {
        bytes.append(first << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    guard high == nil, bytes.count == count else { return nil }
    return (keyword.dropFirst(Self.keyword.count).lowercased(), bytes)
  }
}
