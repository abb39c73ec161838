/// A JSON value, to write and to read.
public enum JSON: Sendable, Equatable {
  case null
  case bool(Bool)
  case integer(Int)
  /// What is not finite is written as `null`: JSON has no word for it.
  case number(Double)
  case string(String)
  case array([JSON])
  /// Members keep their order.
  case object([(String, JSON)])

  public static func == (left: JSON, right: JSON) -> Bool { left.compact == right.compact }

  /// The value on one line, with a space after commas and colons.
  public var line: String {
    var text = ""
    write(to: &text, indent: nil)
    return text
  }

  /// The shortest text: nothing between the words, whole numbers without a fraction.
  public var compact: String {
    switch self {
    case .number: return integer.map { String($0) } ?? line
    case .array(let values): return "[" + values.map(\.compact).joined(separator: ",") + "]"
    case .object(let members):
      return "{"
        + members.map { JSON.string($0.0).line + ":" + $0.1.compact }.joined(separator: ",")
        + "}"
    default: return line
    }
  }

  /// The value with a member a line, two spaces a level, and a line feed at the end. Arrays of
  /// plain values stay on one line.
  public var pretty: String {
    var text = ""
    write(to: &text, indent: 0)
    return text + "\n"
  }

  private var isPlain: Bool {
    switch self {
    case .array, .object: false
    default: true
    }
  }

  private func write(to text: inout String, indent: Int?) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    case .number(let value):
      if !value.isFinite {
        text += "null"
      } else if value == value.rounded() && abs(value) < 1e15 {
        text += String(Int(value)) + ".0"
      } else {
        text += "\(value)"
      }
    case .string(let value): JSON.quote(value, to: &text)
    case .array(let values):
      let inner = values.allSatisfy(\.isPlain) ? nil : indent
      JSON.list("[", "]", values.count, inner, to: &text) { index, text, indent in
        values[index].write(to: &text, indent: indent)
      }
    case .object(let members):
      JSON.list("{", "}", members.count, indent, to: &text) { index, text, indent in
        JSON.quote(members[index].0, to: &text)
        text += ": "
        members[index].1.write(to: &text, indent: indent)
      }
    }
  }

  private static func list(
    _ open: String, _ close: String, _ count: Int, _ indent: Int?, to text: inout String,
    _ element: (Int, inout String, Int?) -> Void
  ) {
    text += open
    let inner = indent.map { $0 + 2 }
    for index in 0..<count {
      if index > 0 { text += inner == nil ? ", " : "," }
      if let inner { text += "\n" + String(repeating: " ", count: inner) }
      element(index, &text, inner)
    }
    if let indent, count > 0 { text += "\n" + String(repeating: " ", count: indent) }
    text += close
  }

  private static func quote(_ string: String, to text: inout String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      // Also those that could command a terminal, or turn the direction of what follows them.
      case "\0"..<" ", "\u{7F}"..."\u{9F}", "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}

extension JSON {
  /// The member `name` of an object.
  public subscript(_ name: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.0 == name }?.1
  }

  public var string: String? { if case .string(let text) = self { text } else { nil } }
  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  public var array: [JSON]? { if case .array(let values) = self { values } else { nil } }

  public var number: Double? {
    switch self {
    case .number(let value): value
    case .integer(let value): Double(value)
    default: nil
    }
  }

  /// A whole number that a double holds exactly.
  public var integer: Int? {
    guard let number, number.rounded() == number, abs(number) <= 0x1p53 else { return nil }
    return Int(number)
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral,
  ExpressibleByNilLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int) { self = .integer(value) }
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(arrayLiteral elements: JSON...) { self = .array(elements) }
  public init(dictionaryLiteral elements: (String, JSON)...) { self = .object(elements) }
  public init(nilLiteral: ()) { self = .null }
}
