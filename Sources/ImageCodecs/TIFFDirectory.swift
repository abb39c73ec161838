/// A directory of TIFF or EXIF: fields with their values, and the directories below it.
///
/// Values have the low byte first, whatever their file has.
struct TIFFDirectory {
  struct Field: Equatable {
    var tag: Int
    /// 1…13, 16…18 (TIFF 6.0, section 2, and BigTIFF).
    var type: Int
    var count: Int
    var bytes: [UInt8]
  }

  var fields: [Field] = []
  /// Of EXIF, of places, and of other standards within EXIF, by the tag that points there.
  var directories: [Int: TIFFDirectory] = [:]

  /// Bytes of a value of a type, by number; 0 where there is no such type.
  private static let sizes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8]

  static func size(ofType type: Int) -> Int { sizes.indices.contains(type) ? sizes[type] : 0 }

  private static let pointers: Set = [
    ExifBlock.Tag.exif, ExifBlock.Tag.location, ExifBlock.Tag.related,
  ]

  init() {}

  subscript(tag: Int) -> Field? { fields.first { $0.tag == tag } }
}

/// Reading.
extension TIFFDirectory {
  /// Where fields are read from.
  struct Origin {
    let isLittleEndian: Bool
    /// Whether offsets have 64 bits.
    let isBig: Bool
    /// Bytes of values that may still be kept.
    var left: Int
    let read: (_ offset: Int, _ count: Int) -> [UInt8]?

    func number(_ bytes: some Collection<UInt8>) -> Int {
      (isLittleEndian ? Array(bytes.reversed()) : Array(bytes))
        .reduce(0) { $0 << 8 | Int($1) } & .max
    }

    func number(at offset: Int, _ count: Int) -> Int? { read(offset, count).map { number($0) } }
  }

  /// The directory at an offset, as far as it can be read.
  ///
  /// - Parameter isWanted: which fields are kept.
  init(_ origin: inout Origin, at offset: Int, depth: Int = 0, isWanted: (Int) -> Bool) {
    let (countSize, entrySize, wordSize) = origin.isBig ? (8, 20, 8) : (2, 12, 4)
    guard depth < 3, let count = origin.number(at: offset, countSize), count <= 4096,
      let entries = origin.read(offset + countSize, count * entrySize)
    else { return }
    for start in stride(from: 0, to: entries.count, by: entrySize) {
      let entry = entries[start..<start + entrySize]
      let tag = origin.number(entry[start..<start + 2])
      let type = origin.number(entry[start + 2..<start + 4])
      let count = origin.number(entry[start + 4..<start + 4 + wordSize])
      guard Self.sizes.indices.contains(type), Self.sizes[type] > 0, count > 0 else { continue }
      let place = start + 4 + wordSize
      if Self.pointers.contains(tag) {
        let target = origin.number(entry[place..<place + (type == 3 ? 2 : wordSize)])
        let below = TIFFDirectory(&origin, at: target, depth: depth + 1) { _ in true }
        if !below.fields.isEmpty { directories[tag] = below }
        continue
      }
      let (size, overflow) = count.multipliedReportingOverflow(by: Self.sizes[type])
      guard !overflow, size <= origin.left, isWanted(tag), self[tag] == nil else { continue }
      let bytes =
        size <= wordSize
        ? Array(entry[place..<place + size])
        : origin.read(origin.number(entry[place..<place + wordSize]), size)
      guard let bytes else { continue }
      origin.left -= size
      fields.append(
        Field(
          tag: tag, type: type, count: count,
          bytes: origin.isLittleEndian ? bytes : Self.turned(bytes, type)))
    }
  }

  /// Values with their bytes the other way round.
  fileprivate static func turned(_ bytes: [UInt8], _ type: Int) -> [UInt8] {
    // A fraction is two numbers.
    let size = type == 5 || type == 10 ? 4 : sizes[type]
    return stride(from: 0, to: bytes.count, by: size).flatMap {
      bytes[$0..<min($0 + size, bytes.count)].reversed()
    }
  }

  /// The directories of an EXIF block; nil where it is none.
  init?(exif bytes: [UInt8]) {
    guard ExifBlock(bytes) != nil else { return nil }
    var origin = Origin(
      isLittleEndian: bytes[0] == UInt8(ascii: "I"), isBig: false, left: bytes.count
    ) { offset, count in
      guard offset >= 0, count >= 0, offset <= bytes.count, count <= bytes.count - offset else {
        return nil
      }
      return Array(bytes[offset..<offset + count])
    }
    guard let first = origin.number(at: 4, 4) else { return nil }
    self.init(&origin, at: first) { _ in true }
  }
}

extension TIFFDirectory.Field {
  /// The bytes of IPTC, which begins with 28, as they stand in the file: they are none of the numbers that they are
  /// said to be.
  var records: [UInt8] {
    let turned = TIFFDirectory.turned(bytes, type)
    return bytes.first != 28 && turned.first == 28 ? turned : bytes
  }
}

/// Writing.
extension TIFFDirectory {
  static func field(_ tag: Int, shorts: [Int]) -> Field {
    Field(tag: tag, type: 3, count: shorts.count, bytes: shorts.flatMap { bytes($0, 2) })
  }

  /// Whole numbers of 32 bits, or of 64.
  static func field(_ tag: Int, longs: [Int], isBig: Bool = false) -> Field {
    Field(
      tag: tag, type: isBig ? 16 : 4, count: longs.count,
      bytes: longs.flatMap { bytes($0, isBig ? 8 : 4) })
  }

  static func field(_ tag: Int, fraction: (Int, Int)) -> Field {
    Field(tag: tag, type: 5, count: 1, bytes: bytes(fraction.0, 4) + bytes(fraction.1, 4))
  }

  /// - Parameter type: 1 for bytes, 7 for what has no type.
  static func field(_ tag: Int, _ bytes: [UInt8], type: Int) -> Field {
    Field(tag: tag, type: type, count: bytes.count, bytes: bytes)
  }

  static func bytes(_ number: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }

  /// Appends the directory, and those below it, to a file.
  ///
  /// - Parameters:
  ///   - file: the end of a file, which begins at `start` of it.
  ///   - isBig: whether offsets have 64 bits.
  /// - Returns: the offset of the directory.
  func append(to file: inout [UInt8], from start: Int, isBig: Bool) -> Int {
    var fields = fields
    for (tag, directory) in directories.sorted(by: { $0.key < $1.key }) {
      let offset = directory.append(to: &file, from: start, isBig: isBig)
      fields.append(Self.field(tag, longs: [offset], isBig: isBig))
    }
    let word = isBig ? 8 : 4
    var entries: [UInt8] = []
    for field in fields.sorted(by: { $0.tag < $1.tag }) {
      entries +=
        Self.bytes(field.tag, 2) + Self.bytes(field.type, 2) + Self.bytes(field.count, word)
      if field.bytes.count <= word {
        entries += field.bytes + [UInt8](repeating: 0, count: word - field.bytes.count)
      } else {
        if file.count % 2 == 1 { file.append(0) }
        entries += Self.bytes(start + file.count, word)
        file += field.bytes
      }
    }
    while (start + file.count) % word != 0 { file.append(0) }
    let offset = start + file.count
    file += Self.bytes(fields.count, isBig ? 8 : 2) + entries + [UInt8](repeating: 0, count: word)
    return offset
  }

  /// An EXIF block.
  var exif: [UInt8] {
    var block = Array("II*\0".utf8) + [0, 0, 0, 0]
    let offset = append(to: &block, from: 0, isBig: false)
    block.replaceSubrange(4..<8, with: Self.bytes(offset, 4))
    return block
  }
}
