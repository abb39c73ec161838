import CImageCodecs
import ImageCodecs
import TestSupport
import Testing

@Suite("Checksums, deflate and gzip")
struct CompressionTests {
  @Test("checksums of known texts")
  func known() {
    let digits = Array("123456789".utf8)
    #expect(codec_crc32(0, digits, digits.count) == 0xcbf4_3926)
    #expect(codec_adler32(1, digits, digits.count) == 0x091e_01de)
    #expect(codec_crc32(codec_crc32(0, digits, 4), Array(digits[4...]), 5) == 0xcbf4_3926)
    let (a, b) = (codec_adler32(1, digits, 4), codec_adler32(1, Array(digits[4...]), 5))
    #expect(codec_adler32_combine(a, b, 5) == 0x091e_01de)
  }

  /// Deflates in parts, each primed with what precedes, and wraps them as zlib does.
  private func zlib(_ bytes: [UInt8], part: Int, level: Int) -> [UInt8] {
    var deflated: [UInt8] = []
    let deflater = codec_deflater_open(Int32(level))
    defer { codec_deflater_close(deflater) }
    for start in stride(from: 0, to: bytes.count, by: part) {
      let before = Array(bytes[max(0, start - 32768)..<start])
      let here = Array(bytes[start..<min(start + part, bytes.count)])
      var output = [UInt8](repeating: 0, count: codec_deflate_bound(here.count))
      let count = codec_deflater_part(
        deflater, before, before.count, here, here.count, &output)
      #expect(count > 0)
      deflated += output[..<count]
    }
    return zlibStream(deflated + [3, 0], of: bytes)
  }

  @Test(
    "parts that are deflated apart are one stream", arguments: 0...9, [1, 1000, 40_000, 1 << 20])
  func parts(_ level: Int, part: Int) {
    var noise = Noise(state: 5)
    let length = part == 1 ? 300 : 150_000
    let bytes = (0..<length).map { i in
      i % 1000 < 600 ? UInt8(truncatingIfNeeded: i / 7) : UInt8.random(in: 0...255, using: &noise)
    }
    let file = zlib(bytes, part: part, level: level)
    #expect(inflatedZlib(file, most: bytes.count) == bytes)
  }

  @Test("repetition of the part before makes the next part short", arguments: [1, 3, 6])
  func primed(_ level: Int) {
    var noise = Noise(state: 6)
    let once = (0..<20_000).map { _ in UInt8.random(in: 0...255, using: &noise) }
    let file = zlib(once + once, part: 20_000, level: level)
    #expect(file.count < 25_000)
  }

  @Test("gzip files of the digits unpack to their lengths", .enabled(if: TestData.isThere))
  func gzip() throws {
    let packed = load(data("digits/t10k-labels-idx1-ubyte.gz"))
    let labels = try inflateGzip(packed, limit: 1 << 20)
    let count = labels[4..<8].reduce(0) { $0 << 8 | Int($1) }
    #expect(labels.count == 8 + count)
    #expect(try inflateGzip(packed + packed + [0, 0], limit: 1 << 20) == labels + labels)
  }

  @Test("a gzip file that is cut, altered or too long is an error", .enabled(if: TestData.isThere))
  func damaged() throws {
    let packed = load(data("digits/t10k-labels-idx1-ubyte.gz"))
    let size = try inflateGzip(packed, limit: 1 << 20).count
    #expect(throws: CodecError.gzipTooLong(limit: size - 1)) {
      try inflateGzip(packed, limit: size - 1)
    }
    for count in [0, 1, 9, 10, packed.count / 2, packed.count - 1] {
      #expect(throws: CodecError.self) { try inflateGzip(Array(packed[..<count]), limit: 1 << 20) }
    }
    for at in [0, 2, packed.count / 2, packed.count - 6, packed.count - 2] {
      var altered = packed
      altered[at] ^= 0x10
      #expect(throws: CodecError.self, "byte \(at)") { try inflateGzip(altered, limit: 1 << 20) }
    }
  }

  @Test("a damaged stream never moves the place in the input out of it")
  func placeInInput() throws {
    // A text in gzip, stored by Python's gzip module; every byte of it is altered in turn.
    let packed: [UInt8] = [
      0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0x02, 0x03, 0x4b, 0x4c, 0x4a, 0x4e, 0x49, 0x4d, 0x4b, 0xcf,
      0xc8, 0xcc, 0xca, 0xce, 0xc9, 0xcd, 0xcb, 0x2f, 0x28, 0x2c, 0x2a, 0x2e, 0x29, 0x2d, 0x2b,
      0xaf, 0xa8, 0xac, 0x02, 0, 0xbd, 0x50, 0x27, 0x4c, 0x1a, 0, 0, 0,
    ]
    for place in packed.indices {
      for mask: UInt8 in [0x01, 0x10, 0x80, 0xff] {
        var altered = packed
        altered[place] ^= mask
        for piece in [1, 7, altered.count] {
          let inflater = codec_inflater_open(CODEC_WRAP_GZIP)
          defer { codec_inflater_close(inflater) }
          var result = [UInt8](repeating: 0, count: 300)
          var start = 0
          var state = CODEC_INFLATE_WANTS_INPUT
          while start < altered.count, state == CODEC_INFLATE_WANTS_INPUT {
            let end = min(start + piece, altered.count)
            altered.withUnsafeBufferPointer { bytes in
              result.withUnsafeMutableBufferPointer { room in
                var input = bytes.baseAddress.map { $0 + start }
                var count = end - start
                var output = room.baseAddress
                var left = room.count
                state = codec_inflater_run(inflater, &input, &count, &output, &left)
                let next = input! - bytes.baseAddress!
                #expect((max(0, start - 8)...end).contains(next), "byte \(place)")
                #expect(next + count == end && (0...room.count).contains(left))
                start = max(next, start)
              }
            }
            if state == CODEC_INFLATE_WANTS_INPUT { start = end }
          }
        }
      }
    }
  }
}
