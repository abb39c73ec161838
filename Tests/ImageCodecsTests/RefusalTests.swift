import ImageCodecs
import Raster
import Testing

/// What is refused is refused with what helps.
@Suite("Refusals")
struct RefusalTests {
  @Test(
    "what would be held is told of the format",
    arguments: [
      (FileFormat.png, "interlacing"), (.jpeg, "scans"), (.bmp, "runs"), (.tiff, "tiles or strips"),
      (.npy, "order of C"), (.gif, "smaller"),
    ])
  func held(_ format: FileFormat, remedy: String) {
    let error = CodecError.decoderTooLarge(format, bytes: 200, limit: 100)
    #expect("\(error)".hasSuffix(remedy) || "\(error)".contains(remedy))
    #expect(error.refusal.contains(remedy) && !error.refusal.contains("raise"))
    #expect(format == .png || format == .jpeg || !"\(error)".contains("interlac"))
  }

  @Test("runs of BMP beyond the limit are refused as such")
  func runs() {
    func short(_ value: Int) -> [UInt8] { [UInt8(value & 255), UInt8(value >> 8)] }
    func long(_ value: Int) -> [UInt8] { short(value & 0xffff) + short(value >> 16) }
    let header =
      long(40) + long(20000) + long(20000) + short(1) + short(8) + long(1) + long(0) + long(0)
      + long(0) + long(2) + long(0)
    let file =
      Array("BM".utf8) + long(62) + long(0) + long(62) + header + [0, 0, 0, 0, 255, 255, 255, 0]
    #expect(throws: CodecError.decoderTooLarge(.bmp, bytes: 400_000_000, limit: 160 << 20)) {
      try PictureReader(.bytes(file))
    }
  }

  @Test(
    "shapes of NumPy come with what brings them here",
    arguments: [
      ("(1, 4, 4, 3)", "save a[0]"), ("(5,)", "save a.reshape(height, width)"),
      ("()", "save a.reshape(height, width)"), ("(3, 4, 0)", "at least a pixel"),
    ])
  func shapes(_ shape: String, remedy: String) {
    let text = "{'descr': '|u1', 'fortran_order': False, 'shape': \(shape), }\n"
    let file = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count), 0] + Array(text.utf8)
    do {
      _ = try PictureReader(.bytes(file + [UInt8](repeating: 0, count: 64)))
      Issue.record("it is no picture")
    } catch {
      #expect("\(error)".contains(remedy), "\(error)")
    }
  }

  @Test("an empty file, and floats that are asked for")
  func remedies() {
    #expect("\(CodecError.emptyFile)".contains(";"))
    #expect("\(CodecError.cannotStore(.pfm, .rgb, .uint8))".contains("ask for floats"))
    #expect("\(CodecError.cannotStore(.jpeg, .rgb, .uint16))".contains("depth"))
  }

  @Test(
    "a TIFF file whose pages go round ends where it begins again, with a warning",
    .enabled(if: FileFormat.written.contains(.tiff)))
  func loops() throws {
    var file = tiff()
    #expect(try read(file).warnings == [])
    // Behind a pixel, its padding, the count and nine fields: where the next directory stands.
    file.replaceSubrange(120..<124, with: [10, 0, 0, 0])
    let warnings = try read(file).warnings
    #expect(warnings.count == 1 && warnings[0].contains("the file ends there"), "\(warnings)")
  }

  @Test(
    "a mask of transparency is read as gray, with a warning",
    .enabled(if: FileFormat.written.contains(.tiff)))
  func masks() throws {
    let reader = try read(tiff([0, 255], photometric: 4))
    #expect(reader.warnings == ["a mask of what is transparent is taken for a gray picture"])
    #expect(try decode(tiff([0, 255], photometric: 4)).samples(as: UInt8.self) == [0, 255])
  }

  @Test("inks that are mixed as light are named, with a profile and without")
  func inks() throws {
    let picture = testPicture(PictureFormat(width: 3, height: 2, color: .cmyk, sample: .uint8))
    for format in [FileFormat.jpeg, .tiff] where FileFormat.written.contains(format) {
      let plain = try encode(picture, as: format)
      #expect(
        try read(plain).warnings == ["its inks have no colour profile: they are mixed as light"])
      #expect(try PictureReader(.bytes(plain), keepsCMYK: true).warnings == [])
      var metadata = Metadata()
      var profile = [UInt8](repeating: 0, count: 132)
      profile.replaceSubrange(16..<20, with: Array("CMYK".utf8))
      profile.replaceSubrange(36..<40, with: Array("acsp".utf8))
      metadata.colorProfile = Metadata.ColorProfile(name: "icc", bytes: profile)
      let reader = try read(encode(picture, as: format, metadata: metadata))
      #expect(reader.warnings.count == 1 && reader.warnings[0].contains("convert through it"))
      #expect(reader.metadata.colorProfile == nil)
    }
    let pam = "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 4\nMAXVAL 255\nTUPLTYPE CMYK\nENDHDR\n\0\0\0\0"
    #expect(
      try read(Array(pam.utf8)).warnings
        == ["its inks have no colour profile: they are mixed as light"])
  }
}
