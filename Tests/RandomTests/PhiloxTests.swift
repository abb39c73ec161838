import Random
import Testing

@Suite("Philox")
struct PhiloxTests {
  /// The known answers of the authors' own test file for `philox4x32 10`.
  @Test(
    "gives the known answers",
    arguments: [
      (
        SIMD4<UInt32>(0, 0, 0, 0), SIMD2<UInt32>(0, 0),
        SIMD4<UInt32>(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)
      ),
      (
        SIMD4(repeating: UInt32.max), SIMD2(repeating: UInt32.max),
        SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)
      ),
      (
        SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344),
        SIMD2(0xa409_3822, 0x299f_31d0),
        SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)
      ),
    ])
  func knownAnswers(counter: SIMD4<UInt32>, key: SIMD2<UInt32>, expected: SIMD4<UInt32>) {
    #expect(Philox.block(counter: counter, key: key) == expected)
  }

  @Test("other seeds, purposes, streams, indices and draws give other numbers")
  func independent() {
    let words = [
      Philox(seed: 1, purpose: .shuffle).words(stream: 0, index: 0),
      Philox(seed: 2, purpose: .shuffle).words(stream: 0, index: 0),
      Philox(seed: 1 << 32 | 1, purpose: .shuffle).words(stream: 0, index: 0),
      Philox(seed: 1, purpose: .split).words(stream: 0, index: 0),
      Philox(seed: 1, purpose: .shuffle).words(stream: 1, index: 0),
      Philox(seed: 1, purpose: .shuffle).words(stream: 0, index: 1),
      Philox(seed: 1, purpose: .shuffle).words(stream: 0, index: 0, draw: 1),
    ]
    #expect(Set(words).count == words.count)
  }

  @Test("a shuffle is a permutation, differs from epoch to epoch, and puts everything everywhere")
  func shuffle() {
    let generator = Philox(seed: 7, purpose: .shuffle)
    for count in [0, 1, 2, 3, 5, 1000] {
      let order = Shuffle.order(of: count, by: generator, stream: 3)
      #expect(order.sorted() == (0..<Int32(count)).map { $0 })
    }
    let orders = (0..<6000).map { Shuffle.order(of: 3, by: generator, stream: UInt32($0)) }
    for permutation in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
      // 1000 expected, deviation 29: five deviations either way.
      let count = orders.count { $0 == permutation.map(Int32.init) }
      #expect((855...1145).contains(count))
    }
  }
}
