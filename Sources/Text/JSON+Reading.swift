extension JSON {
  /// Reads JSON text; nil where it isn't, where names repeat, or beyond a depth of 16.
  public init?(_ text: some Sequence<UInt8>) {
    var reader = Reader(bytes: Array(text))
    guard let value = reader.value(depth: 0), reader.isAtEnd() else { return nil }
    self = value
  }
}

private struct Reader {
  let bytes: [UInt8]
  var next = 0

  private var byte: UInt8? { next < bytes.count ? bytes[next] : nil }

  private mutating func skipSpace() {
    while let byte, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { next += 1 }
  }

  mutating func isAtEnd() -> Bool {
    skipSpace()
    return next == bytes.count
  }

  private mutating func take(_ character: Character) -> Bool {
    skipSpace()
    guard byte == character.asciiValue else { return false }
    next += 1
    return true
  }

  private mutating func word(_ word: String) -> Bool {
    guard bytes[next...].starts(with: word.utf8) else { return false }
    next += word.utf8.count
    return true
  }

  mutating func value(depth: Int) -> JSON? {
    if depth > 16 { return nil }
    skipSpace()
    switch byte {
    case UInt8(ascii: "{"): return object(depth)
    case UInt8(ascii: "["): return array(depth)
    case UInt8(ascii: "\""): return string().map { .string($0) }
    case UInt8(ascii: "t"): return word("true") ? .bool(true) : nil
    case UInt8(ascii: "f"): return word("false") ? .bool(false) : nil
    case UInt8(ascii: "n"): return word("null") ? .null : nil
    default: return number()
    }
  }

  private mutating func object(_ depth: Int) -> JSON? {
    next += 1
    var members: [(String, JSON)] = []
    var names: Set<String> = []
    if take("}") { return .object([]) }
    repeat {
      skipSpace()
      guard byte == UInt8(ascii: "\""), let name = string(), names.insert(name).inserted,
        take(":"), let value = value(depth: depth + 1)
      else { return nil }
      members.append((name, value))
    } while take(",")
    return take("}") ? .object(members) : nil
  }

  private mutating func array(_ depth: Int) -> JSON? {
    next += 1
    var values: [JSON] = []
    if take("]") { return .array([]) }
    repeat {
      guard let value = value(depth: depth + 1) else { return nil }
      values.append(value)
    } while take(",")
    return take("]") ? .array(values) : nil
  }

  private mutating func number() -> JSON? {
    let start = next
    while let byte, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || "+-.eE".utf8.contains(byte) {
      next += 1
    }
    // Swift reads "+1", ".5" and "inf" too; JSON starts with a digit or a minus.
    guard next > start, bytes[start] != UInt8(ascii: "+"), bytes[start] != UInt8(ascii: "."),
      let value = Double(String(decoding: bytes[start..<next], as: UTF8.self)), value.isFinite
    else { return nil }
    return .number(value)
  }

  private mutating func string() -> String? {
    next += 1
    var text: [UInt8] = []
    while let byte {
      next += 1
      switch byte {
      case UInt8(ascii: "\""): return String(validating: text, as: UTF8.self)
      case UInt8(ascii: "\\"): guard escape(into: &text) else { return nil }
      case 0..<0x20: return nil
      default: text.append(byte)
      }
    }
    return nil
  }

  private mutating func escape(into text: inout [UInt8]) -> Bool {
    guard let byte else { return false }
    next += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"):
      guard var unit = hex() else { return false }
      if 0xD800..<0xDC00 ~= unit {
        guard word("\\u"), let low = hex(), 0xDC00..<0xE000 ~= low else { return false }
        unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(unit) else { return false }
      text += Array(String(Character(scalar)).utf8)
    default: return false
    }
    return true
  }

  private mutating func hex() -> UInt32? {
    guard next + 4 <= bytes.count else { return nil }
    let digits = String(decoding: bytes[next..<next + 4], as: UTF8.self)
    guard digits.allSatisfy(\.isHexDigit) else { return nil }
    next += 4
    return UInt32(digits, radix: 16)
  }
}
