/// A random generator without state: the number at place `counter` of the stream `key`.
///
/// Any place can be asked at any time by any thread, so that training continues in the middle of
/// an epoch and runs on any number of threads with the same numbers. A number costs two
/// multiplications: little enough for one at every value of a map.
///
///     bits(c) = mix(key + (c + 1) · 0x9E3779B97F4A7C15)
///
/// This is SplitMix64, entered at any place.
///
/// - SeeAlso: Steele, Lea, Flood, Fast Splittable Pseudorandom Number Generators, OOPSLA 2014.
@frozen public struct CounterRandom: Sendable, Hashable {
  /// What numbers are drawn for; different purposes have independent streams.
  public enum Purpose: UInt64, Sendable {
    case weights = 1
    case dropout = 2
    case shuffle = 3
    case augmentation = 4
    case alternatingFlip = 5
    case split = 6
    case mixup = 7
  }

  public let key: UInt64

  @inlinable public init(key: UInt64) { self.key = key }

  /// The stream for a purpose at a place of the run (an epoch, a step, a layer…).
  public init(seed: UInt64, _ purpose: Purpose, _ place: UInt64...) {
    var key = Self.mix(seed &+ purpose.rawValue &* 0xD1B5_4A32_D192_ED03)
    for part in place { key = Self.mix(key ^ Self.mix(part &+ 0x9E37_79B9_7F4A_7C15)) }
    self.key = key
  }

  /// 64 random bits at place `counter`.
  @inlinable public func bits(_ counter: UInt64) -> UInt64 {
    Self.mix(key &+ (counter &+ 1) &* 0x9E37_79B9_7F4A_7C15)
  }

  /// A number in 0 ..< 1 at place `counter` (24 bits).
  @inlinable public func uniform(_ counter: UInt64) -> Float {
    Float(bits(counter) >> 40) * 0x1p-24
  }

  /// A number in `0..<bound` at place `counter`: `⌊bits · bound / 2⁶⁴⌋`.
  ///
  /// The chances differ by at most one part in 2⁶⁴/bound.
  @inlinable public func below(_ bound: Int, at counter: UInt64) -> Int {
    Int(bits(counter).multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// One of two at place `counter`, each as often as the other.
  @inlinable public func coin(_ counter: UInt64) -> Bool { bits(counter) >> 63 == 1 }

  @inlinable static func mix(_ value: UInt64) -> UInt64 {
    var bits = value
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }
}
