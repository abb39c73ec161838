/// One JSON object on one line, its keys in the order they were added.
struct JSONLine {
  private var fields: [String] = []

  mutating func add(_ key: String, _ value: String?) {
    if let value { fields.append(Self.quoted(key) + ":" + Self.quoted(value)) }
  }

  mutating func add(_ key: String, _ value: Int?) {
    if let value { fields.append(Self.quoted(key) + ":" + String(value)) }
  }

  mutating func add(_ key: String, _ values: [String]) {
    fields.append(Self.quoted(key) + ":[" + values.map(Self.quoted).joined(separator: ",") + "]")
  }

  /// A number with three decimals at most.
  mutating func add(_ key: String, thousandths value: Double) {
    let rounded = (value * 1000).rounded() / 1000
    fields.append(Self.quoted(key) + ":" + "\(rounded)")
  }

  var text: String { "{" + fields.joined(separator: ",") + "}\n" }

  /// A string with the escapes of RFC 8259, section 7.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      default:
        if scalar.value < 0x20 || scalar.value == 0x7f {
          let hex = String(scalar.value, radix: 16)
          result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }
}
