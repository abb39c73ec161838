/// A block that describes a member: fields at fixed places.
struct TarHeader {
  private(set) var bytes: [UInt8]

  /// - Parameter block: 512 bytes.
  init(_ block: some Collection<UInt8>) {
    bytes = Array(block.prefix(TarMember.block))
    precondition(bytes.count == TarMember.block, "a whole block")
  }

  var isZero: Bool { bytes.allSatisfy { $0 == 0 } }
  var type: UInt8 { bytes[156] }

  /// The text of a field, up to its zero.
  private func text(_ range: Range<Int>) -> [UInt8] { Array(bytes[range].prefix { $0 != 0 }) }

  private static let nameField = 0..<100
  private static let sizeField = 124..<136
  private static let sumField = 148..<156
  private static let prefixField = 345..<500

  /// Whether the prefix of names is one: GNU's older format has times there.
  private var hasPrefix: Bool { bytes[257..<263].elementsEqual("ustar\0".utf8) }

  var name: [UInt8] {
    let prefix = hasPrefix ? text(Self.prefixField) : []
    return prefix.isEmpty ? text(Self.nameField) : prefix + [slash] + text(Self.nameField)
  }

  /// Bytes of the content; nil for what is no number.
  var size: Int? {
    get { Self.number(bytes[Self.sizeField]) }
    set {
      guard let newValue else { return }
      bytes.replaceSubrange(Self.sizeField, with: Self.field(newValue))
    }
  }

  /// Octal digits, ended by a space or a zero; or GNU's 95 bits, the first bit set.
  static func number(_ field: ArraySlice<UInt8>) -> Int? {
    if let first = field.first, first & 0x80 != 0 {
      // Negative ones have the next bit set, too.
      if first & 0x40 != 0 { return nil }
      var value = Int(first & 0x3f)
      for byte in field.dropFirst() {
        let (product, overflow) = value.multipliedReportingOverflow(by: 256)
        if overflow { return nil }
        value = product | Int(byte)
      }
      return value
    }
    let digits = field.drop { $0 == space }.prefix { $0 != space && $0 != 0 }
    var value = 0
    for digit in digits {
      guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(digit) else { return nil }
      let (product, overflow) = value.multipliedReportingOverflow(by: 8)
      if overflow { return nil }
      value = product | Int(digit - UInt8(ascii: "0"))
    }
    return value
  }

  private static func field(_ number: Int) -> [UInt8] {
    let octal = String(number, radix: 8)
    if octal.utf8.count <= 11 {
      return [UInt8](repeating: UInt8(ascii: "0"), count: 11 - octal.utf8.count)
        + Array(octal.utf8) + [0]
    }
    var field = [UInt8](repeating: 0, count: 12)
    for index in 0..<8 { field[11 - index] = UInt8(truncatingIfNeeded: number >> (8 * index)) }
    field[0] = 0x80
    return field
  }

  /// Whether the sum of the bytes is the one that stands there; some old programs added signed ones.
  var isSound: Bool {
    guard let stated = Self.number(bytes[Self.sumField]) else { return false }
    return stated == sum || stated == signedSum
  }

  private var sum: Int {
    bytes.indices.reduce(0) {
      $0 + (Self.sumField.contains($1) ? Int(space) : Int(bytes[$1]))
    }
  }

  private var signedSum: Int {
    bytes.indices.reduce(0) {
      $0 + (Self.sumField.contains($1) ? Int(space) : Int(Int8(bitPattern: bytes[$1])))
    }
  }

  /// Writes the sum of the bytes.
  mutating func seal() {
    let digits = String(sum, radix: 8)
    let field =
      String(repeating: "0", count: max(0, 6 - digits.utf8.count)) + digits + "\0 "
    bytes.replaceSubrange(Self.sumField, with: Array(field.utf8))
  }
}

extension TarHeader {
  /// Writes a name.
  ///
  /// - Returns: whether all of it has found room.
  mutating func rename(_ name: [UInt8]) -> Bool {
    let prefix = hasPrefix ? text(Self.prefixField) : []
    var rest = name
    if !prefix.isEmpty, name.starts(with: prefix + [slash]) {
      rest = Array(name.dropFirst(prefix.count + 1))
    } else if hasPrefix {
      set(Self.prefixField, [])
    }
    set(Self.nameField, rest)
    return rest.count <= Self.nameField.count
  }

  private mutating func set(_ field: Range<Int>, _ value: [UInt8]) {
    let value = value.prefix(field.count)
    bytes.replaceSubrange(
      field, with: value + [UInt8](repeating: 0, count: field.count - value.count))
  }

  /// A header that says the name of the next one, as GNU tar writes it.
  static func longName(_ name: [UInt8]) -> [UInt8] {
    var header = TarHeader([UInt8](repeating: 0, count: TarMember.block))
    header.set(nameField, Array("././@LongLink".utf8))
    for number in [100..<108, 108..<116, 116..<124] {
      header.set(number, Array("0000000".utf8))
    }
    header.set(136..<148, Array("00000000000".utf8))
    header.bytes[156] = UInt8(ascii: "L")
    header.set(257..<265, Array("ustar  ".utf8))
    header.size = name.count + 1
    header.seal()
    return header.bytes + padded(name + [0])
  }

  private static func padded(_ content: [UInt8]) -> [UInt8] {
    content + [UInt8](repeating: 0, count: TarMember.padding(content.count))
  }

  /// Headers that say more of a member, with another name where they say one.
  ///
  /// - Returns: the headers, and whether they say one.
  static func renamed(_ headers: [UInt8], to name: [UInt8]) -> (bytes: [UInt8], isSaid: Bool) {
    var result: [UInt8] = []
    var isSaid = false
    var start = 0
    while start < headers.count {
      var header = TarHeader(headers[start...])
      let size = header.size ?? 0
      let end = start + TarMember.block + size
      var content = Array(headers[start + TarMember.block..<end])
      if header.type == UInt8(ascii: "L") {
        content = name + [0]
        isSaid = true
      } else if header.type == UInt8(ascii: "x"), let records = PaxRecords(content),
        records["path"] != nil
      {
        content = records.bytes(replacing: "path", by: name)
        isSaid = true
      }
      header.size = content.count
      header.seal()
      result += header.bytes + padded(content)
      start = end + TarMember.padding(size)
    }
    return (result, isSaid)
  }
}

/// The records of a pax header: `27 path=a/long/name.png\n`, the number that of all its bytes.
struct PaxRecords {
  private(set) var values: [(key: String, value: [UInt8])] = []

  /// nil for what is none.
  init?(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while let first = rest.first, first != 0 {
      let digits = rest.prefix { $0 != space }
      guard let length = Int(String(decoding: digits, as: UTF8.self)), length > digits.count + 2,
        length <= rest.count, rest[rest.startIndex + length - 1] == newline
      else { return nil }
      let record = rest[rest.startIndex + digits.count + 1..<rest.startIndex + length - 1]
      guard let equals = record.firstIndex(of: UInt8(ascii: "=")) else { return nil }
      values.append(
        (String(decoding: record[..<equals], as: UTF8.self), Array(record[(equals + 1)...])))
      rest = rest.dropFirst(length)
    }
  }

  subscript(key: String) -> [UInt8]? { values.last { $0.key == key }?.value }

  /// The records with another value of one that is there.
  func bytes(replacing key: String, by value: [UInt8]) -> [UInt8] {
    values.flatMap { record in
      Self.record(record.key, record.key == key ? value : record.value)
    }
  }

  static func record(_ key: String, _ value: [UInt8]) -> [UInt8] {
    let rest = [space] + Array(key.utf8) + [UInt8(ascii: "=")] + value + [newline]
    var length = rest.count + 1
    while String(length).utf8.count + rest.count != length {
      length = String(length).utf8.count + rest.count
    }
    return Array(String(length).utf8) + rest
  }
}

private let slash = UInt8(ascii: "/")
private let space = UInt8(ascii: " ")
private let newline = UInt8(ascii: "\n")
