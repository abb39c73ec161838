import Text

/// Walks over a kernel's text and knows the line and column it is at.
///
/// Comments (`#` to the end of the line) are blanks to it, in files.
struct KernelScanner {
  private let bytes: [UInt8]
  private(set) var index: Int
  private let end: Int
  /// Name for messages; nil for text of the command line.
  let file: String?
  /// Whether `#` starts a comment.
  private let comments: Bool

  init(_ bytes: [UInt8], file: String?, comments: Bool = true) {
    self.bytes = bytes
    self.file = file
    self.comments = comments
    index = 0
    end = bytes.count
  }

  /// The byte ahead, nil at the end.
  var next: UInt8? {
    guard index < end else { return nil }
    return bytes[index]
  }

  mutating func advance() { index += 1 }

  /// The bytes passed over since `start`.
  func passed(from start: Int) -> ArraySlice<UInt8> { bytes[start..<index] }

  /// Line and column of byte `index`; columns count characters, not bytes.
  func position(at index: Int) -> TextPosition {
    var line = 1
    var column = 1
    for byte in bytes[..<min(index, end)] {
      if byte == newline {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    return TextPosition(line: line, column: column)
  }

  func error(_ problem: KernelTextProblem, at index: Int? = nil) -> KernelError {
    .malformed(problem, at: position(at: index ?? self.index), file: file)
  }

  /// Skips blanks and comments; whether a line ended among them.
  @discardableResult
  mutating func skip(_ isBlank: (UInt8) -> Bool, lines: Bool = true) -> Bool {
    var crossed = false
    while let byte = next {
      if isComment(byte) {
        while let byte = next, byte != newline { advance() }
      } else if byte == newline || byte == UInt8(ascii: "\r") {
        guard lines else { return crossed }
        crossed = true
        advance()
      } else if isBlank(byte) {
        advance()
      } else {
        break
      }
    }
    return crossed
  }

  /// The word ahead: everything up to a separator.
  mutating func word(until isSeparator: (UInt8) -> Bool) -> (text: String, start: Int) {
    let start = index
    while let byte = next, !isSeparator(byte), !isLineBreak(byte), !isComment(byte) {
      advance()
    }
    return (String(decoding: bytes[start..<index], as: UTF8.self), start)
  }

  /// What stands ahead, for messages: one word at most.
  func glimpse() -> String {
    var copy = self
    if let byte = next, isLineBreak(byte) { return "the end of the line" }
    let word = copy.word { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: ",") }.text
    return word.isEmpty ? next.map { String(UnicodeScalar($0)) } ?? "" : word
  }

  /// A decimal number: sign, digits, point, exponent; nothing else.
  func number(_ word: (text: String, start: Int)) throws(KernelError) -> Double {
    guard let value = decimal(word.text) else {
      throw error(.notANumber(word.text), at: word.start)
    }
    guard abs(value) <= largestWeight else {
      throw error(.outOfRange(word.text), at: word.start)
    }
    return value
  }

  private func isComment(_ byte: UInt8) -> Bool { comments && byte == UInt8(ascii: "#") }
  private var newline: UInt8 { UInt8(ascii: "\n") }
  private func isLineBreak(_ byte: UInt8) -> Bool {
    byte == newline || byte == UInt8(ascii: "\r")
  }
}

/// Sums of products of such numbers stay finite.
package let largestWeight = 1e100

/// A decimal number, nil for anything else (`0x1p3`, `inf`, `4x`).
package func decimal(_ text: some StringProtocol) -> Double? {
  let allowed = text.utf8.allSatisfy { byte in
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "+"),
      UInt8(ascii: "-"), UInt8(ascii: "e"), UInt8(ascii: "E"):
      true
    default: false
    }
  }
  return allowed ? Double(String(text)) : nil
}

extension KernelScanner {
  /// What was passed over since `start`.
  func text(from start: Int) -> String { String(decoding: passed(from: start), as: UTF8.self) }
}
