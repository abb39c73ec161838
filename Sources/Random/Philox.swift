/// A generator without state: random numbers are a function of a key and a counter.
///
/// Philox 4×32 with ten rounds. The key is the seed; the counter says what the number is for, so
/// any of them can be had at any time, in any order, on any thread.
///
/// - SeeAlso: Salmon et al., Parallel Random Numbers: As Easy as 1, 2, 3, SC 2011.
public struct Philox: Sendable, Equatable {
  /// What the numbers are for: different purposes share no numbers.
  public enum Purpose: UInt32, Sendable {
    case shuffle = 1
    case augmentation = 2
    case alternatingFlip = 3
    case split = 4
  }

  private let key: SIMD2<UInt32>
  private let purpose: UInt32

  public init(seed: UInt64, purpose: Purpose) {
    key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    self.purpose = purpose.rawValue
  }

  /// Four random words for (stream, index, draw).
  ///
  /// - Parameters:
  ///   - stream: an epoch, say.
  ///   - index: an example, say.
  ///   - draw: counts up where four words are not enough.
  public func words(stream: UInt32, index: UInt32, draw: UInt32 = 0) -> SIMD4<UInt32> {
    Philox.block(counter: SIMD4(index, stream, draw, purpose), key: key)
  }

  /// The function itself: one block for a counter and a key.
  public static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var (x, k) = (counter, key)
    for round in 0..<10 {
      if round > 0 { k &+= SIMD2(0x9E37_79B9, 0xBB67_AE85) }
      let first = UInt64(x[0]) &* 0xD251_1F53
      let second = UInt64(x[2]) &* 0xCD9E_8D57
      x = SIMD4(
        UInt32(second >> 32) ^ x[1] ^ k[0], UInt32(truncatingIfNeeded: second),
        UInt32(first >> 32) ^ x[3] ^ k[1], UInt32(truncatingIfNeeded: first))
    }
    return x
  }

  /// A number in `0..<bound` from one word: `⌊word · bound / 2³²⌋`.
  ///
  /// The chances differ by at most one part in 2³²/bound.
  public static func below(_ bound: Int, _ word: UInt32) -> Int {
    Int((UInt64(word) &* UInt64(bound)) >> 32)
  }
}
