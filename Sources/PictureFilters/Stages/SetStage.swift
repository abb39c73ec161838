internal import CConvKernels
import KernelLanguage
import Raster

/// Several kernels on the same picture, their results combined.
///
///     maximum, minimum, sum:  out = ⌊(op_i v_i + bias) / divisor + ½⌋
///     magnitude:              out = ⌊√(Σ v_i²) / divisor + bias / divisor + ½⌋
///
/// `v_i` are the results of the kernels over their common divisor, magnitudes where `absolute`.
struct SetStage: SpreadableStage {
  struct Member: Sendable {
    /// Plain sums, in 32 or 64 bits.
    var pass: WindowPass
    /// What brings the sums to the common divisor.
    var factor: Int64
    /// The kernel's own offset over the common divisor.
    var bias: Int64
    /// What stands beyond the border, where it is no pixel.
    var border: LevelBorder?

    /// Adds what the taps beyond the border weigh to one row of sums over the common divisor.
    func addBorder(_ row: Int, to line: UnsafeMutablePointer<Int64>) {
      guard let border else { return }
      for columns in pass.borderColumns(row) {
        for x in columns {
          for channel in 0..<pass.kept {
            line[x * pass.kept + channel] &+=
              border.addend(row: row, column: x, channel: channel) &* factor
          }
        }
      }
    }
  }

  let input: PictureFormat
  let output: PictureFormat
  let members: [Member]
  let combination: Combination
  let rounding: Rounding
  /// Whether a² + b² of two results stays below 2^22.
  let squaresAreSmall: Bool
  let copies: [CorrelationStage.ChannelCopy]
  /// The largest |result| that any picture gives, where 32 bits do and all kernels have one divisor and
  /// one offset of their own; else nil.
  let narrowBound: Int?
  /// Results to spread over the whole range, instead of the rounding.
  var spread: Extremes?

  func inputRows(for rows: Range<Int>) -> Range<Int> {
    members.dropFirst().reduce(members[0].pass.inputRows(for: rows)) { all, member in
      let own = member.pass.inputRows(for: rows)
      return min(all.lowerBound, own.lowerBound)..<max(all.upperBound, own.upperBound)
    }
  }

  var operations: Double { members.reduce(0) { $0 + $1.pass.operations } }

  func scratchBytes(rows: Int) -> Int { scratchBytes(rows: rows, atOnce: Self.rowsAtOnce) }

  /// - Parameter atOnce: rows whose sums are held.
  func scratchBytes(rows: Int, atOnce: Int) -> Int {
    let samples = output.width * members[0].pass.kept
    let held = min(rows, atOnce)
    let sums = members.reduce(0) {
      $0.saturatingSum($1.pass.scratchBytes(rows: held))
        .saturatingSum(held.saturatingProduct(samples * 8 + 192))
    }
    return sums.saturatingSum((members.count + 1) * (samples * 8 + 64))
      .saturatingSum(pointerBytes(rows: rows))
  }

  var summary: String {
    "\(members.count) kernels, \(combination), \(members[0].pass.body.summary)"
  }

  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    let source = SourceRows(window, scratch)
    // A few rows at a time, so that their sums stay in the cache.
    for first in Swift.stride(from: band.firstRow, to: band.rows.upperBound, by: Self.rowsAtOnce) {
      let rows = first..<min(first + Self.rowsAtOnce, band.rows.upperBound)
      scratch.scoped { produce(rows, of: band, from: source, scratch) }
    }
    let horizontal = members[0].pass.horizontal
    for y in band.rows {
      let row = members[0].pass.vertical.anchorSample(y)
      for copy in copies {
        copyChannel(
          copy.from, of: window.row(row), input, first: horizontal.anchorSample(0),
          step: horizontal.stride, to: band.row(y), channel: copy.to, output)
      }
    }
  }

  private static let rowsAtOnce = 8

  private func produce(
    _ rows: Range<Int>, of band: RowBand, from source: SourceRows, _ scratch: Scratch
  ) {
    let kept = members[0].pass.kept
    let samples = output.width * kept
    if let finish = narrowFinish, spread == nil, kept == output.color.channels {
      return produceNarrow(rows, of: band, from: source, finish, scratch)
    }
    let results = plainSums(of: rows, from: source, scratch)
    if isPlainMagnitude, spread == nil, kept == output.color.channels {
      for y in rows {
        magnitudes(
          results[0][y - rows.lowerBound], results[1][y - rows.lowerBound], band.row(y), samples)
      }
      return
    }
    let lines = members.map { _ in scratch.array(of: Int64.self, samples) }
    let values = scratch.array(of: Double.self, samples)
    for y in rows {
      raise(results, rows, y, into: lines, samples)
      if let spread {
        measure(lines, values, samples)
        self.spread(values, over: spread, lines[0], samples)
      } else {
        combine(lines, values, samples)
      }
      store(lines[0], band.row(y), kept)
    }
  }

  /// The plain sums of each kernel.
  func plainSums(
    of rows: Range<Int>, from source: SourceRows, _ scratch: Scratch
  ) -> [UnsafeMutablePointer<UnsafeMutableRawPointer>] {
    members.map { plainSums(of: $0, rows, source, scratch) }
  }

  func plainSums(
    of member: Member, _ rows: Range<Int>, _ source: SourceRows, _ scratch: Scratch
  ) -> UnsafeMutablePointer<UnsafeMutableRawPointer> {
    let results = scratch.rows(
      rows.count,
      bytesPerRow: output.width * member.pass.kept * member.pass.body.output.byteCount)
    member.pass.run(
      rows: rows, columns: 0..<output.width, source: source.pointers, rowBase: source.firstRow,
      output: results, scratch: scratch)
    return results
  }

  /// One row of sums of each kernel over the common divisor, in 64 bits.
  func raise(
    _ results: [UnsafeMutablePointer<UnsafeMutableRawPointer>], _ rows: Range<Int>, _ y: Int,
    into lines: [UnsafeMutablePointer<Int64>], _ count: Int
  ) {
    let row = y - rows.lowerBound
    for (number, member) in members.enumerated() {
      let line = lines[number]
      // Safety: `run` has written `count` sums of the body's type into each row.
      if member.pass.body.output == .int32 {
        let sums = results[number][row].assumingMemoryBound(to: Int32.self)
        for x in 0..<count { line[x] = Int64(sums[x]) &* member.factor &+ member.bias }
      } else {
        let sums = results[number][row].assumingMemoryBound(to: Int64.self)
        for x in 0..<count { line[x] = sums[x] &* member.factor &+ member.bias }
      }
      member.addBorder(y, to: line)
      if rounding.absolute { for x in 0..<count { line[x] = abs(line[x]) } }
    }
  }

  /// Whether the result is the root of two squares without anything else.
  private var isPlainMagnitude: Bool {
    combination == .magnitude && members.count == 2
      && members.allSatisfy {
        $0.factor == 1 && $0.bias == 0 && $0.border == nil && $0.pass.body.output == .int32
      }
  }

  private func magnitudes(
    _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ row: UnsafeMutableRawPointer, _ count: Int
  ) {
    // Safety: both rows hold `count` sums of 32 bits, the result as many samples.
    let (a, b) = (a.assumingMemoryBound(to: Int32.self), b.assumingMemoryBound(to: Int32.self))
    let kernels = MicroKernels.current.rows
    let divisor = Double(rounding.divisor)
    let raised = Double(rounding.addend - rounding.divisor / 2) / divisor + 0.5
    if output.sample == .uint16 {
      kernels.magnitude_u16(
        a, b, divisor, raised, row.assumingMemoryBound(to: UInt16.self), count)
    } else if divisor == 1 && raised == 0.5 && squaresAreSmall {
      kernels.magnitude_small_u8(a, b, row.assumingMemoryBound(to: UInt8.self), count)
    } else {
      kernels.magnitude_u8(a, b, divisor, raised, row.assumingMemoryBound(to: UInt8.self), count)
    }
  }

  /// Combines the lines into the first: rounded results, not yet cut to the range.
  private func combine(
    _ lines: [UnsafeMutablePointer<Int64>], _ values: UnsafeMutablePointer<Double>, _ count: Int
  ) {
    let line = lines[0]
    if combination == .magnitude {
      let divisor = Double(rounding.divisor)
      let raised = Double(rounding.addend - rounding.divisor / 2) / divisor + 0.5
      roots(lines, values, count)
      for x in 0..<count {
        // Below 0 everything becomes 0, whichever way it is rounded.
        line[x] = Int64(min(max(values[x] / divisor + raised, -1), 65535))
      }
      return
    }
    gather(lines, count)
    var rounding = rounding
    rounding.absolute = false
    for x in 0..<count { line[x] = rounding.apply(line[x]) }
  }

  /// The largest, smallest or whole of the lines, in the first (for all but the magnitude).
  func gather(_ lines: [UnsafeMutablePointer<Int64>], _ count: Int) {
    let line = lines[0]
    for other in lines.dropFirst() {
      switch combination {
      case .maximum: for x in 0..<count { line[x] = max(line[x], other[x]) }
      case .minimum: for x in 0..<count { line[x] = min(line[x], other[x]) }
      case .sum, .magnitude: for x in 0..<count { line[x] &+= other[x] }
      }
    }
  }

  private func store(_ line: UnsafePointer<Int64>, _ row: UnsafeMutableRawPointer, _ kept: Int) {
    let channels = output.color.channels
    // Safety: the row holds `output.width` pixels; `line` holds `kept ≤ channels` samples for each.
    func write<Sample: FixedWidthInteger>(_ type: Sample.Type) {
      let samples = row.assumingMemoryBound(to: Sample.self)
      let top = Int64(Sample.max)
      for x in 0..<output.width {
        for channel in 0..<kept {
          let value = min(max(line[x * kept + channel], 0), top)
          samples[x * channels + channel] = Sample(truncatingIfNeeded: value)
        }
      }
    }
    if output.sample == .uint8 { write(UInt8.self) } else { write(UInt16.self) }
  }
}
