import Raster

/// Several kernels on the same picture, their results combined.
///
///     maximum, minimum, sum:  out = ⌊(op_i v_i + bias) / divisor + ½⌋
///     magnitude:              out = ⌊√(Σ v_i²) / divisor + bias / divisor + ½⌋
///
/// `v_i` are the results of the kernels over their common divisor, magnitudes where `absolute`.
struct SetStage: RowStage {
  struct Member: Sendable {
    /// Plain sums, in 64 bits.
    var pass: WindowPass
    /// What brings the sums to the common divisor.
    var factor: Int64
    /// The kernel's own offset over the common divisor.
    var bias: Int64
  }

  let input: PictureFormat
  let output: PictureFormat
  let members: [Member]
  let combination: Combination
  let rounding: Rounding
  let copies: [CorrelationStage.ChannelCopy]
  /// Results to spread over the whole range, instead of the rounding.
  var spread: Extremes?

  func inputRows(for rows: Range<Int>) -> Range<Int> {
    members.dropFirst().reduce(members[0].pass.inputRows(for: rows)) { all, member in
      let own = member.pass.inputRows(for: rows)
      return min(all.lowerBound, own.lowerBound)..<max(all.upperBound, own.upperBound)
    }
  }

  var summary: String {
    "\(members.count) kernels, \(combination), \(members[0].pass.body.summary)"
  }

  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    let results = sums(of: band.rows, from: window, scratch: scratch)
    let kept = members[0].pass.kept
    let samples = output.width * kept
    let horizontal = members[0].pass.horizontal
    let line = scratch.array(of: Int64.self, samples)
    for index in 0..<band.count {
      let rows = results.map { UnsafePointer($0[index].assumingMemoryBound(to: Int64.self)) }
      if let spread {
        spreadRow(rows, line, samples, spread)
      } else {
        combine(rows, line, samples)
      }
      store(line, band.base + index * band.stride, kept)
      let row = members[0].pass.vertical.anchorSample(band.firstRow + index)
      for copy in copies {
        copyChannel(
          copy.from, of: window.row(row), input, first: horizontal.anchorSample(0),
          step: horizontal.stride, to: band.base + index * band.stride, channel: copy.to, output)
      }
    }
  }

  /// The results of each kernel over the common divisor: 64 bits, `kept` samples a pixel.
  private func sums(
    of rows: Range<Int>, from window: RowWindow, scratch: Scratch
  ) -> [UnsafeMutablePointer<UnsafeMutableRawPointer>] {
    let source = scratch.array(of: UnsafeRawPointer.self, window.count)
    for index in 0..<window.count { source[index] = window.row(window.firstRow + index) }
    let samples = output.width * members[0].pass.kept
    return members.map { member in
      let results = scratch.rows(rows.count, bytesPerRow: samples * 8)
      member.pass.run(
        rows: rows, columns: 0..<output.width, source: source, rowBase: window.firstRow,
        output: results, scratch: scratch)
      for index in 0..<rows.count {
        // Safety: `run` has written `samples` sums into each row.
        let sums = results[index].assumingMemoryBound(to: Int64.self)
        for x in 0..<samples {
          let value = sums[x] &* member.factor &+ member.bias
          sums[x] = rounding.absolute ? abs(value) : value
        }
      }
      return results
    }
  }

  /// Rounded results, not yet cut to the range.
  private func combine(
    _ rows: [UnsafePointer<Int64>], _ line: UnsafeMutablePointer<Int64>, _ count: Int
  ) {
    if combination == .magnitude {
      let divisor = Double(rounding.divisor)
      let raised = Double(rounding.addend - rounding.divisor / 2) / divisor + 0.5
      for x in 0..<count {
        var squares = 0.0
        for row in rows { squares += Double(row[x]) * Double(row[x]) }
        line[x] = Int64(min((squares.squareRoot() / divisor + raised).rounded(.down), 65535))
      }
      return
    }
    var rounding = rounding
    rounding.absolute = false
    for x in 0..<count { line[x] = rounding.apply(combined(rows, x)) }
  }

  /// One combined sum (for all but the magnitude).
  private func combined(_ rows: [UnsafePointer<Int64>], _ x: Int) -> Int64 {
    var result = rows[0][x]
    for row in rows.dropFirst() {
      switch combination {
      case .maximum: result = max(result, row[x])
      case .minimum: result = min(result, row[x])
      case .sum, .magnitude: result &+= row[x]
      }
    }
    return result
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

extension SetStage {
  /// The same stage with its results spread: the lowest becomes 0, the highest full intensity.
  func spreading(_ extremes: Extremes) -> SetStage {
    var stage = self
    stage.spread = extremes
    return stage
  }

  /// The extremes of some rows of results; channels that are copied do not count.
  func extremes(of rows: Range<Int>, from window: RowWindow, scratch: Scratch) -> Extremes {
    let results = sums(of: rows, from: window, scratch: scratch)
    let kept = members[0].pass.kept
    let counted = (0..<kept).filter { channel in
      kept == 1 || !copies.contains { $0.to == channel }
    }
    var found = Extremes()
    for index in 0..<rows.count {
      let lines = results.map { UnsafePointer($0[index].assumingMemoryBound(to: Int64.self)) }
      for pixel in 0..<output.width {
        for channel in counted {
          let value = real(lines, pixel * kept + channel)
          found.low = min(found.low, value)
          found.high = max(found.high, value)
        }
      }
    }
    return found
  }

  /// One result in units of the sums, as a real number.
  private func real(_ rows: [UnsafePointer<Int64>], _ x: Int) -> Double {
    guard combination == .magnitude else { return Double(combined(rows, x)) }
    var squares = 0.0
    for row in rows { squares += Double(row[x]) * Double(row[x]) }
    return squares.squareRoot()
  }

  private func spreadRow(
    _ rows: [UnsafePointer<Int64>], _ line: UnsafeMutablePointer<Int64>, _ count: Int,
    _ extremes: Extremes
  ) {
    let range = extremes.high - extremes.low
    let top = output.sample.maximum
    for x in 0..<count {
      guard range > 0 else {
        line[x] = 0
        continue
      }
      // Channels that are copied may lie outside the extremes.
      let value = min(max((real(rows, x) - extremes.low) / range, 0), 1)
      line[x] = Int64((value * top + 0.5).rounded(.down))
    }
  }
}
