internal import CConvKernels
import KernelLanguage
import Raster

/// A correlation on dot products: a 32-bit lane holds four bytes or two 16-bit integers of
/// neighbouring rows, and four output rows share what is loaded.
///
/// The rows are laid into lanes strip by strip, so that a strip stays in the cache. Row `r` of the
/// four sees the same lanes with its weights moved down by `r · rowStride` rows; a word of weights
/// that is zero for all four is not computed.
struct DotCorrelation: FilterBody {
  let kernels: MicroKernels
  let finish: conv_finish
  let input: Element
  let output: Element
  let windowRows: Int
  let rowStride: Int
  let reachSamples: Int
  /// Rows in a lane: 4 or 2.
  let lane: Int
  /// Bytes from one group of rows to the next.
  let groupPitch: Int
  /// Columns of a strip.
  let strip: Int
  let deltas: [Int32]
  /// Four words an entry.
  let weights: [UInt32]

  private static let scratchTarget = 192 << 10
  private static let slack = 64
  private static let rowsAtOnce = Int(conv_dot_rows)

  /// - Parameter lane: 4 rows of bytes under weights in 8 bits, or 2 rows under weights in 16.
  init(_ request: BodyRequest, lane: Int, kernels: MicroKernels) throws(BodyRefusal) {
    if lane == 4 {
      guard kernels.hasByteDots else { throw .noInstruction }
      guard request.input == .uint8 else { throw .sampleType }
    }
    var taps = try request.taps()
    let sums = sumBounds(taps.lazy.map { Int($0.weight) }, top: request.top)
    // What all weights share is multiplied in at the end: narrower weights, faster lanes.
    let gain = max(1, taps.reduce(0) { greatestCommonDivisor($0, abs(Int($1.weight))) })
    let largest = Int32(1) << (32 / lane - 1) - 1
    for index in taps.indices {
      taps[index].weight = Int32(Int(taps[index].weight) / gain)
      guard (-largest - 1...largest).contains(taps[index].weight) else {
        throw .weightsTooWide(bits: 32 / lane)
      }
    }
    finish = try conv_finish(
      sums: sums,
      bias: request.input == .uint16 ? 32768 * taps.reduce(0) { $0 + Int($1.weight) } : 0,
      gain: gain, rounding: request.rounding, output: request.output)
    self.kernels = kernels
    self.lane = lane
    input = request.input
    output = request.output
    windowRows = request.windowRows
    rowStride = request.rowStride
    reachSamples = taps.reduce(0) { max($0, $1.offset) }

    let words = DotWords(taps, lane: lane, rowStride: rowStride)
    let groups = (32 * rowStride + windowRows + lane - 1) / lane
    let columns = Self.scratchTarget / 4 / groups - reachSamples - Self.slack
    strip = min(max(columns / 64 * 64, 512), 8192)
    groupPitch = rowPitch((strip + reachSamples + Self.slack) * 4)
    guard (groups * groupPitch).saturatingSum(reachSamples * 4) <= Int32.max else {
      throw .windowTooLarge
    }
    deltas = words.places.map { [groupPitch] in Int32($0.group * groupPitch + $0.offset * 4) }
    weights = words.weights
  }

  var preferredRows: Int { 32 }

  var summary: String {
    "direct, \(deltas.count) dot products of \(lane) for four rows, \(kernels.name)"
  }

  func scratchBytes(rows: Int, width: Int) -> Int {
    // Groups, then one row for output that nobody wants.
    groupCount(rows) * groupPitch + (strip + Self.slack) * 4
  }

  /// Groups that the output rows, rounded up to four, look at.
  private func groupCount(_ rows: Int) -> Int {
    let rounded = (rows + Self.rowsAtOnce - 1) / Self.rowsAtOnce * Self.rowsAtOnce
    return ((rounded - 1) * rowStride + windowRows + lane - 1) / lane
  }

  func run(_ input: InputRows, _ output: OutputRows, rows: Int, width: Int, scratch: RawMemory) {
    let spare = scratch + groupCount(rows) * groupPitch
    var finish = finish
    deltas.withUnsafeBufferPointer { deltas in
      weights.withUnsafeBufferPointer { weights in
        var job = conv_dot_job()
        job.deltas = deltas.baseAddress
        job.weights = weights.baseAddress
        job.entries = deltas.count
        for start in stride(from: 0, to: width, by: strip) {
          let columns = min(strip, width - start)
          group(input, rows: rows, start: start, count: columns + reachSamples, scratch)
          job.columns = columns
          for row in stride(from: 0, to: rows, by: Self.rowsAtOnce) {
            job.base = UnsafeRawPointer(scratch + row * rowStride / lane * groupPitch)
            // Safety: each row has `width` samples; those beyond the last row go to the spare one,
            // which holds a strip of the widest sums.
            func out(_ index: Int) -> UnsafeMutableRawPointer {
              row + index < rows
                ? output[row + index] + start * self.output.byteCount : spare
            }
            job.out = (out(0), out(1), out(2), out(3))
            if lane == 4 {
              kernels.table.pointee.dot_bytes(&job, &finish)
            } else {
              kernels.table.pointee.dot_pairs(&job, &finish)
            }
          }
        }
      }
    }
  }

  /// Lays a strip of all rows into lanes; rows below the last are the last (their weights are 0).
  private func group(
    _ input: InputRows, rows: Int, start: Int, count: Int, _ scratch: UnsafeMutableRawPointer
  ) {
    let last = inputRows(rows) - 1
    for index in 0..<groupCount(rows) {
      let lanes = (scratch + index * groupPitch).assumingMemoryBound(to: UInt32.self)
      func line<Sample>(_ part: Int) -> UnsafePointer<Sample> {
        (input[min(index * lane + part, last)] + start * self.input.byteCount)
          .assumingMemoryBound(to: Sample.self)
      }
      // Safety: `count` samples from `start` end at `width + reachSamples`, and fit the group.
      if lane == 4 {
        kernels.table.pointee.group_bytes(line(0), line(1), line(2), line(3), lanes, count)
      } else if self.input == .uint8 {
        kernels.table.pointee.group_pairs_u8(line(0), line(1), lanes, count)
      } else {
        kernels.table.pointee.group_pairs_u16(line(0), line(1), lanes, count)
      }
    }
  }
}
