import CImageCodecs

private let exifName = Array("Exif\0\0".utf8)
private let xmpName = Array("http://ns.adobe.com/xap/1.0/\0".utf8)
private let profileName = Array("ICC_PROFILE\0".utf8)
private let multiPictureName = Array("MPF\0".utf8)

/// An APPn or COM segment of a JPEG file.
struct JPEGSegment {
  /// 0xE0…0xEF, or 0xFE for a comment.
  var marker: Int
  var bytes: [UInt8]

  static let comment = 0xfe
  static func application(_ number: Int) -> Int { 0xe0 + number }
  /// Bytes that fit into one segment.
  static let most = 65533
}

extension Metadata {
  /// What the segments of a JPEG file say, and what is wrong with them.
  init(_ header: codec_jpeg_header, segments: [JPEGSegment], warnings: inout [String]) {
    self.init()
    var profile: [JPEGSegment] = []
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
        xmp = Array(bytes.dropFirst(xmpName.count))
      case JPEGSegment.application(2) where bytes.starts(with: profileName):
        profile.append(segment)
      case JPEGSegment.application(2) where bytes.starts(with: multiPictureName):
        break  // Offsets of pictures behind this one, which are not copied.
      default:
        applicationSegments.append(Part(name: "APP\(segment.marker - 0xe0)", bytes: bytes))
      }
    }
    if header.has_jfif != 0 && header.density_x > 0 && header.density_y > 0 {
      let unit: Density.Unit? = [0: .none, 1: .inch, 2: .centimetre][Int(header.density_unit)]
      if let unit, unit != .none || header.density_x != header.density_y {
        density = Density(x: Int(header.density_x), y: Int(header.density_y), unit: unit)
      }
    }
    if !profile.isEmpty {
      if let bytes = Self.join(profile) {
        colorProfile = ColorProfile(name: "icc", bytes: bytes)
      } else {
        warnings.append("the parts of the colour profile do not fit together; it is left out")
      }
    }
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

  /// The segments that a JPEG file has a place for.
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
      let parts = (colorProfile.bytes.count + room - 1) / room
      if parts <= 255 {
        for part in 0..<parts {
          let bytes = colorProfile.bytes[
            part * room..<min((part + 1) * room, colorProfile.bytes.count)]
          segments.append(
            JPEGSegment(
              marker: JPEGSegment.application(2),
              bytes: profileName + [UInt8(part + 1), UInt8(parts)] + bytes))
        }
      }
    }
    for part in applicationSegments {
      guard part.name.hasPrefix("APP"), let number = Int(part.name.dropFirst(3)),
        (0...15).contains(number)
      else { continue }
      segments.append(JPEGSegment(marker: JPEGSegment.application(number), bytes: part.bytes))
    }
    for comment in commentsForJPEG {
      segments.append(JPEGSegment(marker: JPEGSegment.comment, bytes: comment))
    }
    return segments.filter { $0.bytes.count <= JPEGSegment.most }
  }

  /// What a JPEG file has no place for, in words.
  ///
  /// - Parameter late: what the input said behind its pixels, too late for the head of the file.
  public func lostInJPEG(late: Metadata? = nil) -> [String] {
    if let late {
      return [
        exif == nil && late.exif != nil ? "EXIF behind the pixels" : nil,
        xmp == nil && late.xmp != nil ? "XMP behind the pixels" : nil,
        commentsForJPEG.count < late.commentsForJPEG.count ? "a comment behind the pixels" : nil,
      ].compactMap { $0 }
    }
    var lost: [String] = []
    if (exif?.count ?? 0) + exifName.count > JPEGSegment.most { lost.append("EXIF over 64 KB") }
    if (xmp?.count ?? 0) + xmpName.count > JPEGSegment.most { lost.append("XMP over 64 KB") }
    if commentsForJPEG.contains(where: { $0.count > JPEGSegment.most }) {
      lost.append("a comment over 64 KB")
    }
    return lost
  }
}
