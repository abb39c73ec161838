/// Windows that reach over the border, divided by the weights that lie inside.
///
///     out = ⌊(s · S / S_live + bias) / divisor + ½⌋
///
/// `s` sums over the live taps, `S` over all weights, `S_live` over the weights of live taps. Where
/// either is 0, or their signs differ, nothing is evened out (as with zeros beyond the border).
struct Truncation: BorderRule {
  let sums: WindowPass
  private let divisor: Int
  private let bias: Int
  private let absolute: Bool
  private let top: Int
  private let weights: LiveWeights<Int>

  init(sums: WindowPass, kernel: IntegerKernel, absolute: Bool, top: Int) {
    self.sums = sums
    divisor = kernel.divisor
    bias = kernel.bias
    self.absolute = absolute
    self.top = top
    weights = LiveWeights(sums, kernel.weights, depth: kernel.depth) { weight, _ in weight }
  }

  /// The sum of the weights that lie inside for one window.
  func liveSum(_ row: Int, _ column: Int) -> Int { weights.sum(row: row, column: column) }

  func sample(_ sum: Int64, row: Int, column: Int, channel: Int) -> Int {
    var (live, total) = (liveSum(row, column), weights.total)
    if live == 0 || live.signum() != total.signum() { (live, total) = (1, 1) }
    var numerator = Int128(sum) * Int128(total)
    var denominator = Int128(live)
    if denominator < 0 { (numerator, denominator) = (-numerator, -denominator) }
    if absolute && numerator < 0 { numerator = -numerator }
    let whole = denominator * Int128(divisor)
    return roundedQuotient(numerator + Int128(bias) * denominator, whole, top: top)
  }
}

/// `⌊numerator / denominator + ½⌋`, cut to `0 … top`; the denominator is positive.
func roundedQuotient(_ numerator: Int128, _ denominator: Int128, top: Int) -> Int {
  if numerator <= 0 {
    // Above −½ the result is 0 as well.
    return 0
  }
  if let small = Int64(exactly: 2 * numerator + denominator),
    let divisor = Int64(exactly: 2 * denominator)
  {
    return Int(min(small / divisor, Int64(top)))
  }
  return Int(min((2 * numerator + denominator) / (2 * denominator), Int128(top)))
}
