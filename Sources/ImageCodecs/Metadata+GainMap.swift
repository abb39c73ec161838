extension Metadata {
  /// A gain map: how much brighter than the picture each place of it may be shown, as a picture of its own that is
  /// stretched over the whole.
  ///
  /// It stands behind the picture in a JPEG file, and is true of a result in which every place is where it was, as
  /// a part of the sides, and colours mean what they meant.
  ///
  /// - SeeAlso: ISO 21496-1; Ultra HDR Image Format 1.1; CIPA DC-007, 5.2.
  public struct GainMap: Sendable, Equatable {
    /// The JPEG file of the map, with all that is said of it.
    public var file: [UInt8]
    /// What the index of the pictures calls it, 0 where it has no name for it.
    public var type: Int
    /// The bytes of the segment by which the picture announces it (ISO 21496-1, annex C); nil where there is none.
    public var notice: [UInt8]?

    public init(file: [UInt8], type: Int = 0, notice: [UInt8]? = nil) {
      self.file = file
      self.type = type
      self.notice = notice
    }
  }

  /// Takes out the gain map, and what speaks of it.
  ///
  /// - Returns: whether there was one.
  @discardableResult mutating func loseGainMap() -> Bool {
    if gainMap == nil { return false }
    gainMap = nil
    _ = removeOthers()
    return true
  }
}

extension Metadata.GainMap {
  /// A gain map where a file is one: whole, with a size, and called a gain map by its own segments.
  ///
  /// - Parameters:
  ///   - bytes: the file; zeros behind its end are left out.
  ///   - type: what the index of the pictures calls it.
  init?(_ bytes: [UInt8], type: Int, notice: [UInt8]?) {
    let padding = bytes.reversed().prefix { $0 == 0 }.count
    let file = Array(bytes.dropLast(padding))
    guard file.suffix(2).elementsEqual([0xff, 0xd9]), let segments = JPEGSegment.all(of: file),
      segments.contains(where: \.speaksOfGainMap)
    else { return nil }
    self.init(file: file, type: type, notice: notice)
  }
}

extension JPEGSegment {
  /// Whether it says how bright a gain map is.
  fileprivate var speaksOfGainMap: Bool {
    if isGainMapNotice { return true }
    guard let xmp else { return false }
    let packet = XMPPacket(xmp)
    return XMPPacket.gainMaps.contains { packet.uses($0) }
  }

  /// The segments before the first scan of a JPEG file; nil for what is none.
  ///
  /// - SeeAlso: ITU-R T.81, annex B.
  fileprivate static func all(of file: [UInt8]) -> [JPEGSegment]? {
    guard file.starts(with: [0xff, 0xd8]) else { return nil }
    var segments: [JPEGSegment] = []
    var hasSize = false
    var at = 2
    while at + 4 <= file.count, file[at] == 0xff {
      let marker = Int(file[at + 1])
      if marker == 0xff {
        at += 1
        continue
      }
      let length = Int(file[at + 2]) << 8 | Int(file[at + 3])
      guard (0xc0...0xfe).contains(marker), !(0xd0...0xd9).contains(marker), length >= 2,
        at + 2 + length <= file.count
      else { return nil }
      if marker == 0xda { return hasSize ? segments : nil }
      let bytes = file[(at + 4)..<(at + 2 + length)]
      if (0xc0...0xcf).contains(marker), ![0xc4, 0xc8, 0xcc].contains(marker) {
        // The precision, then height and width.
        let sides = bytes.dropFirst().prefix(4)
        hasSize =
          sides.count == 4 && sides.prefix(2).contains { $0 != 0 }
          && sides.suffix(2).contains { $0 != 0 }
      }
      if marker >= 0xe0 { segments.append(JPEGSegment(marker: marker, bytes: Array(bytes))) }
      at += 2 + length
    }
    return nil
  }
}
