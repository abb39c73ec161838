import CImageCodecs

private let exifName = Array("Exif\0\0".utf8)
private let xmpName = Array("http://ns.adobe.com/xap/1.0/\0".utf8)
private let extensionName = Array("http://ns.adobe.com/xmp/extension/\0".utf8)
private let profileName = Array("ICC_PROFILE\0".utf8)
private let gainMapName = Array("urn:iso:std:iso:ts:21496:-1\0".utf8)

/// An APPn or COM segment of a JPEG file.
struct JPEGSegment {
  /// 0xE0…0xEF, or 0xFE for a comment.
  var marker: Int
  var bytes: [UInt8]

  static let comment = 0xfe
  static func application(_ number: Int) -> Int { 0xe0 + number }
  /// Bytes that fit into one segment.
  static let most = 65533

  var isMultiPictureIndex: Bool {
    marker == Self.application(2) && bytes.starts(with: MultiPictureIndex.name)
  }
  /// Whether it announces a gain map, or describes it in its own file (ISO 21496-1, annex C).
  var isGainMapNotice: Bool { marker == Self.application(2) && bytes.starts(with: gainMapName) }
  /// The packet of XMP in it.
  var xmp: [UInt8]? {
    marker == Self.application(1) && bytes.starts(with: xmpName)
      ? Array(bytes.dropFirst(xmpName.count)) : nil
  }
}

extension Metadata {
  /// What the segments of a JPEG file say.
  ///
  /// - Parameters:
  ///   - gainMap: the one behind the picture, where it is to be kept.
  ///   - warnings: gains what is wrong with them.
  ///   - others: gains what else the file shows, of which the segments speak: nothing of it is kept.
  init(
    _ header: codec_jpeg_header, segments: [JPEGSegment], gainMap: GainMap? = nil,
    warnings: inout [String], others: inout [String]
  ) {
    self.init()
    self.gainMap = gainMap
    var profile: [JPEGSegment] = []
    var extensions: [JPEGSegment] = []
    var signatures: Set<[UInt8]> = []
    for segment in segments {
      let bytes = segment.bytes
      switch segment.marker {
      case JPEGSegment.comment: comments.append(bytes)
      case JPEGSegment.application(0) where bytes.starts(with: Array("JFIF\0".utf8)),
        JPEGSegment.application(0) where bytes.starts(with: Array("JFXX\0".utf8)),
        JPEGSegment.application(14) where bytes.starts(with: Array("Adobe".utf8)):
        break  // Written anew.
      case JPEGSegment.application(1) where bytes.starts(with: exifName) && exif == nil:
        exif = Array(bytes.dropFirst(exifName.count))
      case JPEGSegment.application(1) where bytes.starts(with: xmpName) && xmp == nil:
        xmp = segment.xmp
      case JPEGSegment.application(1) where bytes.starts(with: extensionName):
        extensions.append(segment)
      case JPEGSegment.application(2) where bytes.starts(with: profileName):
        profile.append(segment)
      case _ where segment.isMultiPictureIndex:
        // Offsets of pictures behind this one, of which a gain map at most is copied.
        if gainMap == nil || MultiPictureIndex(bytes)?.entries.count != 2 {
          others.append("further pictures (MPF)")
        }
      case _ where segment.isGainMapNotice:
        if gainMap == nil { others.append("a gain map (ISO 21496-1)") }
      case JPEGSegment.application(13) where bytes.starts(with: PhotoshopResources.name):
        photoshop = (photoshop ?? []) + bytes.dropFirst(PhotoshopResources.name.count)
      case JPEGSegment.application(11) where isSignature(bytes, &signatures): break
      case _ where !jpegStarts(bytes).isEmpty:
        others.append("a picture in a segment (APP\(segment.marker - 0xe0))")
      default:
        applicationSegments.append(Segment(name: "APP\(segment.marker - 0xe0)", bytes: bytes))
      }
    }
    if !signatures.isEmpty { warnings.append(Self.signatureWarning) }
    takeDensity(header)
    removeOthers(extensions, &others)
    if !profile.isEmpty {
      if let bytes = Self.join(profile) {
        colorProfile = ColorProfile(name: "icc", bytes: bytes)
      } else {
        warnings.append("the parts of the colour profile do not fit together; it is left out")
      }
    }
  }

  /// What is said of content credentials, wherever they stand.
  static let signatureWarning =
    "content credentials (C2PA) sign the picture as it was: they are left out"

  /// Whether a segment is a part of a box of JUMBF that holds content credentials.
  ///
  /// - Parameter known: the numbers of such boxes; only the first part of a box says what is in it.
  /// - SeeAlso: C2PA 2.1, A.3.1; ISO 19566-5, annex D.
  private func isSignature(_ bytes: [UInt8], _ known: inout Set<[UInt8]>) -> Bool {
    // Two letters, the number of the box, that of the part, its length, `jumb`.
    guard bytes.count >= 16, bytes.starts(with: Array("JP".utf8)),
      bytes[12..<16].elementsEqual("jumb".utf8)
    else { return false }
    let number = Array(bytes[2..<4])
    let name = Array("c2pa".utf8)
    if bytes.prefix(80).indices.contains(where: { bytes[$0...].starts(with: name) }) {
      known.insert(number)
    }
    return known.contains(number)
  }

  private mutating func takeDensity(_ header: codec_jpeg_header) {
    guard header.has_jfif != 0, header.density_x > 0, header.density_y > 0 else { return }
    let unit: Density.Unit? = [0: .none, 1: .inch, 2: .centimetre][Int(header.density_unit)]
    if let unit, unit != .none || header.density_x != header.density_y {
      density = Density(x: Int(header.density_x), y: Int(header.density_y), unit: unit)
    }
  }

  /// Takes out of XMP what speaks of, or is, another picture.
  ///
  /// - Parameter extensions: the segments of extended XMP; kept where no picture lies in them.
  private mutating func removeOthers(_ extensions: [JPEGSegment], _ others: inout [String]) {
    // Each segment: the name, a digest of 32 letters, the length of all, the offset of this one.
    let extended = XMPPacket(extensions.flatMap { $0.bytes.dropFirst(extensionName.count + 40) })
    let holdsPictures = XMPPacket.pictures.contains { extended.uses($0.namespace) }
    others += removeOthers()
    for (namespace, what) in XMPPacket.pictures where extended.uses(namespace) {
      others.append(what)
    }
    var packet = xmp.map { XMPPacket($0) }
    if holdsPictures {
      packet?.remove(XMPPacket.Namespace.note) { $0 == "HasExtendedXMP" }
    } else {
      applicationSegments += extensions.map { Segment(name: "APP1", bytes: $0.bytes) }
    }
    if let packet { xmp = packet.bytes }
    others = others.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// Puts the parts of a profile into the order of their numbers; nil when they are not complete.
  private static func join(_ parts: [JPEGSegment]) -> [UInt8]? {
    let head = profileName.count
    guard parts.allSatisfy({ $0.bytes.count >= head + 2 }) else { return nil }
    let sorted = parts.sorted { $0.bytes[head] < $1.bytes[head] }
    for (index, part) in sorted.enumerated() {
      guard Int(part.bytes[head]) == index + 1, Int(part.bytes[head + 1]) == parts.count else {
        return nil
      }
    }
    return sorted.flatMap { $0.bytes.dropFirst(head + 2) }
  }
}

extension Metadata {
  /// Bytes that EXIF, XMP and a colour profile may have in JPEG.
  static let mostEXIFInJPEG = JPEGSegment.most - exifName.count
  static let mostXMPInJPEG = JPEGSegment.most - xmpName.count
  static let mostProfileInJPEG = 255 * (JPEGSegment.most - profileName.count - 2)

  /// The segments of a JPEG file; all of it has a place there (`translated(to: .jpeg)`). The index of a gain map
  /// is none of them: it is known only at the end.
  var jpegSegments: [JPEGSegment] {
    var segments: [JPEGSegment] = []
    if let exif {
      segments.append(JPEGSegment(marker: JPEGSegment.application(1), bytes: exifName + exif))
    }
    if let xmp {
      segments.append(JPEGSegment(marker: JPEGSegment.application(1), bytes: xmpName + xmp))
    }
    if let colorProfile {
      let room = JPEGSegment.most - profileName.count - 2
      let parts = Self.parts(colorProfile.bytes, of: room)
      for (index, part) in parts.enumerated() {
        segments.append(
          JPEGSegment(
            marker: JPEGSegment.application(2),
            bytes: profileName + [UInt8(index + 1), UInt8(parts.count)] + part))
      }
    }
    if let photoshop {
      let name = PhotoshopResources.name
      for part in Self.parts(photoshop, of: JPEGSegment.most - name.count) {
        segments.append(JPEGSegment(marker: JPEGSegment.application(13), bytes: name + part))
      }
    }
    for part in applicationSegments {
      guard part.name.hasPrefix("APP"), let number = Int(part.name.dropFirst(3)),
        (0...15).contains(number)
      else { continue }
      segments.append(JPEGSegment(marker: JPEGSegment.application(number), bytes: part.bytes))
    }
    if let notice = gainMap?.notice {
      segments.append(JPEGSegment(marker: JPEGSegment.application(2), bytes: notice))
    }
    return segments + comments.map { JPEGSegment(marker: JPEGSegment.comment, bytes: $0) }
  }

  private static func parts(_ bytes: [UInt8], of room: Int) -> [ArraySlice<UInt8>] {
    stride(from: 0, to: bytes.count, by: room).map { bytes[$0..<min($0 + room, bytes.count)] }
  }
}

extension Metadata.Segment {
  /// Whether it is a part of the XMP that does not fit into one segment (XMP, part 3, 1.1.3.1).
  var isExtendedXMP: Bool { name == "APP1" && bytes.starts(with: extensionName) }
}
