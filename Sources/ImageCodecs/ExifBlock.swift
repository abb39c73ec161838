/// The TIFF block of EXIF: directories of entries, each with a tag, a type, a count, and a value or
/// the place of one (TIFF 6.0, section 2; CIPA DC-008, 4.6).
///
/// Everything is read with its bounds checked; what does not hold together is passed over.
struct ExifBlock {
  var bytes: [UInt8]
  private let isLittleEndian: Bool

  /// Nil where the bytes are no TIFF block.
  init?(_ bytes: [UInt8]) {
    guard bytes.count >= 8,
      bytes.starts(with: Array("II*\0".utf8)) || bytes.starts(with: [77, 77, 0, 42])
    else { return nil }
    self.bytes = bytes
    isLittleEndian = bytes[0] == UInt8(ascii: "I")
  }

  /// Twelve bytes of a directory.
  struct Entry {
    /// Where the entry stands.
    let position: Int
    let tag: Int
    let type: Int
    let count: Int
    /// Where its value stands, within the block.
    let value: Range<Int>
  }

  struct Directory {
    /// Where its number of entries stands.
    let position: Int
    let entries: [Entry]
    /// Where the offset of the next directory stands.
    let link: Int
  }

  /// Bytes of a value of a type, by number; 0 where there is no such type.
  private static let sizes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4]

  enum Tag {
    static let width = 0x0100
    static let height = 0x0101
    static let stripOffsets = 0x0111
    static let orientation = 0x0112
    static let stripBytes = 0x0117
    static let thumbnail = 0x0201
    static let thumbnailBytes = 0x0202
    /// Of GeoTIFF: the size of a pixel, points, a matrix, and what these mean.
    static let georeference: Set = [33550, 33922, 34264, 34735, 34736, 34737]
    static let exif = 0x8769
    static let location = 0x8825
    static let pixelsAcross = 0xa002
    static let pixelsDown = 0xa003
    static let related = 0xa005
    static let relatedWidth = 0x1001
    static let relatedHeight = 0x1002
  }
}

extension ExifBlock {
  func short(_ offset: Int) -> Int {
    let (a, b) = (Int(bytes[offset]), Int(bytes[offset + 1]))
    return isLittleEndian ? b << 8 | a : a << 8 | b
  }

  func long(_ offset: Int) -> Int {
    let (a, b) = (short(offset), short(offset + 2))
    return isLittleEndian ? b << 16 | a : a << 16 | b
  }

  mutating func setShort(_ value: Int, at offset: Int) {
    bytes[offset + (isLittleEndian ? 0 : 1)] = UInt8(value & 255)
    bytes[offset + (isLittleEndian ? 1 : 0)] = UInt8(value >> 8 & 255)
  }

  mutating func setLong(_ value: Int, at offset: Int) {
    setShort(value & 0xffff, at: offset + (isLittleEndian ? 0 : 2))
    setShort(value >> 16, at: offset + (isLittleEndian ? 2 : 0))
  }

  /// The directory at an offset; nil where none can be. Entries whose values lie outside are left out.
  func directory(at position: Int) -> Directory? {
    guard position >= 8, position + 2 <= bytes.count else { return nil }
    let count = short(position)
    let link = position + 2 + 12 * count
    let end = min(link, bytes.count)
    let entries = stride(from: position + 2, through: end - 12, by: 12).compactMap { entry(at: $0) }
    return Directory(position: position, entries: entries, link: link)
  }

  private func entry(at position: Int) -> Entry? {
    let type = short(position + 2)
    guard Self.sizes.indices.contains(type), Self.sizes[type] > 0 else { return nil }
    let count = long(position + 4)
    let size = count * Self.sizes[type]
    let start = size <= 4 ? position + 8 : long(position + 8)
    guard start + size <= bytes.count else { return nil }
    return Entry(
      position: position, tag: short(position), type: type, count: count,
      value: start..<start + size)
  }

  /// The first directory, that of the picture.
  var main: Directory? { directory(at: long(4)) }

  /// The directory that the first entry of a tag points to.
  func directory(_ tag: Int, of parent: Directory?) -> Directory? {
    guard let entry = parent?.entries.first(where: { $0.tag == tag }), entry.count == 1,
      let offset = number(entry)
    else { return nil }
    return directory(at: offset)
  }

  /// A whole number of 8, 16 or 32 bits, the only value or the first one.
  func number(_ entry: Entry, _ index: Int = 0) -> Int? {
    guard index < entry.count else { return nil }
    switch entry.type {
    case 1: return Int(bytes[entry.value.lowerBound + index])
    case 3: return short(entry.value.lowerBound + 2 * index)
    case 4, 13: return long(entry.value.lowerBound + 4 * index)
    default: return nil
    }
  }

  /// Writes a number (0 … 2³² − 1) into an entry of one number, as a LONG where a SHORT is too small.
  mutating func set(_ entry: Entry, to number: Int) {
    guard entry.count == 1, [1, 3, 4, 13].contains(entry.type) else { return }
    let fits = number < 1 << 16
    setShort(fits ? 3 : 4, at: entry.position + 2)
    setLong(0, at: entry.position + 8)
    if fits {
      setShort(number, at: entry.position + 8)
    } else {
      setLong(number, at: entry.position + 8)
    }
  }

  /// All directories of the picture itself: of its thumbnail, none.
  var directories: [Directory] {
    let main = main
    let exif = directory(Tag.exif, of: main)
    return [main, exif, directory(Tag.location, of: main), directory(Tag.related, of: exif)]
      .compactMap { $0 }
  }
}
