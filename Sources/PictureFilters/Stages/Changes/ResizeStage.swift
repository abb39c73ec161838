internal import CConvKernels
import KernelLanguage
import Raster

/// Another size: sums down the columns, then along the rows, both in single precision and neither
/// rounded nor cut in between.
///
///     out(x, y) = ⌊Σ_i w(x, i) Σ_j w(y, j) in(i, j) + ½⌋
///
/// Colours of pictures with alpha weigh as much as their alpha; where nothing is left of it they
/// are 0.
struct ResizeStage: RowStage {
  let input: PictureFormat
  let output: PictureFormat
  let horizontal: ResizeWeights
  let vertical: ResizeWeights
  let isPremultiplied: Bool
  /// Full intensity, to which results are cut; nil for floats that may lie beyond.
  let white: Double?
  let method: ResizingMethod

  init(
    _ input: PictureFormat, horizontal: ResizeWeights, vertical: ResizeWeights,
    isPremultiplied: Bool, white: Double?, method: ResizingMethod
  ) {
    self.input = input
    self.horizontal = horizontal
    self.vertical = vertical
    self.isPremultiplied = isPremultiplied
    self.white = white
    self.method = method
    output = PictureFormat(
      width: horizontal.output, height: vertical.output, color: input.color, sample: input.sample)
  }

  var summary: String {
    "\(output.width)x\(output.height), \(method.rawValue), single precision"
      + (isPremultiplied ? ", colours weighted by alpha" : "")
  }

  var heldBytes: Int { horizontal.bytes.saturatingSum(vertical.bytes) }

  var operations: Double {
    Double(horizontal.widest)
      + Double(vertical.widest) * Double(input.width) / Double(output.width)
  }

  /// A band of the input about as large as one of the output may be.
  var mostRows: Int {
    let scale = max(Double(input.height) / Double(output.height), 1)
    return max(Self.rowsAtOnce, Int(Double(1 << 20) / (Double(input.bytesPerRow) * scale)))
  }

  func inputRows(for rows: Range<Int>) -> Range<Int> { vertical.inputs(for: rows) }

  private static let rowsAtOnce = 16
  /// Floats behind a line that vectors may reach.
  private static let margin = 32

  private var lineCount: Int { input.samplesPerRow + 4 * (horizontal.taps + Self.margin) }

  /// Samples of each row that are widened at a time: whole pixels that stay in the cache.
  private func tile(rows: Int) -> Int {
    min(max((1 << 17) / rows / 64 * 64, 64), 1 << 14, input.samplesPerRow)
  }

  /// Input rows of a run of the output.
  private func most(_ rows: Int) -> Int {
    inputCount(for: min(rows, Self.rowsAtOnce)) + 2
  }

  func scratchBytes(rows: Int) -> Int {
    let rows = min(rows, Self.rowsAtOnce)
    let inputs = most(rows)
    let tiles = inputs.saturatingProduct(4 * tile(rows: inputs) + 64 + 8)
    let lines = (rows + 1).saturatingProduct(4 * lineCount + 72)
    let result = 4 * (output.samplesPerRow + Self.margin)
    return tiles.saturatingSum(lines).saturatingSum(result).saturatingSum(1 << 12)
  }

  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    for first in stride(from: band.firstRow, to: band.rows.upperBound, by: Self.rowsAtOnce) {
      let rows = first..<min(first + Self.rowsAtOnce, band.rows.upperBound)
      scratch.scoped { produce(rows, of: band, from: window, scratch) }
    }
  }

  private func produce(
    _ rows: Range<Int>, of band: RowBand, from window: RowWindow, _ scratch: Scratch
  ) {
    let lines = sums(rows, from: window, scratch)
    let result = scratch.array(of: Float.self, output.samplesPerRow + Self.margin)
    let kernels = MicroKernels.current
    for y in rows {
      // Safety: lines are zero behind the last sample, as far as windows and vectors reach.
      kernels.resize.row_f32(
        lines[y - rows.lowerBound].assumingMemoryBound(to: Float.self), horizontal.starts,
        horizontal.weights, horizontal.taps, input.color.channels, result, output.width)
      if isPremultiplied { divide(result) }
      store(result, band.row(y), kernels)
    }
  }

  /// The sums down the columns, a line of floats for each of the rows.
  private func sums(
    _ rows: Range<Int>, from window: RowWindow, _ scratch: Scratch
  ) -> UnsafeMutablePointer<UnsafeMutableRawPointer> {
    let needed = inputRows(for: rows)
    let tile = tile(rows: needed.count)
    let wide = scratch.rows(needed.count, bytesPerRow: 4 * tile)
    let lines = scratch.rows(rows.count, bytesPerRow: 4 * lineCount)
    for index in 0..<rows.count {
      let line = lines[index].assumingMemoryBound(to: Float.self)
      (line + input.samplesPerRow).update(repeating: 0, count: lineCount - input.samplesPerRow)
    }
    let products = scratch.array(of: UInt16.self, tile)
    let kernels = MicroKernels.current
    // Whole pixels.
    let channels = input.color.channels
    let step = tile / channels * channels
    for start in stride(from: 0, to: input.samplesPerRow, by: step) {
      let count = min(step, input.samplesPerRow - start)
      for (index, y) in needed.enumerated() {
        widen(
          window.row(y) + start * input.sample.byteCount, count,
          wide[index].assumingMemoryBound(to: Float.self), products, kernels)
      }
      for y in rows {
        let first = Int(vertical.starts[y]) - needed.lowerBound
        let taps = Int(vertical.counts[y])
        // Safety: `taps` rows from `first` on lie within those that were widened.
        vertical.weights.withUnsafeBufferPointer { weights in
          UnsafeMutableRawPointer(wide + first).withMemoryRebound(
            to: UnsafePointer<Float>?.self, capacity: taps
          ) { pointers in
            kernels.table.pointee.sum_f32(
              pointers, weights.baseAddress! + y * vertical.taps, taps, taps,
              lines[y - rows.lowerBound].assumingMemoryBound(to: Float.self) + start, count)
          }
        }
      }
    }
    return lines
  }

  /// Samples as floats; colours times alpha where they are weighed.
  private func widen(
    _ source: UnsafeRawPointer, _ count: Int, _ line: UnsafeMutablePointer<Float>,
    _ products: UnsafeMutablePointer<UInt16>, _ kernels: MicroKernels
  ) {
    let channels = input.color.channels
    // Safety: `count` samples of whole pixels are there.
    switch input.sample {
    case .uint8:
      let samples = source.assumingMemoryBound(to: UInt8.self)
      if isPremultiplied {
        kernels.table.pointee.premultiply_u8(samples, channels, count / channels, products)
        kernels.table.pointee.widen_u16_f32(products, line, count)
      } else {
        kernels.table.pointee.widen_u8_f32(samples, line, count)
      }
      return
    case .uint16:
      kernels.table.pointee.widen_u16_f32(source.assumingMemoryBound(to: UInt16.self), line, count)
    case .float32: line.update(from: source.assumingMemoryBound(to: Float.self), count: count)
    }
    guard isPremultiplied else { return }
    for pixel in stride(from: 0, to: count, by: channels) {
      for color in pixel..<pixel + channels - 1 { line[color] *= line[pixel + channels - 1] }
    }
  }

  /// Colours that were weighed with alpha.
  private func divide(_ result: UnsafeMutablePointer<Float>) {
    let channels = output.color.channels
    // Floats are not cut, be alpha below nothing; of others what is rounded to nothing leaves nothing of the colour.
    let isFree = output.sample == .float32 && white == nil
    let half: Float = output.sample == .float32 ? 0 : 0.5
    for pixel in stride(from: 0, to: output.samplesPerRow, by: channels) {
      let alpha = result[pixel + channels - 1]
      let counts = isFree ? alpha != 0 : alpha > 0 && alpha >= half
      for color in pixel..<pixel + channels - 1 {
        result[color] = counts ? result[color] / alpha : 0
      }
    }
  }

  private func store(
    _ result: UnsafeMutablePointer<Float>, _ row: UnsafeMutableRawPointer, _ kernels: MicroKernels
  ) {
    let count = output.samplesPerRow
    // Safety: both hold `count` samples.
    switch output.sample {
    case .uint8:
      kernels.table.pointee.round_f32_u8(result, row.assumingMemoryBound(to: UInt8.self), count)
    case .uint16:
      kernels.table.pointee.round_f32_u16(result, row.assumingMemoryBound(to: UInt16.self), count)
    case .float32:
      let samples = row.assumingMemoryBound(to: Float.self)
      guard let white else {
        samples.update(from: result, count: count)
        return
      }
      let top = Float(white)
      for index in 0..<count { samples[index] = min(max(result[index], 0), top) }
    }
  }
}
