import CImageCodecs
import TestSupport
import Testing

/// The search for short deflate streams: what zlib reads is what was written, in whatever parts.
@Suite("The shortest deflate stream")
struct ShortestDeflateTests {
  /// Bytes that are hard in one way or another.
  enum Kind: CaseIterable {
    case zeros, noise, twoValues, periods, farRepeats, sparse
  }

  private func bytes(_ kind: Kind, _ count: Int) -> [UInt8] {
    var noise = Noise(state: 7)
    func any() -> UInt8 { UInt8.random(in: 0...255, using: &noise) }
    var bytes: [UInt8] = []
    for place in 0..<count {
      switch kind {
      case .zeros: bytes.append(0)
      case .noise: bytes.append(any())
      case .twoValues: bytes.append(any() & 1)
      case .periods:
        let period = 2 + place / 3000
        bytes.append(place % 3000 < period ? any() : bytes[place - period])
      case .farRepeats: bytes.append(place < 32768 ? any() : bytes[place - 32768])
      case .sparse: bytes.append(place % 101 == 0 ? any() : 0)
      }
    }
    return bytes
  }

  private func deflate(_ shortest: OpaquePointer, _ bytes: [UInt8], isLast: Bool) -> [UInt8] {
    var output = [UInt8](repeating: 0, count: codec_deflate_bound(bytes.count))
    let length = codec_shortest_deflate(shortest, bytes, bytes.count, isLast ? 1 : 0, &output)
    return Array(output.prefix(length))
  }

  @Test(
    "parts that are deflated apart are one stream, and the same each time",
    arguments: Kind.allCases)
  func parts(_ kind: Kind) throws {
    let shortest = try #require(codec_shortest_open())
    defer { codec_shortest_close(shortest) }
    // More than a segment of 256 KiB.
    let all = bytes(kind, 300_000)
    for cuts in [[], [0], [1], [1000], [40_000, 40_001], [290_000]] {
      var stream: [UInt8] = []
      var start = 0
      for end in cuts + [all.count] {
        let (part, isLast) = (Array(all[start..<end]), end == all.count)
        let made = deflate(shortest, part, isLast: isLast)
        #expect(made == deflate(shortest, part, isLast: isLast))
        if !isLast { #expect(made.suffix(4) == [0, 0, 0xff, 0xff]) }
        stream += made
        start = end
      }
      #expect(inflatedZlib(zlibStream(stream, of: all), most: all.count) == all)
      // Five bytes for each 65,535 that are stored, and for each end of a part.
      #expect(stream.count <= all.count + all.count / 1000 + 16 * (cuts.count + 1))
    }
  }

  @Test("what repeats itself is short, from as far as deflate reaches")
  func repeats() throws {
    let shortest = try #require(codec_shortest_open())
    defer { codec_shortest_close(shortest) }
    let zeros = deflate(shortest, bytes(.zeros, 300_000), isLast: true)
    #expect(zeros.count < 600)
    let far = deflate(shortest, bytes(.farRepeats, 300_000), isLast: true)
    #expect(far.count < 36_000)
  }

  @Test("few bytes are few", arguments: 0..<20)
  func few(_ count: Int) throws {
    let shortest = try #require(codec_shortest_open())
    defer { codec_shortest_close(shortest) }
    for kind in Kind.allCases {
      let some = bytes(kind, count)
      let made = deflate(shortest, some, isLast: true)
      #expect(inflatedZlib(zlibStream(made, of: some), most: count) == some)
      #expect(made.count <= max(2, count + 5))
    }
  }
}
