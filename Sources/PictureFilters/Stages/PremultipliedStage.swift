internal import CConvKernels
import Raster

/// A kernel whose weights sum to something, on a picture with alpha: colours weigh as much as their
/// alpha, so that what lies under transparent pixels does not bleed.
///
///     P = Σ n · a · c      A = Σ n · a      S = Σ n
///     colour = ⌊P · |S| / (|A| · divisor) + bias / divisor + ½⌋
///     alpha  = ⌊top · A / (S · top_in) + ½⌋
///
/// Where A / S ≤ 0 there is no colour to be had: the pixel keeps its own. Opaque windows give the
/// very results of a picture without alpha.
struct PremultipliedStage: RowStage {
  /// What opaque windows run through; copies no alpha.
  let plain: CorrelationStage
  let kernel: IntegerKernel
  /// S: the sum of the kernel.
  let total: Int
  let absolute: Bool
  /// Whether `plain` gives the same results as the quotients above.
  let isExact: Bool
  /// P, or P and A side by side, in 64 bits, of premultiplied rows; of 16-bit samples first of the low
  /// half of the products, then of the high one.
  let products: [WindowPass]
  /// A alone where the kernel sums over the channels.
  let alphas: WindowPass?
  /// Weights that lie inside, where nothing stands beyond the border.
  let live: Truncation?
  /// Channels that are copied.
  let copies: [CorrelationStage.ChannelCopy]

  var input: PictureFormat { plain.input }
  var output: PictureFormat { plain.output }
  var preferredRows: Int { plain.preferredRows }
  var wastesShortBands: Bool { plain.wastesShortBands }
  var heldBytes: Int {
    (products + [alphas, live?.sums].compactMap { $0 }).reduce(plain.heldBytes) {
      $0 + $1.body.weightBytes
    }
  }
  var operations: Double { products.reduce(plain.operations) { $0 + $1.operations } }

  func scratchBytes(rows: Int) -> Int {
    let passes = products + (alphas.map { [$0] } ?? [])
    let held = min(rows, Self.rowsAtOnce)
    let sums = passes.reduce(output.width) {
      $0.saturatingSum($1.scratchBytes(rows: held))
        .saturatingSum(held.saturatingProduct(output.width * $1.kept * 8 + 192))
    }
    let rowBytes = input.samplesPerRow * 2 + 200
    let halves = inputCount(for: rows).saturatingProduct(rowBytes * products.count)
    return plain.scratchBytes(rows: rows).saturatingSum(halves).saturatingSum(sums)
  }

  var summary: String { plain.summary + ", premultiplied" }
  var reasons: [String] { plain.reasons + products[0].reasons.map { "with alpha: " + $0 } }

  func inputRows(for rows: Range<Int>) -> Range<Int> { plain.inputRows(for: rows) }

  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    let needed = inputRows(for: band.rows)
    if needed.allSatisfy({ input.isOpaque(window.row($0)) }) {
      plain.produce(band, from: window, scratch: scratch)
      for y in band.rows { fillAlpha(band.row(y)) }
      copy(copies, from: window, to: band, [products[0].vertical], [products[0].horizontal])
      return
    }
    if !isExact { plain.produce(band, from: window, scratch: scratch) }
    let halves = products.map { _ in
      scratch.rows(needed.count, bytesPerRow: input.samplesPerRow * 2)
    }
    for (index, y) in needed.enumerated() {
      premultiply(window.row(y), into: halves.map { $0[index] })
    }
    // A few rows at a time, so that their sums stay in the cache.
    for first in stride(from: band.firstRow, to: band.rows.upperBound, by: Self.rowsAtOnce) {
      let rows = first..<min(first + Self.rowsAtOnce, band.rows.upperBound)
      scratch.scoped { produce(rows, of: band, halves, needed.lowerBound, window, scratch) }
    }
    copy(copies, from: window, to: band, [products[0].vertical], [products[0].horizontal])
  }

  private static let rowsAtOnce = 8

  private func produce(
    _ rows: Range<Int>, of band: RowBand,
    _ halves: [UnsafeMutablePointer<UnsafeMutableRawPointer>], _ rowBase: Int,
    _ window: RowWindow, _ scratch: Scratch
  ) {
    let kept = products[0].kept
    let samples = output.width * kept
    func run(_ pass: WindowPass, _ half: Int, _ samples: Int)
      -> UnsafeMutablePointer<UnsafeMutableRawPointer>
    {
      let sums = scratch.rows(rows.count, bytesPerRow: samples * 8)
      let source = UnsafeMutableRawPointer(halves[half])
        .assumingMemoryBound(to: UnsafeRawPointer.self)
      pass.run(
        rows: rows, columns: 0..<output.width, source: source, rowBase: rowBase, output: sums,
        scratch: scratch)
      return sums
    }
    let sums = run(products[0], 0, samples)
    let upper = products.count > 1 ? run(products[1], 1, samples) : nil
    // Alpha itself fits the low half.
    let weights = alphas.map { run($0, 0, output.width) }
    let unsure = scratch.array(of: UInt8.self, output.width)
    for y in rows {
      let index = y - rows.lowerBound
      let line = sums[index].assumingMemoryBound(to: Int64.self)
      if let upper {
        // Safety: both rows hold `samples` sums.
        let high = upper[index].assumingMemoryBound(to: Int64.self)
        for x in 0..<samples { line[x] &+= high[x] << 16 }
      }
      let row = band.row(y)
      divide(y, line, row, unsure)
      let centre = window.row(products[0].vertical.anchorSample(y))
      for x in 0..<output.width where unsure[x] != 0 {
        finish(
          row: y, x, sums: line + x * kept,
          alpha: weights?[index].assumingMemoryBound(to: Int64.self)[x]
            ?? line[x * kept + kept - 1],
          centre: centre, column: products[0].horizontal.anchorSample(x), into: row)
      }
    }
  }

  /// One pixel from its sums.
  private func finish(
    row y: Int, _ x: Int, sums: UnsafePointer<Int64>, alpha: Int64, centre: UnsafeRawPointer,
    column: Int, into row: UnsafeMutableRawPointer
  ) {
    let sign: Int64 = self.total < 0 ? -1 : 1
    let weight = alpha * sign
    // A has the sign of S.
    let total = Int64(self.total) * sign
    let topIn = Int64(input.sample.top)
    let topOut = Int64(output.sample.top)
    let first = x * output.color.channels
    let colors = output.color.channels - 1
    // Wide products only where 64 bits could overflow.
    let inside = live.map { Int64($0.liveSum(y, x)) * sign } ?? total
    let isOpaque = weight == inside * topIn
    if isOpaque && !isExact {
      storeSample(topOut, row, first + colors)
      return
    }
    for channel in 0..<colors {
      let value: Int64
      if weight > 0 {
        var numerator = Int128(sums[channel]) * Int128(total)
        if absolute { numerator = abs(numerator) }
        value = Int64(
          roundedQuotient(
            numerator + Int128(kernel.bias) * Int128(weight),
            Int128(weight) * Int128(kernel.divisor), top: Int(topOut)))
      } else {
        value = ownColor(centre, column, channel) * (topOut / topIn)
      }
      storeSample(value, row, first + channel)
    }
    let opacity = roundedQuotient(
      Int128(weight) * Int128(topOut), Int128(max(inside, 1)) * Int128(topIn), top: Int(topOut))
    storeSample(Int64(opacity), row, first + colors)
  }

  /// The pixel's own colour; the mean of its channels where the kernel sums over them.
  private func ownColor(_ row: UnsafeRawPointer, _ column: Int, _ channel: Int) -> Int64 {
    let channels = input.color.channels
    if kernel.depth == 1 { return loadSample(row, column * channels + channel) }
    let sum = (0..<channels - 1).reduce(0) { $0 + loadSample(row, column * channels + $1) }
    return (2 * sum + Int64(channels - 1)) / Int64(2 * (channels - 1))
  }
}
