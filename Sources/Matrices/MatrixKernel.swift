import ConvEngine
import KernelLanguage

/// A kernel as it meets a matrix: flipped, scaled and normalised as the options say.
struct MatrixKernel {
  let depth: Int
  /// Where the output stands within a window.
  let anchor: Kernel.Anchor
  let correlation: RealCorrelation
  /// Where every tap stands, those that meet zeros beyond the border included.
  let windows: RealWindows
  private let taps: [Double]
  private let evens: Bool

  /// - Parameter offset: of the options, in levels; 0 in a set, where it is added at the end.
  init(
    _ kernel: Kernel, grid: NumberGrid, stage: Stage, options: FilterOptions, isTarget: Bool,
    offset: Double, isAbsolute: Bool
  ) throws(FilterError) {
    let kernel = kernel.oriented(options)
    let scale = try KernelScale(
      kernel, scale: isTarget ? options.scale : .asGiven,
      normalization: isTarget ? options.normalization : .none, offset: offset, stage: stage.name)
    let placed = try MatrixWindows(
      columns: grid.width, rows: grid.height, width: kernel.width, height: kernel.height,
      anchor: kernel.origin, stage: stage,
      options: options)
    windows = placed.windows
    taps = placed.merged(scale.weighted(kernel))
    depth = kernel.depth
    anchor = kernel.origin
    evens = windows.padding == .truncate
    // Products with zeros change no sum, and may be nearly all of them.
    let summed =
      windows.isBlankBeyond
      ? RealWindows(
        horizontal: windows.horizontal, vertical: windows.vertical, padding: windows.padding,
        fill: [])
      : windows
    correlation = RealCorrelation(
      summed, weights: .grid(taps, depth: depth), divisor: scale.divisor(kernel),
      offset: scale.offset, isAbsolute: isAbsolute)
  }

  /// The results of row `y`; their terms are kept only where they are wanted.
  func sums(_ planes: ArraySlice<NumberGrid>, y: Int, terms keep: Bool) -> [WeightedSum] {
    let width = windows.horizontal.output
    var sums = [Double](repeating: 0, count: width)
    var magnitudes = sums
    var terms = [[WeightedSum.Term]](repeating: [], count: width)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: correlation.workCount) { work in
      let work = work.baseAddress!
      for (channel, grid) in planes.enumerated() {
        grid.withLines { lines in
          sums.withUnsafeMutableBufferPointer { sums in
            magnitudes.withUnsafeMutableBufferPointer { magnitudes in
              // Safety: every buffer holds a number for each window of the row.
              correlation.add(
                y, channel: channel, lines: lines, work: work,
                to: RealCorrelation.Sums(
                  sum: sums.baseAddress!, magnitude: magnitudes.baseAddress!))
            }
          }
          guard keep else { return }
          let stride = windows.horizontal.stride
          windows.visit(y, channel: channel, lines: lines, padded: work) { tap in
            let place = tap.row * windows.horizontal.taps + tap.column
            for x in tap.windows {
              terms[x].append(
                WeightedSum.Term(
                  value: tap.samples[x * stride], weight: taps[place * depth + channel]))
            }
          }
        }
      }
    }
    let live = evens ? correlation.liveSums(y) : []
    return (0..<width).map { x in
      result(
        sums[x], magnitudes[x], evening: evens ? correlation.evening(live: live[x]) : 1, terms[x])
    }
  }

  private func result(
    _ sum: Double, _ magnitude: Double, evening: Double, _ terms: [WeightedSum.Term]
  ) -> WeightedSum {
    let (divisor, offset) = (correlation.divisor, correlation.offset)
    let clean = withoutNoise(sum, magnitude: magnitude)
    let result = withoutNoise(
      correlation.quotient(clean, evening: evening) + offset,
      magnitude: abs(magnitude * evening / divisor) + abs(offset))
    return WeightedSum(
      terms: terms, sum: clean, divisor: divisor, offset: offset,
      isAbsolute: correlation.isAbsolute, evening: evening, result: result)
  }
}
