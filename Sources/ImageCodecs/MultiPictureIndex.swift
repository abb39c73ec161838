/// The index of the pictures that stand one behind the other in a JPEG file (CIPA DC-007, 5.2).
///
/// A TIFF block with an entry of 16 bytes a picture: what it is, its size, and where it begins.
struct MultiPictureIndex: Equatable {
  struct Entry: Equatable {
    /// What kind of picture it is (5.2.3.3.1, table 4), in 24 bits.
    var type: Int
    /// Bytes of its file.
    var size: Int
    /// Where it begins, counted from the TIFF block; 0 for the first picture, wherever that is.
    var offset: Int
  }

  var entries: [Entry]

  static let name = Array("MPF\0".utf8)
  private static let numberOfEntries = 0xb001
  private static let list = 0xb002

  enum Kind {
    static let undefined = 0
    static let primary = 0x03_0000
    static let gainMap = 0x05_0000
  }

  /// The picture, and another one right behind it.
  ///
  /// - Parameters:
  ///   - size: bytes of the picture's file.
  ///   - other: those of the other one, and its kind.
  ///   - start: where the TIFF block stands in the file.
  init(size: Int, other: (size: Int, type: Int), blockAt start: Int) {
    entries = [
      Entry(type: Kind.primary, size: size, offset: 0),
      Entry(type: other.type, size: other.size, offset: size - start),
    ]
  }

  /// - Parameter segment: its bytes, with the name; nil where they are none.
  init?(_ segment: [UInt8]) {
    guard segment.starts(with: Self.name),
      let block = ExifBlock(Array(segment.dropFirst(Self.name.count))),
      let list = block.main?.entries.first(where: { $0.tag == Self.list }), list.type == 7
    else { return nil }
    entries = (0..<list.count / 16).map { number in
      let place = list.value.lowerBound + 16 * number
      // The upper byte says that it is JPEG, and which others belong to it.
      return Entry(
        type: block.long(place) & 0xff_ffff, size: block.long(place + 4),
        offset: block.long(place + 8))
    }
  }

  /// The bytes of its segment, as many for all of the same number of entries.
  var segment: [UInt8] {
    func short(_ value: Int) -> [UInt8] {
      [UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)]
    }
    func long(_ value: Int) -> [UInt8] { short(value >> 16) + short(value) }
    let place = 8 + 2 + 3 * 12 + 4
    var bytes = Self.name + Array("MM\0*".utf8) + long(8) + short(3)
    bytes += short(0xb000) + short(7) + long(4) + Array("0100".utf8)
    bytes += short(Self.numberOfEntries) + short(4) + long(1) + long(entries.count)
    bytes += short(Self.list) + short(7) + long(16 * entries.count) + long(place) + long(0)
    for entry in entries {
      bytes += long(entry.type) + long(entry.size) + long(entry.offset) + long(0)
    }
    return bytes
  }
}
