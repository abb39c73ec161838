/// Weights parted into 16-bit ones whose sums over samples stay small:
///
///     weight = Σ part · 2^shift
struct WeightParts {
  struct ShiftedWeights {
    var weights: [Int32]
    var shift: Int
  }

  /// From the lowest digits up; at least one.
  let parts: [ShiftedWeights]

  /// More are no faster than sums in 64 bits.
  private static let most = 3

  /// - Parameters:
  ///   - top: the largest sample.
  ///   - largest: the magnitude that no sum may exceed, at most that of 32 bits.
  /// - Throws: `BodyRefusal.tooManyParts`.
  init(_ weights: [Int], top: Int, largest: Int = Int(Int32.max)) throws(BodyRefusal) {
    func fit(_ weights: [Int]) -> Bool {
      guard weights.allSatisfy({ Int16(exactly: $0) != nil }) else { return false }
      let sums = sumBounds(weights, top: top)
      return max(-sums.lowerBound, sums.upperBound) <= largest
    }
    var parts: [ShiftedWeights] = []
    var rest = weights
    var shift = 0
    while !fit(rest) {
      guard parts.count + 1 < Self.most,
        let bits = (1...15).last(where: { fit(Self.digits(rest, $0)) })
      else { throw .tooManyParts }
      let low = Self.digits(rest, bits)
      if low.contains(where: { $0 != 0 }) {
        parts.append(ShiftedWeights(weights: low.map { Int32($0) }, shift: shift))
      }
      rest = zip(rest, low).map { ($0 - $1) >> bits }
      shift += bits
    }
    parts.append(ShiftedWeights(weights: rest.map { Int32($0) }, shift: shift))
    self.parts = parts
  }

  /// The lowest bits, as numbers of either sign.
  private static func digits(_ weights: [Int], _ bits: Int) -> [Int] {
    let shift = Int.bitWidth - bits
    return weights.map { ($0 << shift) >> shift }
  }
}
