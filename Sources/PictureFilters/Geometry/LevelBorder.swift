/// Windows that reach over the border where a level a channel stands beyond it, in real numbers.
///
///     out = ⌊(s + Σ n · level[c] + bias) / divisor + ½⌋        the sum over the taps beyond
///
/// Such levels lie between those of the picture: a pixel of padding could only come near.
struct LevelBorder: BorderRule {
  let sums: WindowPass
  private let divisor: Int
  private let bias: Int
  private let absolute: Bool
  private let top: Int
  /// Weight times level; one for each sample kept of a pixel.
  private let weights: [LiveWeights<Double>]

  /// - Parameters:
  ///   - levels: of each sample of a pixel, in levels of the input.
  ///   - top: the largest sample of the output.
  init(sums: WindowPass, kernel: IntegerKernel, levels: [Double], absolute: Bool, top: Int) {
    self.sums = sums
    divisor = kernel.divisor
    bias = kernel.bias
    self.absolute = absolute
    self.top = top
    weights = (0..<sums.kept).map { channel in
      LiveWeights(sums, kernel.weights, depth: kernel.depth) { weight, place in
        Double(weight) * levels[channel + place]
      }
    }
  }

  /// What the taps beyond the border add to a plain sum.
  func addend(row: Int, column: Int, channel: Int) -> Int64 {
    let weights = weights[channel]
    return Int64((weights.total - weights.sum(row: row, column: column)).rounded())
  }

  func sample(_ sum: Int64, row: Int, column: Int, channel: Int) -> Int {
    let whole = Int128(sum) + Int128(addend(row: row, column: column, channel: channel))
    return roundedQuotient(
      (absolute ? abs(whole) : whole) + Int128(bias), Int128(divisor), top: top)
  }
}
