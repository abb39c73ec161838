import CImageCodecs
import ImageCodecs
import PictureSupport
import Raster
import TestSupport
import Testing

/// Nothing that a file holds is lost without a word, and names are kept.
@Suite("apply, what has no place in the result")
struct ApplyLossTests {
  let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
    let named = Array(name.utf8) + content
    func word(_ value: Int) -> [UInt8] {
      (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
    }
    return word(content.count) + named + word(Int(codec_crc32(0, named, named.count)))
  }

  /// A PNG file with chunks behind its header.
  private static func png(_ chunks: [UInt8]) throws -> [UInt8] {
    let file = try TestPictures.pattern()
    return file[..<33] + chunks + file[33...]
  }

  @Test("frames of an animation are named; --in-place loses them only where it is told to")
  func animation() throws {
    let file = try Self.png(Self.chunk("acTL", [0, 0, 0, 2, 0, 0, 0, 0]))
    try folder.write(file, to: "a.png")
    let warned = try CommandRunner.apply("box", folder("a.png"), folder("out.png"))
    #expect(warned.status == .exited(0))
    #expect(
      warned.errors.contains(
        "a.png: warning: holds 2 frames of an animation besides its picture: left out"),
      "\(warned.errors)")
    let strict = try CommandRunner.apply("box", "--strict", folder("a.png"), folder("no.png"))
    #expect(strict.status == .exited(1) && folder.files == ["a.png", "out.png"])
    let refused = try CommandRunner.apply("box", "--in-place", folder("a.png"))
    #expect(refused.status == .exited(1) && refused.errors.contains("--first-picture"))
    #expect(folder.read("a.png") == file)
    let told = try CommandRunner.apply(
      "box", "--in-place", "--first-picture", "--strict", folder("a.png"))
    #expect(told.status == .exited(0) && told.errors.isEmpty, "\(told.errors)")
    #expect(folder.read("a.png") == folder.read("out.png"))
  }

  @Test("PFM is told with the option that makes floats, inks with the one that converts them")
  func remedies() throws {
    try folder.write(TestPictures.png(1, 1, .rgb, [1, 2, 3]), to: "a.png")
    let floats = try CommandRunner.apply("identity", folder("a.png"), folder("out.pfm"))
    #expect(
      floats.status == .exited(1) && floats.errors.contains("--depth f32"), "\(floats.errors)")
    let pam = "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 4\nMAXVAL 255\nTUPLTYPE CMYK\nENDHDR\n\0\0\0\0"
    try folder.write(Array(pam.utf8), to: "inks.pam")
    let mixed = try CommandRunner.apply("identity", "--strict", folder("inks.pam"), folder("i.png"))
    #expect(
      mixed.status == .exited(1) && mixed.errors.contains("its inks have no colour profile"),
      "\(mixed.errors)")
  }

  @Test("a colour behind the picture is no loss where the result is laid on it")
  func background() throws {
    let said = Self.chunk("bKGD", [0, 1, 0, 2, 0, 3])
    let alpha = try TestPictures.png(1, 1, .rgba, [0, 0, 0, 51])
    try folder.write(alpha[..<33] + said + alpha[33...], to: "alpha.png")
    let laid = try CommandRunner.apply("identity", folder("alpha.png"), folder("alpha.jpg"))
    #expect(laid.errors.contains("laid on its background") && !laid.errors.contains("bKGD"))
    let opaque = try TestPictures.png(1, 1, .rgb, [1, 2, 3])
    try folder.write(opaque[..<33] + said + opaque[33...], to: "opaque.png")
    let lost = try CommandRunner.apply(
      "identity", "--strict", folder("opaque.png"), folder("o.jpg"))
    #expect(lost.status == .exited(1) && lost.errors.contains("bKGD"), "\(lost.errors)")
  }

  @Test("what comes to light behind the picture stops --in-place before the input is gone")
  func behind() throws {
    let file = Array("P5 1 1 255\n\u{1}and more".utf8)
    try folder.write(file, to: "more.pgm")
    let refused = try CommandRunner.apply("identity", "--in-place", folder("more.pgm"))
    #expect(refused.status == .exited(1), "\(refused.errors)")
    #expect(folder.read("more.pgm") == file && folder.files == ["more.pgm"])
  }

  @Test("a result is what its name says, or there is none")
  func names() throws {
    try folder.write(TestPictures.png(1, 1, .rgb, [1, 2, 3]), to: "color.png")
    try folder.write(TestPictures.png(2, 1, .gray, [0, 255]), to: "gray.png")
    try folder.write(TestPictures.png(1, 1, .rgba, [0, 0, 0, 51]), to: "alpha.png")
    func head(_ input: String, _ output: String) throws -> String? {
      let result = try CommandRunner.apply("identity", "-f", folder(input), folder(output))
      #expect(result.status == .exited(folder.files.contains(output) ? 0 : 1))
      return folder.read(output).map { String(decoding: $0.prefix(2), as: UTF8.self) }
    }
    #expect(try head("color.png", "c.pgm") == nil)
    #expect(try head("color.png", "c.pbm") == nil)
    #expect(try head("color.png", "c.ppm") == "P6")
    #expect(try head("color.png", "c.pam") == "P7")
    #expect(try head("color.png", "c.pnm") == "P6")
    #expect(try head("gray.png", "g.pbm") == "P4")
    #expect(try head("gray.png", "g.pgm") == "P5")
    #expect(try head("gray.png", "g.ppm") == "P6")
    #expect(try head("alpha.png", "a.pnm") == "P7")
    #expect(try head("alpha.png", "a.ppm") == "P6")
    #expect(folder.read("a.ppm")?.suffix(3) == [204, 204, 204])
    let three = try CommandRunner.apply("box", "-f", folder("gray.png"), folder("levels.pbm"))
    #expect(three.status == .exited(1) && three.errors.contains("name it .pgm"), "\(three.errors)")
    try folder.write(Array("P4\n8 1\n\u{55}".utf8), to: "b.pbm")
    let same = try CommandRunner.apply("identity", "--in-place", folder("b.pbm"))
    #expect(same.status == .exited(0), "\(same.errors)")
    #expect(folder.read("b.pbm") == Array("P4\n8 1\n\u{55}".utf8))
  }

  @Test("16 bits with alpha are laid on white in 16 bits")
  func wideAlpha() throws {
    let format = PictureFormat(width: 1, height: 1, color: .grayAlpha, sample: .uint16)
    try folder.write(
      encodePNG(Picture(format, samples: [0, 13107] as [UInt16])), to: "in.png")
    let result = try CommandRunner.apply("identity", folder("in.png"), folder("out.pgm"))
    #expect(result.errors.contains("PGM holds no alpha: the result is laid on white"))
    #expect(folder.read("out.pgm").map { try? decode($0).samples() as [UInt16] } == [52428])
  }

  @Test("an orientation behind the pixels is obeyed, and named where it comes too late: in a pipe")
  func lateOrientation() throws {
    let picture = try TestPictures.pattern()
    let exif: [UInt8] = [
      0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0,
    ]
    try folder.write(
      picture.dropLast(12) + Self.chunk("eXIf", exif) + picture.suffix(12), to: "in.png")
    try folder.write(Self.png(Self.chunk("eXIf", exif)), to: "before.png")
    for name in ["in", "before"] {
      let result = try CommandRunner.apply(
        "sobel-x", "--strict", folder(name + ".png"), folder(name + "-x.png"))
      #expect(result.status == .exited(0) && result.errors.isEmpty, "\(result.errors)")
    }
    #expect(folder.read("in-x.png") == folder.read("before-x.png"))
    let piped = try CommandRunner.run(
      ["apply", "-k", "sobel-x", "-", folder("x.png")], input: folder.read("in.png") ?? [])
    #expect(piped.errors.contains("behind its pixels how to turn it"))
    let other = try CommandRunner.apply("box", "--strict", folder("in.png"), folder("b.png"))
    #expect(other.status == .exited(0), "\(other.errors)")
  }

  @Test("a text without a keyword stops no picture")
  func keyword() throws {
    try folder.write(Self.png(Self.chunk("tEXt", Array("\0hello".utf8))), to: "in.png")
    let result = try CommandRunner.apply("identity", folder("in.png"), folder("out.png"))
    #expect(result.status == .exited(0), "\(result.errors)")
    #expect(
      try TestPictures.samples(folder.read("out.png"))
        == TestPictures.samples(TestPictures.pattern()))
  }

  @Test("advice that was taken is not given again")
  func advice() throws {
    let file = try Array(TestPictures.pattern().prefix(40))
    try folder.write(file, to: "cut.png")
    let plain = try CommandRunner.apply("box", folder("cut.png"), folder("out.png"))
    #expect(plain.errors.contains("or use --tolerate-damage"), "\(plain.errors)")
    let tolerant = try CommandRunner.apply(
      "box", "--tolerate-damage", folder("cut.png"), folder("out.png"))
    #expect(tolerant.status == .exited(1) && tolerant.errors.contains("get a whole copy"))
    #expect(!tolerant.errors.contains("tolerate"), "\(tolerant.errors)")
  }

  @Test("a table that libjpeg cannot divide by ends neither the program nor its batch")
  func quantisation() throws {
    var file = try TestPictures.jpeg()
    // The first table of quantisation, with values of 16 bits: all of them 8192.
    let place = try #require(
      file.indices.first { file[$0...].starts(with: [0xff, 0xdb, 0, 0x43]) })
    file.replaceSubrange(
      place..<place + 0x45,
      with: [0xff, 0xdb, 0, 0x83, 0x10] + (0..<64).flatMap { _ in [0x20, 0] as [UInt8] })
    try folder.write(file, to: "in/a.jpg")
    try folder.write(TestPictures.jpeg(), to: "in/b.jpg")
    let result = try CommandRunner.apply("identity", folder("in"), folder("out"))
    #expect(result.status == .exited(0), "\(result.errors)")
    #expect(result.errors.contains("quantisation values over 8191"), "\(result.errors)")
    #expect(folder.read("out/a.jpg") != nil && folder.read("out/b.jpg") != nil)
  }

  @Test("a thumbnail of the picture as it was is in no result")
  func thumbnail() throws {
    let thumbnail: [UInt8] = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xd9]
    var metadata = Metadata()
    metadata.exif =
      [0x49, 0x49, 42, 0, 8, 0, 0, 0, 0, 0, 14, 0, 0, 0, 2, 0]
      + [1, 2, 4, 0, 1, 0, 0, 0, 44, 0, 0, 0, 2, 2, 4, 0, 1, 0, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0]
      + thumbnail
    let picture = try decode(TestPictures.jpeg())
    try folder.write(encode(picture, as: .jpeg, metadata: metadata), to: "in.jpg")
    for output in ["out.jpg", "out.png"] {
      let result = try CommandRunner.apply("box", "--strict", folder("in.jpg"), folder(output))
      #expect(result.status == .exited(0), "\(result.errors)")
      let exif = try PictureReader(.bytes(folder.read(output) ?? [])).metadata.exif
      #expect(exif == [0x49, 0x49, 42, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    }
  }
}
