import CImageCodecs
import ImageCodecs
import Raster
import Testing

/// What files hold besides the picture is named, and nothing of it is left to speak of what is gone.
@Suite("Besides the picture")
struct OthersTests {
  private static func control(_ number: Int) -> [UInt8] {
    chunk("fcTL", word(number) + word(2) + word(2) + [UInt8](repeating: 0, count: 14))
  }

  @Test("frames of an animation in PNG")
  func frames() throws {
    let frame = chunk("fdAT", word(2) + [1, 2, 3])
    let animated = try png(
      chunk("acTL", word(3) + word(0)) + Self.control(0), behind: Self.control(1) + frame)
    #expect(try read(animated).others == ["2 frames of an animation"])
    let besides = try png(chunk("acTL", word(1) + word(0)), behind: Self.control(0) + frame)
    #expect(try read(besides).others == ["1 frame of an animation"])
    #expect(try read(png(chunk("acTL", word(1) + word(0)) + Self.control(0))).others == [])
    #expect(try read(png(chunk("acTL", [0, 0]))).others == [])
  }

  @Test("data behind the end, but not zeros that fill a block")
  func behind() throws {
    #expect(try read(png(end: [0, 0, 7])).others == ["data behind the picture"])
    #expect(try read(png(end: [0, 0])).others == [])
    #expect(try read(jpeg(end: [0, 0] + jpeg())).others == ["data behind the picture"])
    #expect(try read(jpeg(end: [0, 0])).others == [])
    let floats = Array("Pf\n2 1\n-1\n".utf8) + [UInt8](repeating: 1, count: 8)
    #expect(try read(floats + floats).others == ["data behind the picture"])
    #expect(try read(floats + [0, 0]).others == [])
  }

  @Test("the video of a motion photo in AVIF", .enabled(if: FileFormat.written.contains(.avif)))
  func motion() throws {
    let said = """
      <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF \
      xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" \
      xmlns:GCamera="http://ns.google.com/photos/1.0/camera/" GCamera:MotionPhoto="1"/>\
      </rdf:RDF></x:xmpmeta>
      """
    var metadata = Metadata()
    metadata.xmp = Array(said.utf8)
    let file = try encode(MetadataTests.small, as: .avif, metadata: metadata)
    #expect(try read(file).others == ["a video (motion photo)"])
    #expect(try !string(read(file).metadata.xmp).contains("MotionPhoto"))
    let plain = try encode(MetadataTests.small, as: .avif)
    #expect(try read(plain).others == [])
    let video = word(12) + Array("mpvd".utf8) + [1, 2, 3, 4]
    #expect(try read(plain + video).others == ["a video (motion photo)"])
    #expect(try read(file + video).others == ["a video (motion photo)"])
    #expect(try read(plain + [0, 0, 1]).others == ["data behind the picture"])
    #expect(try read(plain + [0, 0]).others == [])
  }

  @Test(
    "the gain map of a JPEG XL file, and what speaks of it",
    .enabled(if: FileFormat.written.contains(.jpegXL)))
  func gainMapOfJPEGXL() throws {
    let said = """
      <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF \
      xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" \
      xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0"/></rdf:RDF></x:xmpmeta>
      """
    var metadata = Metadata()
    metadata.xmp = Array(said.utf8)
    let file = try encode(MetadataTests.small, as: .jpegXL, metadata: metadata)
    let map = word(12) + Array("jhgm".utf8) + [0, 0, 0, 0]
    for file in [file, file + map] {
      #expect(try read(file).others == ["a gain map (HDR)"])
      #expect(try !string(read(file).metadata.xmp).contains("hdrgm:"))
    }
  }

  private func string(_ bytes: [UInt8]?) -> String { String(decoding: bytes ?? [], as: UTF8.self) }

  @Test("gain maps and second pictures of JPEG, with all that speaks of them")
  func gainMap() throws {
    let xmp = """
      <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF \
      xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""%%
      """
    func packet(_ attributes: String, _ content: String) -> [UInt8] {
      Array(
        (xmp.dropLast(2)
          + "\(attributes) q:Rating=\"3\">\(content)</rdf:Description></rdf:RDF></x:xmpmeta>")
          .utf8)
    }
    let segments =
      segment(
        0xe1,
        Array("http://ns.adobe.com/xap/1.0/\0".utf8)
          + packet(
            " xmlns:h=\"http://ns.adobe.com/hdr-gain-map/1.0/\" h:Version=\"1.0\""
              + " xmlns:C='http://ns.google.com/photos/1.0/container/'",
            "<C:Directory><rdf:Seq><rdf:li C:Length=\"5\"/></rdf:Seq></C:Directory><h:GainMapMin/>")
      )
      + segment(0xe2, Array("urn:iso:std:iso:ts:21496:-1\0\0\0\0\0".utf8))
      + segment(0xe2, Array("MPF\0MM\0*\0\0\0\u{8}".utf8))
      + segment(0xe4, [1, 0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xdb, 0, 2])
    let reader = try read(jpeg(segments, end: jpeg()))
    #expect(
      reader.others == [
        "a gain map (ISO 21496-1)", "further pictures (MPF)", "a picture in a segment (APP4)",
        "a gain map (HDR)", "further pictures",
      ])
    #expect(reader.metadata.xmp == packet("", ""))
    #expect(reader.metadata.applicationSegments == [])
  }

  @Test("a picture in extended XMP goes; other extended XMP stays")
  func extended() throws {
    let name =
      Array("http://ns.adobe.com/xmp/extension/\0".utf8) + [UInt8](repeating: 65, count: 40)
    let xmp = Array(
      """
      http://ns.adobe.com/xap/1.0/\0<rdf:Description xmlns:n='http://ns.adobe.com/xmp/note/' \
      n:HasExtendedXMP='A' n:Other='B'/>
      """.utf8)
    let image = Array(
      "<rdf:Description xmlns:G='http://ns.google.com/photos/1.0/image/' G:Data='/9j/'/>".utf8)
    let gone = try read(jpeg(segment(0xe1, xmp) + segment(0xe1, name + image)))
    #expect(gone.others == ["the picture before its focus"])
    #expect(gone.metadata.applicationSegments == [])
    #expect(
      gone.metadata.xmp
        == Array("<rdf:Description xmlns:n='http://ns.adobe.com/xmp/note/' n:Other='B'/>".utf8))
    let kept = try read(jpeg(segment(0xe1, xmp) + segment(0xe1, name + Array("<a/>".utf8))))
    #expect(kept.others == [])
    #expect(kept.metadata.applicationSegments.map(\.bytes) == [name + Array("<a/>".utf8)])
  }

  @Test("chunks of colours and places stay, those of pixels go")
  func colors() throws {
    let kept =
      chunk("cICP", [9, 16, 0, 1]) + chunk("mDCV", [UInt8](repeating: 1, count: 24))
      + chunk("cLLI", [UInt8](repeating: 2, count: 8)) + chunk("oFFs", word(1) + word(2) + [0])
    let file = try png(kept + chunk("sBIT", [4]))
    #expect(
      try read(file).warnings
        == ["the chunk sBIT may belong to these pixels only: it is left out"])
    let lost = try read(png(chunk("prVX", [1]) + chunk("iDOT", [2]))).warnings
    #expect(lost == ["the chunk prVX may belong to these pixels only: it is left out"])
    let metadata = try read(file).metadata
    #expect(metadata.chunks.map(\.name) == ["cICP", "mDCV", "cLLI", "oFFs"])
    let again = try encode(
      Picture(
        PictureFormat(width: 2, height: 2, color: .gray, sample: .uint8),
        samples: [1, 2, 3, 4] as [UInt8]),
      as: .png, metadata: metadata)
    #expect(try again == png(kept))
    #expect(metadata.meaningOfPixels.chunks.map(\.name) == ["cICP", "mDCV", "cLLI"])
  }

  @Test("Apple's own kind of PNG is not called damaged")
  func apple() throws {
    var file = try png()
    file.insert(contentsOf: chunk("CgBI", [0x50, 0, 0x20, 2]), at: 8)
    #expect {
      try read(file)
    } throws: { error in
      if case CodecError.unsupported(.png, _) = error { true } else { false }
    }
  }
}
