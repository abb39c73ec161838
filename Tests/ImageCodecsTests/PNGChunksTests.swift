import ImageCodecs
import Raster
import Testing

/// Each chunk of the PNG specification that says something of the picture is kept, or named.
@Suite("Chunks of PNG")
struct PNGChunksTests {
  private static func splt() -> [UInt8] {
    chunk("sPLT", Array("six\0".utf8) + [8, 1, 2, 3, 255, 0, 9])
  }

  /// What a file says, and what is written of it.
  private func copy(_ file: [UInt8]) throws -> (warnings: [String], file: [UInt8]) {
    let before = try PictureReader(.bytes(file))
    let metadata = before.metadata
    let picture = try before.readPicture()
    return (
      before.warnings,
      try encode(picture, as: .png, metadata: metadata, keeping: before.encoding)
    )
  }

  private func holds(_ file: [UInt8], _ name: String) -> Bool {
    let name = Array(name.utf8)
    return file.indices.contains { file[$0...].starts(with: name) }
  }

  @Test("what is true of these pixels only is named")
  func named() throws {
    for (name, chunk) in [
      ("sPLT", Self.splt()), ("sBIT", chunk("sBIT", [5])), ("dSIG", chunk("dSIG", [1])),
    ] {
      let (warnings, file) = try copy(png(chunk))
      #expect(
        warnings == ["the chunk \(name) may belong to these pixels only: it is left out"],
        "\(name)")
      #expect(!holds(file, name))
    }
    let palette = chunk("PLTE", [0, 0, 0, 9, 9, 9]) + chunk("hIST", [0, 1, 0, 3])
    let gray = try encode(
      Picture(
        PictureFormat(width: 2, height: 2, color: .rgb, sample: .uint8),
        samples: [0, 0, 0, 9, 9, 9, 9, 9, 9, 9, 9, 9] as [UInt8]), as: .png,
      keeping: .png(
        PNGEncoding(
          depth: 1, colorType: 3, interlaced: false, palette: [0, 0, 0, 255, 9, 9, 9, 255])))
    let plte = try #require(
      gray.indices.first { gray[$0...].starts(with: Array("PLTE".utf8)) })
    let (warnings, _) = try copy(gray[..<(plte - 4)] + palette + gray[(plte + 4 + 6 + 4)...])
    #expect(warnings == ["the chunk hIST may belong to these pixels only: it is left out"])
  }

  @Test("that all bits of a sample count is no news")
  func allBits() throws {
    #expect(try copy(png(chunk("sBIT", [8]))).warnings == [])
  }

  @Test("the time of the last change is kept, in EXIF where the format has no such chunk")
  func time() throws {
    let time: [UInt8] = [0x07, 0xea, 11, 3, 4, 5, 6]
    for file in [try png(chunk("tIME", time)), try png(behind: chunk("tIME", time))] {
      let (warnings, copied) = try copy(file)
      #expect(warnings == [] && holds(copied, "tIME"))
      let said = try read(file).metadata
      for format in [FileFormat.jpeg, .webp, .tiff, .jpegXL, .avif] {
        let (metadata, lost) = said.translated(to: format)
        #expect(lost == [] && metadata.chunks == [], "\(format)")
        let exif = String(decoding: metadata.exif ?? [], as: UTF8.self)
        #expect(exif.contains("2026:11:03 04:05:06\0") && exif.contains("+00:00\0"), "\(format)")
      }
      #expect(said.translated(to: .pnm).lost == ["tIME of PNG"])
    }
    // A time that EXIF has stays; another one has no place beside it.
    var known = try read(png(chunk("tIME", time))).metadata.translated(to: .jpeg).metadata
    known.chunks = [Metadata.Segment(name: "tIME", bytes: time)]
    #expect(known.translated(to: .jpeg).lost == [])
    known.chunks[0].bytes[6] = 7
    #expect(known.translated(to: .jpeg).lost == ["tIME of PNG"])
    #expect(
      try copy(png(chunk("tIME", [1, 2]))).warnings
        == ["the chunk tIME may belong to these pixels only: it is left out"])
  }

  @Test("places and scales are kept as long as the pixels stay in their places")
  func places() throws {
    let file = try png(
      chunk("oFFs", word(1) + word(2) + [0]) + chunk("sCAL", Array("\u{1}2\03".utf8))
        + chunk("sTER", [0]) + chunk("pCAL", Array("a\0".utf8) + word(0) + word(1) + [0, 0]))
    let (warnings, copied) = try copy(file)
    #expect(warnings == [])
    for name in ["oFFs", "sCAL", "sTER", "pCAL"] { #expect(holds(copied, name)) }
    var said = try read(file).metadata
    let format = PictureFormat(width: 1, height: 1, color: .gray, sample: .uint8)
    #expect(said.describe(format, turned: false) == [])
    #expect(
      said.describe(format, turned: false, moved: true)
        == ["oFFs of PNG", "sCAL of PNG", "sTER of PNG"])
    #expect(said.chunks.map(\.name) == ["pCAL"])
  }

  @Test("what ExifTool and others put behind the pixels is known before them")
  func behind() throws {
    var iptc = Metadata()
    iptc.photoshop = Array("8BIM\u{4}\u{4}\0\0\0\0\0\u{2}\u{1c}\u{2}".utf8)
    let text = try #require(iptc.translated(to: .png).metadata.texts.first)
    let late =
      chunk("tEXt", text.keyword + [0] + text.text)
      + chunk("iTXt", Array("XML:com.adobe.xmp\0\0\0\0\0<x/>".utf8))
      + chunk("eXIf", Array("II*\0\u{8}\0\0\0\0\0\0\0\0\0".utf8))
      + chunk("tEXt", Array("Title\0behind".utf8)) + chunk("prVt", [1, 2])
    let file = try png(behind: late, end: [0, 0])
    let reader = try PictureReader(.bytes(file))
    let early = reader.metadata
    #expect(early.photoshop == iptc.photoshop)
    #expect(early.xmp == Array("<x/>".utf8) && early.exif?.count == 14)
    #expect(early.texts.map(\.text) == [Array("behind".utf8)])
    #expect(early.chunks == [Metadata.Segment(name: "prVt", bytes: [1, 2])])
    _ = try reader.readPicture()
    #expect(reader.metadata == early)
    // Bytes that only look like the end of chunks say nothing.
    let broken = try png(behind: chunk("tEXt", Array("a\0b".utf8)).dropLast() + [7])
    #expect(try PictureReader(.bytes(broken)).metadata.texts == [])
  }

  @Test("what comes too late for the head of a file is written behind its pixels, or named")
  func late() throws {
    let (text, own) = (chunk("tEXt", Array("Title\0behind".utf8)), chunk("prVt", [1, 2]))
    let reader = try read(png(behind: text + own))
    let writer = try PictureWriter(
      reader.format, as: .png, to: .memory, late: { reader.metadata })
    try writer.write(Picture(reader.format, samples: [1, 2, 3, 4] as [UInt8]))
    let end = own + text + chunk("IEND", [])
    #expect(Array(writer.bytes.suffix(end.count)) == end)
    #expect(
      Metadata().lostBehindPixels(late: reader.metadata, in: .jpeg)
        == ["texts behind the pixels", "chunks of PNG behind the pixels"])
  }

  @Test("the colour behind a picture is named where it has no place, opaque pixels or not")
  func background() {
    var said = Metadata()
    said.background = Metadata.Background(samples: [1, 2, 3], bits: 8)
    for format in [FileFormat.jpeg, .webp, .tiff, .jpegXL, .avif, .pnm, .npy] {
      for color in [ColorModel.rgb, .rgba] {
        let (result, lost) = said.translated(to: format, beside: color)
        #expect(lost == ["the colour behind the picture (bKGD)"] && result == Metadata())
      }
    }
    #expect(said.translated(to: .png, beside: .rgba).lost == [])
  }
}
