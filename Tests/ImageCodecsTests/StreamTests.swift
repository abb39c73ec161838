import ImageCodecs
import Libc
import Raster
import TestSupport
import Testing

@Suite("Descriptors and pipes")
struct StreamTests {
  /// PFM holds floats alone.
  static func picture(for format: FileFormat) -> Picture {
    testPicture(
      PictureFormat(
        width: 500, height: 400, color: .rgb, sample: format == .pfm ? .float32 : .uint8))
  }

  @Test("a picture goes through a pipe in small pieces", arguments: FileFormat.written)
  func pipe(_ format: FileFormat) throws {
    let bytes = try encode(Self.picture(for: format), as: format)
    var ends: [Int32] = [0, 0]
    try #require(Self.makePipe(&ends) == 0)
    let feeding = ends[1]
    let team = ThreadTeam(threads: 2)
    nonisolated(unsafe) var result: Picture?
    let reading = ends[0]
    team.run(2) { task in
      if task == 0 {
        var start = 0
        while start < bytes.count {
          let part = min(777, bytes.count - start)
          start += bytes.withUnsafeBytes { write(feeding, $0.baseAddress! + start, part) }
        }
        close(feeding)
      } else {
        result = try? PictureReader(.descriptor(reading)).readPicture()
      }
    }
    close(reading)
    #expect(try content(#require(result)) == content(decode(bytes)))
  }

  @Test(
    "a descriptor gets the same bytes as memory, from where it stands",
    arguments: FileFormat.written)
  func descriptor(_ format: FileFormat) throws {
    let file = try #require(tmpfile())
    defer { fclose(file) }
    let descriptor = fileno(file)
    try #require(write(descriptor, "head", 4) == 4)
    let picture = Self.picture(for: format)
    let writer = try PictureWriter(picture.format, as: format, to: .descriptor(descriptor))
    try writer.write(picture)
    let expected = try encode(picture, as: format)
    #expect(lseek(descriptor, 0, SEEK_CUR) == off_t(4 + expected.count))
    lseek(descriptor, 4, SEEK_SET)
    let back = try PictureReader(.descriptor(descriptor)).readPicture()
    #expect(try content(back) == content(decode(expected)))
  }

  @Test(
    "a full disk is told as such", .enabled(if: access("/dev/full", W_OK) == 0),
    arguments: FileFormat.written)
  func full(_ format: FileFormat) throws {
    let full = open("/dev/full", O_WRONLY)
    defer { close(full) }
    let picture = Self.picture(for: format)
    #expect(throws: CodecError.writeFailed(errno: ENOSPC)) {
      let writer = try PictureWriter(picture.format, as: format, to: .descriptor(full))
      try writer.write(picture)
    }
  }

  @Test("a pipe that nobody reads any more is told as such")
  func broken() throws {
    signal(SIGPIPE, SIG_IGN)
    var ends: [Int32] = [0, 0]
    try #require(Self.makePipe(&ends) == 0)
    close(ends[0])
    defer { close(ends[1]) }
    #expect(throws: CodecError.writeFailed(errno: EPIPE)) {
      let picture = Self.picture(for: .png)
      let writer = try PictureWriter(picture.format, as: .png, to: .descriptor(ends[1]))
      try writer.write(picture)
    }
  }

  @Test("a folder cannot be read")
  func folder() {
    let descriptor = open("/", O_RDONLY)
    defer { close(descriptor) }
    #expect(throws: CodecError.readFailed(errno: EISDIR)) {
      try PictureReader(.descriptor(descriptor))
    }
  }

  @Test("files that are no pictures are told as such")
  func strangers() {
    #expect(throws: CodecError.emptyFile) { try decode([]) }
    for text in ["GIF89a......", "BM", "P8 1 1 255 ", "\u{0}", "PNG", "{}", "P5"] {
      #expect(throws: CodecError.self) { try decode(Array(text.utf8)) }
    }
    #expect(throws: CodecError.unknownFormat) { try decode(Array("GIF89b".utf8)) }
  }

  @Test("PNG files cut anywhere, or with one byte changed, are refused")
  func damaged() throws {
    let small = testPicture(PictureFormat(width: 40, height: 30, color: .rgb, sample: .uint8))
    let whole = try encodePNG(small)
    for count in stride(from: 0, to: whole.count, by: 13) {
      #expect(throws: CodecError.self) { try decode(Array(whole[..<count])) }
    }
    for at in stride(from: 0, to: whole.count, by: 17) {
      var changed = whole
      changed[at] ^= 0x04
      #expect(throws: CodecError.self, "byte \(at)") { try decode(changed) }
    }
  }

  @Test("where damage is tolerated, rows before it are right and the rest is gray")
  func tolerated() throws {
    let picture = Self.picture(for: .png)
    let whole = try encodePNG(picture, level: 0)
    let reader = try PictureReader(.bytes(Array(whole[..<(whole.count / 2)])), damage: .tolerate)
    let half = try content(reader.readPicture())
    let expected = content(picture)
    let row = picture.format.bytesPerRow
    #expect(half[..<(100 * row)] == expected[..<(100 * row)])
    #expect(half.suffix(row).allSatisfy { $0 == 128 })
    #expect(reader.isDamaged && !reader.warnings.isEmpty)
  }

  static func makePipe(_ ends: inout [Int32]) -> Int32 {
    #if canImport(Glibc)
      Glibc.pipe(&ends)
    #else
      Darwin.pipe(&ends)
    #endif
  }
}
