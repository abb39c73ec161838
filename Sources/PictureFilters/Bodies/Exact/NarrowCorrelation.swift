internal import CConvKernels
import KernelLanguage
import Raster

/// A correlation of few small weights on bytes: two taps at a time, straight from the rows, with sums
/// in 16 bits.
struct NarrowCorrelation: StreamingBody {
  /// How far 16 bits suffice.
  enum Fit {
    /// Up to samples that are bytes.
    case bytes
    /// Up to samples that are words.
    case words
    /// For the sums alone.
    case sums
  }

  let kernels: MicroKernels
  let output: Element
  let windowRows: Int
  let rowStride: Int
  let reachSamples: Int
  let finish: conv_finish
  private let fit: Fit
  private let words: conv_word_finish
  /// Two an entry; a last one without a partner is its own, with a weight of 0.
  private let taps: [IntegerTap]
  /// A word an entry.
  private let weights: [UInt16]

  /// Bytes of the rows of a window that are worked on before the window moves down: a part of the second
  /// cache, so that rows are read and written in long pieces.
  private static let windowTarget = 96 << 10

  init(_ request: BodyRequest, fit: Fit, kernels: MicroKernels) throws(BodyRefusal) {
    guard kernels.hasNarrowRows else { throw .noInstruction }
    guard request.input == .uint8 else { throw .sampleType }
    switch fit {
    case .bytes: guard request.output == .uint8 else { throw .noBytes }
    case .words: guard request.output == .uint16 else { throw .noWords }
    case .sums: break
    }
    let taps = try request.taps()
    var live = taps.filter { $0.weight != 0 }
    guard !live.isEmpty else { throw .noWeights }
    let sums = sumBounds(live.lazy.map { Int($0.weight) }, top: 255)
    // Weights that are too wide may share a factor, which is multiplied in at the end.
    var gain = 1
    if !Self.fits(live) {
      gain = live.reduce(0) { greatestCommonDivisor($0, abs(Int($1.weight))) }
      guard let factor = Int32(exactly: gain) else { throw .weightsTooWide(bits: 8) }
      live = live.map { IntegerTap(row: $0.row, offset: $0.offset, weight: $0.weight / factor) }
      guard Self.fits(live) else { throw .weightsTooWide(bits: 8) }
    }
    let finish = try conv_finish(
      sums: sums, bias: 0, gain: gain, rounding: request.rounding, output: request.output)
    self.kernels = kernels
    output = request.output
    windowRows = request.windowRows
    rowStride = request.rowStride
    self.finish = finish
    reachSamples = taps.reduce(0) { max($0, $1.offset) }
    self.fit = fit
    switch fit {
    case .bytes:
      guard gain == 1, finish.fits16(sums) else { throw .roundingTooWide(bits: 16) }
      words = conv_word_finish()
    case .words:
      guard let made = finish.words(sums) else { throw .roundingTooWide(bits: 16) }
      words = made
    case .sums: words = conv_word_finish()
    }
    let last = live[live.count - 1]
    if live.count % 2 == 1 {
      live.append(IntegerTap(row: last.row, offset: last.offset, weight: 0))
    }
    self.taps = live
    weights = stride(from: 0, to: live.count, by: 2).map {
      func byte(_ index: Int) -> UInt16 {
        UInt16(UInt8(bitPattern: Int8(live[index].weight)))
      }
      return byte($0) | byte($0 + 1) << 8
    }
  }

  /// Whether weights fit signed bytes, and their sums 16 signed bits.
  private static func fits(_ taps: [IntegerTap]) -> Bool {
    let sums = sumBounds(taps.lazy.map { Int($0.weight) }, top: 255)
    return taps.allSatisfy { Int8(exactly: $0.weight) != nil }
      && sums.lowerBound >= Int(Int16.min) && sums.upperBound <= Int16.max
  }

  var input: Element { .uint8 }
  var preferredRows: Int { 32 }
  var summary: String { "direct, \(weights.count) pairs of taps in 16 bits, \(kernels.name)" }
  func scratchBytes(rows: Int, width: Int) -> Int { 0 }

  var streams: Bool { fit != .sums }

  func run(
    _ input: InputRows, _ output: OutputRows, rows: Int, width: Int, scratch: RawMemory, past: Bool
  ) {
    let strip = max(Self.windowTarget / windowRows / 64 * 64, 1024)
    var finish = finish
    withUnsafeTemporaryAllocation(of: UnsafePointer<UInt8>?.self, capacity: taps.count) { places in
      weights.withUnsafeBufferPointer { weights in
        var job = conv_narrow_job()
        job.rows = UnsafePointer(places.baseAddress!)
        job.weights = weights.baseAddress
        job.entries = weights.count
        job.fit =
          switch fit {
          case .bytes: conv_fits_bytes
          case .words: conv_fits_words
          case .sums: conv_fits_sums
          }
        job.words = words
        job.past = past
        let last = inputRows(rows) - 1
        for start in stride(from: 0, to: width, by: strip) {
          job.columns = min(strip, width - start)
          for row in 0..<rows {
            // Safety: `columns` samples from `start` and a tap's offset end at
            // `width + reachSamples`.
            for (index, tap) in taps.enumerated() {
              places[index] =
                (input[row * rowStride + tap.row] + start + tap.offset)
                .assumingMemoryBound(to: UInt8.self)
            }
            // The rows after the window, then the first ones of the next strip.
            let next = row * rowStride + windowRows + 1
            let ahead =
              next <= last
              ? input[next] + start : input[min(next - last - 1, last)] + min(start + strip, width)
            job.ahead = ahead.assumingMemoryBound(to: UInt8.self)
            kernels.table.pointee.narrow_row(
              &job, output[row] + start * self.output.byteCount, &finish)
          }
        }
      }
    }
  }
}
