import Raster

/// What `--update` knows of a result: from what it was made, and how.
struct UpdateRecord: Hashable, Sendable {
  var fingerprint: Fingerprint
  /// The picture when it was opened.
  var input: FileStamp
  /// The result as it was written.
  var output: FileStamp

  /// Whether the result is what the command would make again.
  ///
  /// - Parameters:
  ///   - input: the picture as it is, nil where it is the result itself.
  ///   - output: the result as it is.
  func holds(_ fingerprint: Fingerprint, input: FileStamp?, output: FileStamp) -> Bool {
    self.fingerprint == fingerprint && self.output.isSameContent(as: output)
      && input.map(self.input.isSameContent) ?? true
  }
}

/// The text of `.convfilter-update`: after a line that says what it is, a line a result:
///
///     fingerprint, picture's time and size, result's time, size and node, name
///
/// in hexadecimal but for the name, in which `%` and line ends are written `%25` and `%0A`. Of two
/// lines of a name the later one holds; a line that was cut short is none.
enum UpdateText {
  static let head = Array("convfilter-update 1\n".utf8)

  static func line(_ record: UpdateRecord, _ name: FilePath) -> [UInt8] {
    let numbers: [UInt64] = [
      record.fingerprint.high, record.fingerprint.low, bits(record.input.seconds),
      bits(record.input.nanoseconds), bits(record.input.size), bits(record.output.seconds),
      bits(record.output.nanoseconds), bits(record.output.size), record.output.node,
    ]
    var line = Array(numbers.map { String($0, radix: 16) }.joined(separator: " ").utf8)
    line.append(UInt8(ascii: " "))
    for byte in name.bytes {
      switch byte {
      case UInt8(ascii: "%"): line += Array("%25".utf8)
      case UInt8(ascii: "\n"): line += Array("%0A".utf8)
      default: line.append(byte)
      }
    }
    return line + [UInt8(ascii: "\n")]
  }

  private static func bits(_ number: Int) -> UInt64 { UInt64(bitPattern: Int64(number)) }

  /// The records of a text, and how many lines it took; nil where the text is none of ours.
  static func records(_ text: [UInt8]) -> (records: [FilePath: UpdateRecord], lines: Int)? {
    guard text.starts(with: head) else { return nil }
    var records: [FilePath: UpdateRecord] = [:]
    records.reserveCapacity(text.count / 100)
    var lines = 0
    var start = head.count
    while let end = text[start...].firstIndex(of: UInt8(ascii: "\n")) {
      lines += 1
      if let (name, record) = record(text[start..<end]) { records[name] = record }
      start = end + 1
    }
    return (records, lines)
  }

  private static func record(_ line: ArraySlice<UInt8>) -> (FilePath, UpdateRecord)? {
    var numbers = [UInt64](repeating: 0, count: 9)
    var place = line.startIndex
    for index in 0..<9 {
      let start = place
      while place < line.endIndex, let digit = digit(line[place]) {
        numbers[index] = numbers[index] << 4 | digit
        place += 1
      }
      guard place > start, place - start <= 16, place < line.endIndex,
        line[place] == UInt8(ascii: " ")
      else { return nil }
      place += 1
    }
    guard place < line.endIndex else { return nil }
    func number(_ index: Int) -> Int { Int(Int64(bitPattern: numbers[index])) }
    return (
      name(line[place...]),
      UpdateRecord(
        fingerprint: Fingerprint(high: numbers[0], low: numbers[1]),
        input: FileStamp(
          seconds: number(2), nanoseconds: number(3), size: number(4), node: 0),
        output: FileStamp(
          seconds: number(5), nanoseconds: number(6), size: number(7), node: numbers[8]))
    )
  }

  private static func digit(_ byte: UInt8) -> UInt64? {
    switch byte {
    case 0x30...0x39: UInt64(byte - 0x30)
    case 0x61...0x66: UInt64(byte - 0x61 + 10)
    default: nil
    }
  }

  private static func name(_ text: ArraySlice<UInt8>) -> FilePath {
    if !text.contains(UInt8(ascii: "%")) { return FilePath(bytes: Array(text)) }
    var bytes: [UInt8] = []
    var rest = text
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.starts(with: Array("25".utf8)) {
        bytes.append(byte)
        rest = rest.dropFirst(2)
      } else if byte == UInt8(ascii: "%"), rest.starts(with: Array("0A".utf8)) {
        bytes.append(UInt8(ascii: "\n"))
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return FilePath(bytes: bytes)
  }
}
