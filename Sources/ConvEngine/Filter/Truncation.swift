/// Windows that reach over the border, divided by the weights that lie inside.
///
///     out = ⌊(s · S / S_live + bias) / divisor + ½⌋
///
/// `s` sums over the live taps, `S` over all weights, `S_live` over the weights of live taps. Where
/// either is 0, or their signs differ, nothing is evened out (as with zeros beyond the border).
struct Truncation: Sendable {
  /// Plain sums, in 64 bits, with zeros beyond the border.
  let sums: WindowPass
  let divisor: Int
  let bias: Int
  let absolute: Bool
  let top: Int
  /// `prefix[j][i]`: the sum of the weights of the first j rows and i columns of taps.
  private let prefix: [Int]
  private let total: Int

  init(sums: WindowPass, kernel: IntegerKernel, absolute: Bool, top: Int) {
    self.sums = sums
    divisor = kernel.divisor
    bias = kernel.bias
    self.absolute = absolute
    self.top = top
    total = kernel.sum
    let width = kernel.width
    let numerators = kernel.numerators
    var prefix = [Int](repeating: 0, count: (kernel.height + 1) * (width + 1))
    for j in 0..<kernel.height {
      var line = 0
      for i in 0..<width {
        for c in 0..<kernel.depth { line += numerators[(j * width + i) * kernel.depth + c] }
        prefix[(j + 1) * (width + 1) + i + 1] = prefix[j * (width + 1) + i + 1] + line
      }
    }
    self.prefix = prefix
  }

  /// Computes anew what lies at the border.
  func finish(
    _ rows: Range<Int>, source: UnsafePointer<UnsafeRawPointer>, rowBase: Int,
    output: UnsafePointer<UnsafeMutableRawPointer>, element: Element, scratch: Scratch
  ) {
    let columns = 0..<sums.horizontal.output
    let innerRows = sums.vertical.innerWindows
    let innerColumns = sums.horizontal.innerWindows
    for row in rows {
      let edges =
        innerRows.contains(row)
        ? [0..<innerColumns.lowerBound, innerColumns.upperBound..<columns.upperBound]
        : [columns]
      for edge in edges where !edge.isEmpty {
        let line = scratch.array(of: Int64.self, edge.count * sums.kept)
        var target = UnsafeMutableRawPointer(line)
        sums.run(
          rows: row..<row + 1, columns: edge, source: source, rowBase: rowBase, output: &target,
          scratch: scratch)
        for x in edge {
          let live = liveSum(row, x)
          for channel in 0..<sums.kept {
            let value = evened(line[(x - edge.lowerBound) * sums.kept + channel], live)
            store(value, output[row - rows.lowerBound], x * sums.kept + channel, element)
          }
        }
      }
    }
  }

  /// The sum of the weights that lie inside for one window.
  func liveSum(_ row: Int, _ column: Int) -> Int {
    let rows = sums.vertical.liveTaps(row)
    let columns = sums.horizontal.liveTaps(column)
    let width = sums.horizontal.taps + 1
    return prefix[rows.upperBound * width + columns.upperBound]
      - prefix[rows.lowerBound * width + columns.upperBound]
      - prefix[rows.upperBound * width + columns.lowerBound]
      + prefix[rows.lowerBound * width + columns.lowerBound]
  }

  private func evened(_ sum: Int64, _ live: Int) -> Int {
    let (live, total) = live != 0 && live.signum() == total.signum() ? (live, total) : (1, 1)
    var numerator = Int128(sum) * Int128(total)
    var denominator = Int128(live)
    if denominator < 0 { (numerator, denominator) = (-numerator, -denominator) }
    if absolute && numerator < 0 { numerator = -numerator }
    let whole = denominator * Int128(divisor)
    return roundedQuotient(numerator + Int128(bias) * denominator, whole, top: top)
  }

  private func store(_ value: Int, _ row: UnsafeMutableRawPointer, _ index: Int, _ element: Element)
  {
    switch element {
    case .uint8: row.storeBytes(of: UInt8(value), toByteOffset: index, as: UInt8.self)
    default: row.storeBytes(of: UInt16(value), toByteOffset: 2 * index, as: UInt16.self)
    }
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
