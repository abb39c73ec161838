import ImageCodecs
import Raster

/// A JPEG file with a gain map, put together byte by byte (Ultra HDR Image Format 1.1, ISO 21496-1).
public struct UltraHDRFile {
  /// A picture that the index lists behind the gain map.
  public struct Further {
    public var type: Int
    public var bytes: [UInt8]
    public init(type: Int, bytes: [UInt8]) {
      self.type = type
      self.bytes = bytes
    }
  }

  public var picture: [UInt8]
  public var map: [UInt8]
  /// Whether XMP of the picture speaks of the map, and lists it.
  public var hasXMP = true
  /// Whether a segment of ISO 21496-1 does.
  public var hasNotice = true
  public var isLittleEndian = false
  public var orientation: Int?
  public var further: [Further] = []
  /// What the directory in XMP lists besides, each with a length.
  public var listed = ""
  /// What the directory says of the picture besides its kind.
  public var aboutPicture = ""
  /// What is wrong with the index: added to the size of the picture, and to the place, the size and the kind of the map.
  public var faults = (pictureSize: 0, offset: 0, size: 0, type: 0)
  /// Bytes behind all pictures.
  public var end: [UInt8] = []

  public init(width: Int = 48, height: Int = 32) throws {
    let samples = (0..<width * height * 3).map { UInt8(truncatingIfNeeded: $0 * 7 / 5 ^ $0 >> 6) }
    picture = try encode(
      Picture(
        PictureFormat(width: width, height: height, color: .rgb, sample: .uint8),
        samples: samples), as: .jpeg)
    map = try Self.map(width / 4, height / 4)
  }

  /// A gain map that says what it is in XMP, in a segment of ISO 21496-1, or not at all.
  public static func map(
    _ width: Int = 12, _ height: Int = 8, hasXMP: Bool = true, hasNotice: Bool = true
  ) throws -> [UInt8] {
    let file = try encode(
      Picture(
        PictureFormat(width: width, height: height, color: .gray, sample: .uint8),
        samples: (0..<width * height).map { UInt8(truncatingIfNeeded: 3 * $0) }), as: .jpeg)
    var segments: [UInt8] = []
    if hasXMP {
      segments += segment(0xe1, xmpName + packet(" hdrgm:Version=\"1.0\" hdrgm:GainMapMax=\"2.5\""))
    }
    if hasNotice { segments += segment(0xe2, noticeName + [UInt8](1...60)) }
    return file[..<2] + segments + file[2...]
  }

  /// The file.
  public var bytes: [UInt8] {
    var before: [UInt8] = []
    if let orientation {
      before += Self.segment(
        0xe1,
        Array("Exif\0\0MM\0*\0\0\0\u{8}".utf8) + [
          0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, UInt8(orientation), 0, 0, 0, 0, 0, 0,
        ])
    }
    if hasXMP {
      before += Self.segment(
        0xe1,
        Self.xmpName + Self.packet(" hdrgm:Version=\"1.0\" tiff:ImageWidth=\"48\"", directory))
    }
    if hasNotice { before += Self.segment(0xe2, Self.noticeName + [0, 0, 0, 0]) }
    let files = [map] + further.map(\.bytes)
    // The marker and the length of the segment, its name, and the index itself.
    let size = picture.count + before.count + 4 + 4 + 50 + 16 * (files.count + 1)
    let start = 2 + before.count + 4 + 4
    var list = number(0x03_0000, 4) + number(size + faults.pictureSize, 4) + number(0, 8)
    var place = size
    for (index, file) in files.enumerated() {
      let wrong = index == 0 ? faults : (pictureSize: 0, offset: 0, size: 0, type: 0)
      let type = (index == 0 ? 0 : further[index - 1].type) + wrong.type
      list += number(type, 4) + number(file.count + wrong.size, 4)
      list += number(place - start + wrong.offset, 4) + number(0, 4)
      place += file.count
    }
    let head = Array((isLittleEndian ? "MPF\0II*\0" : "MPF\0MM\0*").utf8) + number(8, 4)
    let fields =
      number(3, 2) + number(0xb000, 2) + number(7, 2) + number(4, 4) + Array("0100".utf8)
      + number(0xb001, 2) + number(4, 2) + number(1, 4) + number(files.count + 1, 4)
      + number(0xb002, 2) + number(7, 2) + number(list.count, 4) + number(50, 4) + number(0, 4)
    let segments = before + Self.segment(0xe2, head + fields + list)
    return picture[..<2] + segments + picture[2...] + files.flatMap { $0 } + end
  }

  private var directory: String {
    let li = "<rdf:li rdf:parseType=\"Resource\"><C:Item I:Mime=\"image/jpeg\" I:Semantic="
    return """
      <C:Directory><rdf:Seq>\(li)"Primary"\(aboutPicture)/></rdf:li>\
      \(li)"GainMap" I:Length="\(map.count)"/></rdf:li>\(listed)</rdf:Seq></C:Directory>
      """
  }

  private static let xmpName = Array("http://ns.adobe.com/xap/1.0/\0".utf8)
  private static let noticeName = Array("urn:iso:std:iso:ts:21496:-1\0".utf8)

  private static func packet(_ attributes: String, _ content: String = "") -> [UInt8] {
    Array(
      """
      <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\
      <rdf:Description rdf:about="" xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" \
      xmlns:C="http://ns.google.com/photos/1.0/container/" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" \
      xmlns:I="http://ns.google.com/photos/1.0/container/item/"\(attributes)>\(content)</rdf:Description>\
      </rdf:RDF></x:xmpmeta>
      """.utf8)
  }

  private static func segment(_ marker: UInt8, _ content: [UInt8]) -> [UInt8] {
    let length = content.count + 2
    return [0xff, marker, UInt8(length >> 8), UInt8(length & 255)] + content
  }

  private func number(_ value: Int, _ count: Int) -> [UInt8] {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    return isLittleEndian ? bytes : bytes.reversed()
  }
}
