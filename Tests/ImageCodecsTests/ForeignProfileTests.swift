import ImageCodecs
import Raster
import TestSupport
import Testing

/// A profile travels only beside pixels that it speaks of.
@Suite("Profiles of other pixels")
struct ForeignProfileTests {
  private static func profile(_ name: String) throws -> Metadata.ColorProfile {
    let path = TestData.package + "/Tests/ImageCodecsTests/Goldens/Colors/"
    if name == "gray" {
      return try #require(
        try PictureReader(.bytes(load(path + "gray.png"))).metadata.colorProfile)
    }
    var bytes = load(path + (name == "inks" ? "inks.icc" : "wide.icc"))
    switch name {
    // The kind of colours stands at byte 16, what says that it is a profile at byte 36.
    case "Lab": bytes.replaceSubrange(16..<20, with: "Lab ".utf8)
    case "none": bytes[36] = 0
    case "empty": bytes = Array(bytes.prefix(20))
    default: break
    }
    return Metadata.ColorProfile(name: "icc", bytes: bytes)
  }

  private static let formats: [FileFormat] = [.png, .jpeg, .tiff, .webp, .jpegXL, .avif]
    .filter { FileFormat.written.contains($0) }

  @Test(
    "is left out by name, and the picture is written",
    arguments: formats, ["gray", "wide", "inks", "Lab", "none", "empty"])
  func write(_ fileFormat: FileFormat, _ name: String) throws {
    for color in [ColorModel.gray, .rgb] {
      let picture = testPicture(
        PictureFormat(width: 9, height: 7, color: color, sample: .uint8))
      var metadata = Metadata()
      metadata.colorProfile = try Self.profile(name)
      let isGray = color == .gray && fileFormat != .webp
      let fits =
        switch name {
        case "gray": isGray
        // A gray JPEG or TIFF is read with a profile of RGB, too.
        case "wide": !isGray || fileFormat == .jpeg || fileFormat == .tiff
        // What is no profile libpng refuses by itself.
        case "none", "empty": fileFormat != .jpegXL
        default: false
        }
      let (kept, lost) = metadata.translated(to: fileFormat, beside: color)
      #expect(kept.colorProfile == (fits ? metadata.colorProfile : nil))
      #expect(lost.count == (fits ? 0 : 1), "\(lost)")
      let file = try encode(picture, as: fileFormat, metadata: metadata)
      let reader = try PictureReader(.bytes(file))
      _ = try reader.readPicture()
      let isRefused = fileFormat == .png && (name == "none" || name == "empty")
      #expect((reader.metadata.colorProfile != nil) == (fits && !isRefused))
    }
  }

  @Test("through which nothing can be converted, libjxl is not given")
  func unusable() throws {
    guard FileFormat.written.contains(.jpegXL), CodecLibrary.lcms.isBuiltIn else { return }
    var metadata = Metadata()
    var profile = try Self.profile("wide")
    // The table of its parts.
    for place in 132..<200 { profile.bytes[place] = 0 }
    metadata.colorProfile = profile
    #expect(metadata.translated(to: .jpegXL, beside: .rgb).lost.count == 1)
    #expect(metadata.translated(to: .jpeg, beside: .rgb).lost.isEmpty)
    let picture = testPicture(PictureFormat(width: 9, height: 7, color: .rgb, sample: .uint8))
    #expect(throws: Never.self) { try encode(picture, as: .jpegXL, metadata: metadata) }
  }
}

/// AVIF and HEIF of which libheif reads the still picture only.
@Suite("Animations of AVIF and HEIF", .enabled(if: FileFormat.allCases.contains(.avif)))
struct AnimatedAVIFTests {
  private func box(_ kind: String, _ content: [UInt8]) -> [UInt8] {
    let size = content.count + 8
    return [24, 16, 8, 0].map { UInt8(size >> $0 & 255) } + Array(kind.utf8) + content
  }

  /// Four frames of which the sizes are said.
  private var tracks: [UInt8] {
    let sizes = [UInt8](repeating: 0, count: 11) + [4]
    return ["stbl", "minf", "mdia", "trak", "moov"].reduce(box("stsz", sizes)) { box($1, $0) }
  }

  @Test("are named with the number of their frames", arguments: ["photo.avif", "photo.heic"])
  func named(_ name: String) throws {
    guard FormatFiles.names.contains(name) else { return }
    let still = FormatFiles.bytes(name)
    let tracks = tracks
    #expect(try PictureReader(.bytes(still)).others.isEmpty)
    let reader = try PictureReader(.bytes(still + tracks))
    #expect(reader.others == ["an animation of 4 frames"])
    #expect(try content(reader.readPicture()) == content(decode(still)))
    // Boxes that say they are longer than the file.
    for count in [9, 20, tracks.count - 3] {
      _ = try? PictureReader(.bytes(still + tracks.prefix(count))).readPicture()
    }
  }

  @Test(
    "without a still picture are refused as what they are", arguments: ["hevc", "hevx", "msf1"])
  func alone(_ brand: String) throws {
    guard FileFormat.allCases.contains(.heif) else { return }
    let kind = box("ftyp", Array((brand + "\0\0\0\0" + brand).utf8))
    #expect(FileFormat(head: kind) == .heif)
    #expect(throws: CodecError.unsupported(.heif, "an animation without a still picture")) {
      try PictureReader(.bytes(kind + tracks))
    }
  }
}
