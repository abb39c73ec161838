import KernelLanguage
import Text

/// What is wrong with a matrix that somebody wrote.
public enum NumberTableError: Error, Equatable, Sendable {
  /// There is no number.
  case empty
  /// The word that stands where a number should; an empty one between two commas.
  case notANumber(String, at: TextPosition)
  case outOfRange(String, at: TextPosition)
  /// A row with another number of columns than the first one.
  case ragged(count: Int, expected: Int, at: TextPosition)
  /// The rows make no equal planes for a kernel that sums over channels.
  case planes(rows: Int, planes: Int)
}

extension NumberTableError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .empty: "there are no numbers; write rows of numbers, one line a row"
    case .notANumber(let word, let position):
      word.isEmpty
        ? "\(position): a number is missing"
        : "\(position): expected a number, found \(quoted(word))"
    case .outOfRange(let word, let position): "\(position): \(quoted(word)) is too large a number"
    case .ragged(let count, let expected, let position):
      "\(position): this row has \(count) number\(count == 1 ? "" : "s"), the first one has \(expected);"
        + " all rows must be alike"
    case .planes(let rows, let planes):
      "the kernel sums over \(planes) planes, but \(rows) rows cannot be split into so many;"
        + " write the planes one below the other"
    }
  }
}

/// Rows of numbers from text.
///
/// A line is a row. Numbers are separated by blanks, commas or semicolons; `#` and `%` start
/// comments. On a single line, semicolons between groups of numbers separate rows, as MATLAB writes
/// them (`1 2; 3 4`), and brackets may stand around all and around rows, as Python writes them.
public struct NumberTable: Sendable, Hashable {
  public private(set) var rows: [[Double]] = []

  public init(_ text: [UInt8]) throws(NumberTableError) {
    let lines = Line.split(text)
    let semicolons: Bool =
      if lines.count == 1 { lines[0].hasGroups } else { lines.allSatisfy(\.endsInSemicolon) }
    for line in lines {
      for row in line.rows(bySemicolons: semicolons) { try add(row) }
    }
    if rows.isEmpty { throw .empty }
  }

  private mutating func add(_ words: [Word]) throws(NumberTableError) {
    if words.isEmpty { return }
    var numbers: [Double] = []
    numbers.reserveCapacity(words.count)
    for word in words {
      guard let value = decimal(word.text) else { throw .notANumber(word.text, at: word.position) }
      guard abs(value) <= largestWeight else { throw .outOfRange(word.text, at: word.position) }
      numbers.append(value)
    }
    if let first = rows.first, first.count != numbers.count {
      throw .ragged(count: numbers.count, expected: first.count, at: words[0].position)
    }
    rows.append(numbers)
  }

  /// The rows as `count` matrices of equal height, one below the other in the text.
  public func planes(_ count: Int) throws(NumberTableError) -> [NumberGrid] {
    guard rows.count % count == 0 else { throw .planes(rows: rows.count, planes: count) }
    let height = rows.count / count
    return (0..<count).map { plane in
      NumberGrid(
        width: rows[0].count, height: height,
        values: rows[plane * height..<(plane + 1) * height].flatMap { $0 })
    }
  }
}

/// A word of a row and where it stands.
private struct Word {
  var text: String
  var position: TextPosition
}

/// A line that holds more than blanks and comments.
private struct Line {
  var number: Int
  var bytes: ArraySlice<UInt8>

  static func split(_ text: [UInt8]) -> [Line] {
    var text = text[...]
    if text.starts(with: [0xEF, 0xBB, 0xBF]) { text = text.dropFirst(3) }
    var lines: [Line] = []
    let parts = text.split(omittingEmptySubsequences: false) { $0 == UInt8(ascii: "\n") }
    for (index, part) in parts.enumerated() {
      let code = part.prefix { $0 != UInt8(ascii: "#") && $0 != UInt8(ascii: "%") }
      if code.contains(where: { !isBlank($0) }) {
        lines.append(Line(number: index + 1, bytes: part[part.startIndex..<code.endIndex]))
      }
    }
    return lines
  }

  var endsInSemicolon: Bool { bytes.last { !Line.isBlank($0) } == UInt8(ascii: ";") }

  /// Whether semicolons stand between groups of several numbers.
  var hasGroups: Bool {
    let parts = bytes.split(separator: UInt8(ascii: ";"))
    guard parts.count > 1 else { return false }
    return parts.contains { part in
      part.split { Line.isBlank($0) || $0 == UInt8(ascii: ",") || Line.isBracket($0) }.count > 1
    }
  }

  /// The rows of this line: several where semicolons or closing brackets end rows.
  func rows(bySemicolons: Bool) -> [[Word]] {
    var rows: [[Word]] = []
    var row: [Word] = []
    var start: (index: Int, column: Int)?
    // The column of a byte, counted along: a line may hold millions of numbers.
    var column = 0
    // Two separators with nothing between them, or one at the start, lack a number.
    var awaits = true
    func endWord(_ index: Int) {
      guard let from = start else { return }
      let text = String(decoding: bytes[from.index..<index], as: UTF8.self)
      row.append(Word(text: text, position: TextPosition(line: number, column: from.column)))
      start = nil
      awaits = false
    }
    func endRow() {
      if !row.isEmpty { rows.append(row) }
      row = []
      awaits = true
    }
    for index in bytes.indices {
      let byte = bytes[index]
      if byte & 0xC0 != 0x80 { column += 1 }
      let isSemicolon = byte == UInt8(ascii: ";")
      if Line.isBlank(byte) {
        endWord(index)
      } else if Line.isBracket(byte) || isSemicolon && bySemicolons {
        endWord(index)
        if byte != UInt8(ascii: "[") { endRow() }
      } else if isSemicolon || byte == UInt8(ascii: ",") {
        endWord(index)
        // A comma after a closing bracket separates rows.
        if awaits && (!row.isEmpty || rows.isEmpty) {
          row.append(Word(text: "", position: TextPosition(line: number, column: column)))
        }
        awaits = true
      } else if start == nil {
        start = (index, column)
      }
    }
    endWord(bytes.endIndex)
    endRow()
    return rows
  }

  static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
      || byte == UInt8(ascii: "\"")
  }

  static func isBracket(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "[") || byte == UInt8(ascii: "]")
  }
}
