import ImageCodecs
import Libc
import Raster
import TestSupport
import Testing

@Suite("Files of further formats")
struct FormatFilesTests {
  @Test("a file has the pixels that Pillow sees", arguments: FormatFiles.rows)
  func pixels(_ row: FormatFiles.Row) throws {
    let bytes = FormatFiles.bytes(row.file)
    let picture = try FormatFiles.picture(bytes, page: row.page)
    #expect(picture.format == row.format)
    #expect(row.matches(picture))
  }

  @Test("in bands of any height the pixels are the same", arguments: [1, 2, 5])
  func bands(_ step: Int) throws {
    for row in FormatFiles.rows {
      let picture = try FormatFiles.picture(
        FormatFiles.bytes(row.file), page: row.page, rows: step)
      #expect(row.matches(picture), "\(row.testDescription)")
    }
  }

  @Test("a file from a pipe has the same pixels", arguments: FormatFiles.names)
  func pipes(_ name: String) throws {
    let bytes = FormatFiles.bytes(name)
    var ends: [Int32] = [0, 0]
    try #require(StreamTests.makePipe(&ends) == 0)
    // Files that small fit into the pipe.
    try #require(bytes.withUnsafeBytes { write(ends[1], $0.baseAddress!, $0.count) } == bytes.count)
    close(ends[1])
    defer { close(ends[0]) }
    let piped = try PictureReader(.descriptor(ends[0])).readPicture()
    #expect(content(piped) == content(try FormatFiles.picture(bytes)))
  }

  @Test("a file that is cut short is refused, or nothing of its picture is missing")
  func cut() throws {
    for name in FormatFiles.names {
      let bytes = FormatFiles.bytes(name)
      let whole = content(try FormatFiles.picture(bytes))
      for count in stride(from: 1, to: bytes.count, by: max(1, bytes.count / 80)) {
        let part = Array(bytes.prefix(count))
        do {
          let picture = try FormatFiles.picture(part)
          #expect(content(picture) == whole, "\(name), \(count) bytes")
        } catch {
          #expect(error is CodecError)
        }
        _ = try? FormatFiles.picture(part, damage: .tolerate)
      }
      // Half of several pictures is a whole one and more.
      if ["frames.gif", "pages.tif"].contains(name) { continue }
      #expect(throws: CodecError.self, "\(name)") {
        try FormatFiles.picture(Array(bytes.prefix(bytes.count / 2)))
      }
    }
  }

  @Test("a changed byte makes another picture or an error, and never more than that")
  func changed() {
    var noise = Noise(state: 7)
    var limits = Limits()
    limits.pixels = 1 << 16
    for name in FormatFiles.names {
      let bytes = FormatFiles.bytes(name)
      for _ in 0..<60 {
        var changed = bytes
        for _ in 0..<Int.random(in: 1...3, using: &noise) {
          changed[Int.random(in: 0..<min(changed.count, 400), using: &noise)] =
            UInt8.random(in: 0...255, using: &noise)
        }
        for damage in [DamagePolicy.refuse, .tolerate] {
          let reader = try? PictureReader(.bytes(changed), limits: limits, damage: damage)
          _ = try? reader?.readPicture()
          _ = (reader?.metadata, reader?.warnings, reader?.others)
        }
      }
    }
  }

  @Test("what is missing is gray where damage is tolerated", arguments: ["rgb.bmp", "rgb.npy"])
  func tolerated(_ name: String) throws {
    let bytes = FormatFiles.bytes(name)
    let reader = try PictureReader(.bytes(Array(bytes.dropLast(60))), damage: .tolerate)
    let picture = try reader.readPicture()
    #expect(reader.isDamaged)
    #expect(reader.warnings == ["the file ends within the picture; the rest is gray"])
    // The last row of an array, the first of a bitmap that begins at the bottom.
    let y = name.hasSuffix("bmp") ? 0 : picture.format.height - 1
    let row = UnsafeRawBufferPointer(start: picture.row(y), count: picture.format.bytesPerRow)
    #expect(row.allSatisfy { $0 == 128 })
  }

  @Test("limits are checked before anything is decoded", arguments: FormatFiles.names)
  func limits(_ name: String) {
    var limits = Limits()
    limits.pixels = 20
    let error = #expect(throws: CodecError.self) {
      try PictureReader(.bytes(FormatFiles.bytes(name)), limits: limits)
    }
    guard case .tooManyPixels(_, limit: 20)? = error else {
      Issue.record("\(name): \(error.map { "\($0)" } ?? "no error")")
      return
    }
  }

  @Test("other frames are named, and can be chosen", arguments: ["frames.gif", "frames.webp"])
  func frames(_ name: String) throws {
    guard FormatFiles.names.contains(name) else { return }
    let bytes = FormatFiles.bytes(name)
    let count = FormatFiles.rows.filter { $0.file == name }.count
    let reader = try PictureReader(.bytes(bytes))
    #expect(reader.others == ["\(count - 1) frames of an animation"])
    #expect(try PictureReader(.bytes(bytes), page: 2).others == [])
    #expect(throws: CodecError.noSuchPage(9, of: count)) {
      try PictureReader(.bytes(bytes), page: 9)
    }
    #expect(throws: CodecError.noPages(.bmp)) {
      try PictureReader(.bytes(FormatFiles.bytes("rgb.bmp")), page: 2)
    }
  }

  @Test("pages are named, and can be chosen", .enabled(if: FileFormat.allCases.contains(.tiff)))
  func pages() throws {
    let bytes = FormatFiles.bytes("pages.tif")
    #expect(try PictureReader(.bytes(bytes)).others == ["2 further pages"])
    #expect(try PictureReader(.bytes(bytes), page: 3).others == [])
    #expect(throws: CodecError.noSuchPage(4, of: 3)) { try PictureReader(.bytes(bytes), page: 4) }
    let unnamed = try PictureReader(.bytes(FormatFiles.bytes("unnamed.tif")))
    #expect(unnamed.others == ["1 channel of no stated meaning"])
  }

  @Test(
    "TIFF keeps EXIF, XMP, profile, density and IPTC",
    .enabled(if: FileFormat.written.contains(.tiff)))
  func saidInTIFF() throws {
    let reader = try PictureReader(.bytes(FormatFiles.bytes("said.tif")))
    var metadata = reader.metadata
    #expect(metadata.orientation == .turnedLeft)
    #expect(metadata.xmp == Array("<x:xmpmeta xmlns:x='adobe:ns:meta/'/>".utf8))
    #expect(metadata.colorProfile?.bytes == Array("a profile".utf8))
    #expect(metadata.density == Metadata.Density(x: 300, y: 300, unit: .inch))
    let exif = try #require(metadata.exif)
    let date = Array("2001:02:03 04:05:06".utf8)
    #expect(exif.indices.contains { exif[$0...].starts(with: date) })
    metadata.photoshop = Array("8BIM".utf8) + [4, 4, 0, 0, 0, 0, 0, 2, 0x1c, 2]
    #expect(metadata.translated(to: .tiff).lost.isEmpty)
    let picture = try reader.readPicture()
    let again = try PictureReader(
      .bytes(encode(picture, as: .tiff, metadata: metadata, keeping: reader.encoding)))
    #expect(again.metadata == metadata)
    // PNG says all of it as well.
    let png = try PictureReader(.bytes(encode(picture, as: .png, metadata: metadata)))
    #expect(png.metadata.exif == exif && png.metadata.xmp == metadata.xmp)
  }

  @Test("densities stay what they are", .enabled(if: FileFormat.written.contains(.tiff)))
  func densities() throws {
    let picture = testPicture(PictureFormat(width: 3, height: 2, color: .gray, sample: .uint8))
    // 72 pixels an inch are 2835 a metre in PNG, 28.35 a centimetre in TIFF.
    for density in [
      Metadata.Density(x: 2835, y: 5906, unit: .metre), .init(x: 72, y: 300, unit: .inch),
      .init(x: 28, y: 118, unit: .centimetre),
    ] {
      var metadata = Metadata()
      metadata.density = density
      let bytes = try encode(picture, as: .tiff, metadata: metadata)
      #expect(try PictureReader(.bytes(bytes)).metadata.density == density)
    }
  }

  @Test("where nothing is said, EXIF of the orientation or density alone is no loss")
  func onlyHowItLies() {
    func lost(_ tag: UInt8) -> [String] {
      var metadata = Metadata()
      metadata.exif =
        Array("II*\0".utf8) + [8, 0, 0, 0, 1, 0, tag, 1, 3, 0, 1, 0, 0, 0, 1, 0]
        + [UInt8](repeating: 0, count: 6)
      return metadata.translated(to: .npy).lost
    }
    #expect(lost(0x12) == [])
    #expect(lost(0x28) == [])
    // Who made the camera.
    #expect(lost(0x0f) == ["EXIF"])
  }

  @Test("inks stay inks where they may", .enabled(if: FileFormat.written.contains(.tiff)))
  func inks() throws {
    let bytes = FormatFiles.bytes("cmyk.tif")
    let reader = try PictureReader(.bytes(bytes), keepsCMYK: true)
    #expect(reader.format.color == .cmyk && reader.encoding.isInk)
    let picture = try reader.readPicture()
    let again = try PictureReader(
      .bytes(encode(picture, as: .tiff, keeping: reader.encoding)), keepsCMYK: true)
    #expect(content(try again.readPicture()) == content(picture))
  }

  @Test("formats that are only read are no format of results")
  func readOnly() {
    let format = PictureFormat(width: 1, height: 1, color: .gray, sample: .uint8)
    for fileFormat in [FileFormat.gif, .bmp] {
      #expect(throws: CodecError.notWritten(fileFormat)) {
        try PictureWriter(format, as: fileFormat, to: .memory)
      }
    }
  }

  @Test("comments, densities and XMP are found")
  func said() throws {
    let gif = try PictureReader(.bytes(FormatFiles.bytes("palette.gif")))
    #expect(gif.metadata.comments == [Array("a comment".utf8)])
    let bmp = try PictureReader(.bytes(FormatFiles.bytes("555.bmp")))
    #expect(bmp.metadata.density == Metadata.Density(x: 2835, y: 2835, unit: .metre))
    let packet = Array("<x:xmpmeta/>".utf8)
    let trailer: [UInt8] = [1] + (0...255).reversed().map { UInt8($0) }
    let block: [UInt8] = [0x21, 0xff, 11] + Array("XMP DataXMP".utf8)
    var file = FormatFiles.bytes("gray.gif")
    // Behind the palette.
    file.insert(contentsOf: block + packet + trailer + [0], at: 13 + 3 << (Int(file[10]) & 7 + 1))
    #expect(try PictureReader(.bytes(file)).metadata.xmp == packet)
  }
}
