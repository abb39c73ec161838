import Raster

/// A kernel whose weights sum to something, on a picture with alpha: colours weigh as much as their
/// alpha, so that what lies under transparent pixels does not bleed.
///
///     P = Σ n · a · c      A = Σ n · a      S = Σ n
///     colour = ⌊P · S / (A · divisor) + bias / divisor + ½⌋
///     alpha  = ⌊top · A / (S · top_in) + ½⌋
///
/// Where A / S ≤ 0 there is no colour to be had: the pixel keeps its own. Opaque windows give the
/// very results of a picture without alpha.
struct PremultipliedStage: RowStage {
  /// What opaque windows run through; copies no alpha.
  let plain: CorrelationStage
  let kernel: IntegerKernel
  let absolute: Bool
  /// Whether `plain` gives the same results as the quotients above.
  let isExact: Bool
  /// P, or P and A side by side, in 64 bits; input: premultiplied rows.
  let products: WindowPass
  /// A alone where the kernel sums over the channels.
  let alphas: WindowPass?
  /// Weights that lie inside, where nothing stands beyond the border.
  let live: Truncation?
  /// Channels that are copied.
  let copies: [CorrelationStage.ChannelCopy]

  var input: PictureFormat { plain.input }
  var output: PictureFormat { plain.output }
  var preferredRows: Int { plain.preferredRows }
  var summary: String { plain.summary + ", premultiplied" }

  func inputRows(for rows: Range<Int>) -> Range<Int> { plain.inputRows(for: rows) }

  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    let needed = inputRows(for: band.rows)
    if needed.allSatisfy({ isOpaque(window.row($0)) }) {
      plain.produce(band, from: window, scratch: scratch)
      for y in band.rows { fillAlpha(band.row(y)) }
      copyChannels(band, window)
      return
    }
    if !isExact { plain.produce(band, from: window, scratch: scratch) }
    let wide = products.body.input.byteCount
    let rows = scratch.rows(needed.count, bytesPerRow: input.samplesPerRow * wide)
    for (index, y) in needed.enumerated() { premultiply(window.row(y), into: rows[index]) }
    let kept = products.kept
    let sums = scratch.rows(band.count, bytesPerRow: output.width * kept * 8)
    let weights = scratch.rows(band.count, bytesPerRow: output.width * 8)
    rows.withMemoryRebound(to: UnsafeRawPointer.self, capacity: needed.count) { source in
      products.run(
        rows: band.rows, columns: 0..<output.width, source: source, rowBase: needed.lowerBound,
        output: sums, scratch: scratch)
      alphas?.run(
        rows: band.rows, columns: 0..<output.width, source: source, rowBase: needed.lowerBound,
        output: weights, scratch: scratch)
    }
    let horizontal = products.horizontal
    for index in 0..<band.count {
      let centre = window.row(products.vertical.anchorSample(band.firstRow + index))
      let line = sums[index].assumingMemoryBound(to: Int64.self)
      let alpha = weights[index].assumingMemoryBound(to: Int64.self)
      for x in 0..<output.width {
        finish(
          row: band.firstRow + index, x, sums: line + x * kept,
          alpha: alphas == nil ? line[x * kept + kept - 1] : alpha[x],
          centre: centre, column: horizontal.anchorSample(x), into: band.base + index * band.stride)
      }
    }
    copyChannels(band, window)
  }

  /// One pixel from its sums.
  private func finish(
    row y: Int, _ x: Int, sums: UnsafePointer<Int64>, alpha: Int64, centre: UnsafeRawPointer,
    column: Int, into row: UnsafeMutableRawPointer
  ) {
    let sign: Int64 = kernel.sum < 0 ? -1 : 1
    let weight = alpha * sign
    let total = Int64(kernel.sum) * sign
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
        var numerator = Int128(sums[channel] * sign) * Int128(total)
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

  // MARK: Rows

  private func isOpaque(_ row: UnsafeRawPointer) -> Bool {
    let channels = input.color.channels
    // Safety: a row holds `width` pixels; alpha is the last sample of each.
    func all<Sample: FixedWidthInteger>(_ type: Sample.Type) -> Bool {
      let samples = row.assumingMemoryBound(to: Sample.self) + channels - 1
      var least = Sample.max
      for x in 0..<input.width { least &= samples[x * channels] }
      return least == Sample.max
    }
    return input.sample == .uint8 ? all(UInt8.self) : all(UInt16.self)
  }

  private func premultiply(_ row: UnsafeRawPointer, into target: UnsafeMutableRawPointer) {
    let channels = input.color.channels
    // Safety: both rows hold `width` pixels of `channels` samples.
    func multiply<A: FixedWidthInteger, B: FixedWidthInteger>(_ a: A.Type, _ b: B.Type) {
      let samples = row.assumingMemoryBound(to: A.self)
      let results = target.assumingMemoryBound(to: B.self)
      for x in 0..<input.width {
        let alpha = B(truncatingIfNeeded: samples[x * channels + channels - 1])
        for channel in 0..<channels - 1 {
          results[x * channels + channel] =
            alpha &* B(truncatingIfNeeded: samples[x * channels + channel])
        }
        results[x * channels + channels - 1] = alpha
      }
    }
    if input.sample == .uint8 {
      multiply(UInt8.self, UInt16.self)
    } else {
      multiply(UInt16.self, Int64.self)
    }
  }

  private func fillAlpha(_ row: UnsafeMutableRawPointer) {
    let channels = output.color.channels
    for x in 0..<output.width {
      storeSample(Int64(output.sample.top), row, x * channels + channels - 1)
    }
  }

  private func copyChannels(_ band: RowBand, _ window: RowWindow) {
    for y in band.rows {
      for copy in copies {
        copyChannel(
          copy.from, of: window.row(products.vertical.anchorSample(y)), input,
          first: products.horizontal.anchorSample(0), step: products.horizontal.stride,
          to: band.row(y), channel: copy.to, output)
      }
    }
  }

  private func loadSample(_ row: UnsafeRawPointer, _ index: Int) -> Int64 {
    input.sample == .uint8
      ? Int64(row.load(fromByteOffset: index, as: UInt8.self))
      : Int64(row.load(fromByteOffset: 2 * index, as: UInt16.self))
  }

  private func storeSample(_ value: Int64, _ row: UnsafeMutableRawPointer, _ index: Int) {
    if output.sample == .uint8 {
      row.storeBytes(of: UInt8(value), toByteOffset: index, as: UInt8.self)
    } else {
      row.storeBytes(of: UInt16(value), toByteOffset: 2 * index, as: UInt16.self)
    }
  }
}
