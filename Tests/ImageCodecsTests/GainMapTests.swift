import ImageCodecs
import PictureSupport
import Raster
import Testing

@Suite("Gain maps of JPEG")
struct GainMapTests {
  /// Reads all of a file, with its gain map where there is one to be kept.
  private func read(_ file: [UInt8], limits: Limits = Limits()) throws -> PictureReader {
    let reader = try PictureReader(.bytes(file), limits: limits)
    reader.keepGainMap()
    _ = try reader.readPicture()
    return reader
  }

  private func string(_ bytes: [UInt8]?) -> String { String(decoding: bytes ?? [], as: UTF8.self) }

  /// Words that no file without a gain map holds.
  private static let words = [
    "hdrgm", "hdr-gain-map", "HDRGainMap", "photos/1.0/container", "GainMap", "MPF\0", "21496",
  ]

  @Test("without being asked for, a map is named, and nothing of it is left")
  func named() throws {
    let file = try UltraHDRFile()
    let reader = try ImageCodecsTests.read(file.bytes)
    #expect(reader.metadata.gainMap == nil)
    #expect(
      reader.others == [
        "a gain map (ISO 21496-1)", "further pictures (MPF)", "a gain map (HDR)",
        "further pictures",
      ])
    let written = try string(encode(MetadataTests.small, as: .jpeg, metadata: reader.metadata))
    for word in Self.words { #expect(!written.contains(word), "\(word)") }
  }

  @Test(
    "a map comes back byte by byte, however it is announced",
    arguments: [(true, true), (true, false), (false, true), (false, false)], [false, true]
  )
  func kept(announced: (xmp: Bool, notice: Bool), isLittleEndian: Bool) throws {
    var file = try UltraHDRFile()
    (file.hasXMP, file.hasNotice) = announced
    file.isLittleEndian = isLittleEndian
    let isSilent = !announced.xmp && !announced.notice
    file.map = try UltraHDRFile.map(
      hasXMP: announced.xmp || isSilent, hasNotice: announced.notice)
    let reader = try read(file.bytes)
    #expect(reader.others == [] && reader.warnings == [])
    #expect(reader.metadata.gainMap?.file == file.map)
    #expect((reader.metadata.gainMap?.notice != nil) == announced.notice)
    let written = try encode(MetadataTests.small, as: .jpeg, metadata: reader.metadata)
    let found = try #require(FoundPictures(written))
    #expect(found.files.count == 2 && found.files.last == file.map)
    #expect(found.files.joined().elementsEqual(written))
    #expect(found.types == [0x03_0000, 0])
    #expect(found.hasNotice == announced.notice)
    #expect(found.xmp.contains("hdrgm:Version=\"1.0\"") == announced.xmp)
    #expect(found.xmp.contains("I:Length=\"\(file.map.count)\"") == announced.xmp)
    let again = try read(written)
    #expect(again.metadata == reader.metadata && again.others == [])
    #expect(try decode(found.files[0]).samples() == again.decoded(written))
  }

  @Test("pictures beside the map go, and the directory lists them no more")
  func further() throws {
    var file = try UltraHDRFile()
    file.further = [.init(type: 0x02_0002, bytes: try jpeg())]
    file.listed = """
      <rdf:li rdf:parseType="Resource"><C:Item I:Semantic="Depth" I:Length="\(try jpeg().count)"/></rdf:li>
      """
    let reader = try read(file.bytes)
    #expect(reader.others == ["further pictures (MPF)", "further pictures"])
    let written = try encode(MetadataTests.small, as: .jpeg, metadata: reader.metadata)
    let found = try #require(FoundPictures(written))
    #expect(found.files.count == 2 && found.files.last == file.map)
    #expect(!found.xmp.contains("Depth"))
    #expect(found.xmp.contains("Item:Semantic=\"GainMap\" Item:Length=\"\(file.map.count)\""))
    #expect(try read(written).metadata == reader.metadata)
  }

  @Test(
    "a directory that is no longer true is made true",
    arguments: [" I:Padding=\"12\"", " I:Length=\"7\""])
  func directory(said: String) throws {
    var file = try UltraHDRFile()
    file.aboutPicture = said
    let reader = try read(file.bytes)
    #expect(reader.others == [])
    let xmp = string(reader.metadata.xmp)
    #expect(!xmp.contains(said) && xmp.contains("Item:Length=\"\(file.map.count)\""))
    #expect(xmp.contains("hdrgm:Version=\"1.0\""))
  }

  @Test(
    "an index that does not hold together is as none",
    arguments: [
      (0, 1, 0, 0), (0, -1, 0, 0), (0, 1 << 30, 0, 0), (0, -400, 0, 0), (0, 0, 1, 0), (0, 0, -1, 0),
      (0, 0, 0x7fff_0000, 0), (1, 0, 0, 0), (1 << 30, 0, 0, 0), (0, 0, 0, 0x02_0002),
      (-100_000, 0, 0, 0),
    ])
  func broken(faults: (Int, Int, Int, Int)) throws {
    var file = try UltraHDRFile()
    file.faults = faults
    let reader = try read(file.bytes)
    #expect(reader.metadata.gainMap == nil)
    #expect(reader.others.contains("further pictures (MPF)"))
    #expect(!string(reader.metadata.xmp).contains("hdrgm"))
  }

  @Test("what is no JPEG, no whole one, or no gain map is none")
  func noMap() throws {
    let map = try UltraHDRFile.map()
    let plain = try UltraHDRFile.map(hasXMP: false, hasNotice: false)
    let cut = [map.dropLast(2), map.prefix(200)].map { Array($0) }
    for bytes in cut + [[], Array("no picture".utf8), plain] {
      var file = try UltraHDRFile()
      file.map = bytes
      let reader = try read(file.bytes)
      #expect(reader.metadata.gainMap == nil && !reader.others.isEmpty, "\(bytes.count) bytes")
    }
    var twice = try UltraHDRFile()
    twice.further = [.init(type: 0, bytes: twice.map)]
    #expect(try read(twice.bytes).metadata.gainMap == nil)
    let whole = try UltraHDRFile().bytes
    for count in stride(from: whole.count - 1, to: whole.count - map.count, by: -37) {
      #expect(try read(Array(whole.prefix(count))).metadata.gainMap == nil)
    }
  }

  @Test("zeros behind the map are no part of it, other bytes are named")
  func behind() throws {
    var file = try UltraHDRFile()
    file.end = [0, 0, 0]
    #expect(try read(file.bytes).others == [])
    file.faults.size = 3
    #expect(try read(file.bytes).metadata.gainMap?.file == file.map)
    file.faults.size = 0
    file.end = [0, 7]
    let reader = try read(file.bytes)
    #expect(reader.metadata.gainMap?.file == file.map)
    #expect(reader.others == ["data behind the picture"])
  }

  @Test("what a map may take counts as metadata")
  func limit() throws {
    let file = try UltraHDRFile()
    var limits = Limits()
    // Room for the segments, but not for the map as well.
    limits.metadataBytes = file.bytes.count - file.picture.count - file.map.count + 300
    let reader = try read(file.bytes, limits: limits)
    #expect(reader.metadata.gainMap == nil && !reader.others.isEmpty)
  }

  @Test("other formats, other colours and a turned picture lose it with a word")
  func lost() throws {
    let metadata = try read(UltraHDRFile().bytes).metadata
    for format in FileFormat.allCases where format != .jpeg {
      let (result, lost) = metadata.translated(to: format)
      #expect(result.gainMap == nil && lost.contains("a gain map"), "\(format)")
      #expect(!string(result.xmp).contains("hdrgm"), "\(format)")
    }
    var turned = metadata
    #expect(turned.describe(MetadataTests.small.format, turned: true) == ["a gain map"])
    #expect(turned.gainMap == nil && !string(turned.xmp).contains("hdrgm"))
    #expect(metadata.converted(to: .srgb).gainMap == nil)
    #expect(metadata.meaningOfPixels.gainMap == nil)
    var large = metadata
    large.xmp! += [UInt8](repeating: 32, count: 65536)
    let (result, said) = large.translated(to: .jpeg)
    #expect(said == ["XMP over 64 KB", "a gain map"] && result.gainMap == nil)
  }
}

extension PictureReader {
  /// The samples of a whole file.
  fileprivate func decoded(_ file: [UInt8]) throws -> [UInt8] { try decode(file).samples() }
}
