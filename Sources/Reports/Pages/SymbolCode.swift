/// Bytes in about as many bits as their counts make them worth: asymmetric numeral systems, byte by byte.
///
/// The page's script `packed.js` reads them.
///
/// - SeeAlso: Duda, arXiv:1311.2540; Giesen, "Interleaved entropy coders", arXiv:1402.3392.
public struct SymbolCode: Sendable, Hashable {
  /// How many of the 4096 slots each of 256 symbols has.
  public let frequencies: [Int]
  public let bytes: [UInt8]

  static let slots = 4096
  private static let lowest: UInt32 = 1 << 23

  public init(_ symbols: [UInt8]) {
    frequencies = Self.frequencies(symbols)
    var starts = [0]
    for frequency in frequencies { starts.append(starts.last! + frequency) }
    var state = Self.lowest
    // The last symbol first: a reader gets them in their order.
    var backwards: [UInt8] = []
    for symbol in symbols.reversed() {
      let frequency = UInt32(frequencies[Int(symbol)])
      while state >= ((Self.lowest / UInt32(Self.slots)) << 8) * frequency {
        backwards.append(UInt8(truncatingIfNeeded: state))
        state >>= 8
      }
      let (share, rest) = state.quotientAndRemainder(dividingBy: frequency)
      state = share * UInt32(Self.slots) + rest + UInt32(starts[Int(symbol)])
    }
    for shift in stride(from: UInt32(0), to: 32, by: 8) {
      backwards.append(UInt8(truncatingIfNeeded: state >> shift))
    }
    bytes = backwards.reversed()
  }

  /// Shares of the slots as near to those of the symbols as may be; what occurs has one at least.
  private static func frequencies(_ symbols: [UInt8]) -> [Int] {
    var counts = [Int](repeating: 0, count: 256)
    for symbol in symbols { counts[Int(symbol)] += 1 }
    if symbols.isEmpty { counts[0] = 1 }
    let all = counts.reduce(0, +)
    var shares = counts.map { $0 == 0 ? 0 : max(1, $0 * slots / all) }
    // The commonest ones bear what rounding left or took.
    var left = slots - shares.reduce(0, +)
    while left != 0 {
      let most = shares.indices.max { shares[$0] < shares[$1] }!
      let step = max(left, -(shares[most] / 2))
      shares[most] += step
      left -= step
    }
    return shares
  }
}
