/// Image resources of Photoshop, as JPEG's APP13 holds them (Adobe, Photoshop File Formats): IPTC among
/// them.
struct PhotoshopResources {
  let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// What each segment begins with.
  static let name = Array("Photoshop 3.0\0".utf8)
  private static let signature = Array("8BIM".utf8)

  /// IPTC records (IIM) as the only resource.
  init(iptc: [UInt8]) {
    let iptc = Self.withoutPadding(iptc)
    let count = (0..<4).map { UInt8(truncatingIfNeeded: iptc.count >> (24 - 8 * $0)) }
    bytes = Self.signature + [4, 4, 0, 0] + count + iptc + (iptc.count % 2 == 0 ? [] : [0])
  }

  /// Records without the zeros behind them that fill words, of which TIFF counts them.
  ///
  /// Each: 28, the number of its record, its own, and the length of what follows in two bytes.
  private static func withoutPadding(_ iptc: [UInt8]) -> [UInt8] {
    var at = 0
    while at + 5 <= iptc.count, iptc[at] == 28, iptc[at + 3] < 128 {
      at += 5 + (Int(iptc[at + 3]) << 8 | Int(iptc[at + 4]))
    }
    let isPadding = at < iptc.count && iptc.count - at < 4 && iptc[at...].allSatisfy { $0 == 0 }
    return isPadding ? Array(iptc[..<at]) : iptc
  }

  /// The records of IPTC; nil where there are none.
  var iptc: [UInt8]? {
    var at = 0
    while let resource = resource(at: at) {
      if resource.number == 1028, !resource.data.isEmpty { return Array(bytes[resource.data]) }
      at = resource.place.upperBound
    }
    return nil
  }

  /// With IPTC records that stand elsewhere, where there are none among the resources.
  func completed(byIPTC iptc: [UInt8]) -> PhotoshopResources {
    var at = 0
    while let resource = resource(at: at) {
      if resource.number == 1028 { return self }
      at = resource.place.upperBound
    }
    return PhotoshopResources(bytes[..<at] + Self(iptc: iptc).bytes + bytes[at...])
  }

  /// Whether bytes look like resources.
  static func begin(_ bytes: [UInt8]) -> Bool { bytes.starts(with: signature) }

  /// The resources without those that show the picture; nil where none is left.
  var withoutThumbnails: [UInt8]? {
    var kept: [UInt8] = []
    var at = 0
    while let resource = resource(at: at) {
      // 1033 and 1036: thumbnails of Photoshop 4 and 5.
      if ![1033, 1036].contains(resource.number) { kept += bytes[resource.place] }
      at = resource.place.upperBound
    }
    let rest = Array(bytes[at...])
    if jpegStarts(rest).isEmpty { kept += rest }
    return kept.isEmpty ? nil : kept
  }

  /// Number and place of a resource, and of its data: signature, number, name, size and data, name and data padded to
  /// an even count.
  private func resource(at start: Int) -> (number: Int, place: Range<Int>, data: Range<Int>)? {
    guard start + 12 <= bytes.count, bytes[start..<start + 4].elementsEqual(Self.signature) else {
      return nil
    }
    let number = Int(bytes[start + 4]) << 8 | Int(bytes[start + 5])
    let data = start + 6 + (Int(bytes[start + 6]) + 2) / 2 * 2
    guard data + 4 <= bytes.count else { return nil }
    let size = bytes[data..<data + 4].reduce(0) { $0 << 8 | Int($1) }
    guard data + 4 + size <= bytes.count else { return nil }
    return (
      number, start..<min(data + 4 + (size + 1) / 2 * 2, bytes.count), data + 4..<data + 4 + size
    )
  }
}
