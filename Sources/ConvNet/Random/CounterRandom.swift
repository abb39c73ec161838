/// A random generator without state: the number at place `counter` of the stream `key`.
///
/// Any place can be asked at any time by any thread, so that training continues in the middle of
/// an epoch and runs on any number of threads with the same numbers.
///
///     bits(c) = mix(key + (c + 1) · 0x9E3779B97F4A7C15)
///
/// - SeeAlso: Steele, Lea, Flood, Fast Splittable Pseudorandom Number Generators, OOPSLA 2014.
public struct CounterRandom: Sendable, Hashable {
  /// What numbers are drawn for; different purposes have independent streams.
  public enum Purpose: UInt64, Sendable {
    case weights = 1
    case dropout = 2
    case shuffle = 3
    case augmentation = 4
    case split = 5
  }

  public let key: UInt64

  public init(key: UInt64) { self.key = key }

  /// The stream for a purpose at a place of the run (an epoch, a step, a layer…).
  public init(seed: UInt64, _ purpose: Purpose, _ place: UInt64...) {
    var key = Self.mix(seed &+ purpose.rawValue &* 0xD1B5_4A32_D192_ED03)
    for part in place { key = Self.mix(key ^ Self.mix(part &+ 0x9E37_79B9_7F4A_7C15)) }
    self.key = key
  }

  /// 64 random bits at place `counter`.
  public func bits(_ counter: UInt64) -> UInt64 {
    Self.mix(key &+ (counter &+ 1) &* 0x9E37_79B9_7F4A_7C15)
  }

  /// A number in 0 ..< 1 at place `counter` (24 bits).
  public func uniform(_ counter: UInt64) -> Float {
    Float(bits(counter) >> 40) * 0x1p-24
  }

  /// A whole number in 0 ..< `bound` (≥ 1) at place `counter`; bias below 2⁻³².
  public func below(_ bound: Int, _ counter: UInt64) -> Int {
    Int(bits(counter).multipliedFullWidth(by: UInt64(bound)).high)
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    var bits = value
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }
}

/// A shuffle without memory: position → index, one to one on 0 ..< count.
///
/// Four Feistel rounds on ⌈log₂ count⌉ bits (rounded up to even), walked until inside.
///
/// - SeeAlso: Black, Rogaway, Ciphers with Arbitrary Finite Domains, CT-RSA 2002.
public struct FeistelShuffle: Sendable {
  public let count: Int
  private let halfBits: UInt64
  private let random: CounterRandom

  public init(count: Int, _ random: CounterRandom) {
    precondition(count >= 1, "a shuffle of at least one")
    self.count = count
    self.random = random
    let bits = max(2, Int.bitWidth - (count - 1).leadingZeroBitCount)
    halfBits = UInt64((bits + 1) / 2)
  }

  /// The index at `position` (0 ..< count).
  public subscript(position: Int) -> Int {
    precondition(position >= 0 && position < count, "a position within the shuffle")
    let mask = (UInt64(1) << halfBits) - 1
    var value = UInt64(position)
    repeat {
      var left = value >> halfBits
      var right = value & mask
      for round in 0..<UInt64(4) {
        (left, right) = (right, left ^ (random.bits(round << 56 | right) & mask))
      }
      value = left << halfBits | right
    } while value >= UInt64(count)
    return Int(value)
  }
}
