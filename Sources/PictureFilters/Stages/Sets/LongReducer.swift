import KernelLanguage
import Raster

/// Any combination, in 64 bits over the kernels' common divisor; squares in doubles.
struct LongReducer: SetReducer {
  /// What becomes of the combined results.
  enum Ending: Sendable {
    case rounded
    /// The lowest becomes 0, the highest full intensity.
    case spread(Extremes)
    /// Only the extremes are noted; no sample is written.
    case probed(ExtremeSearch)
  }

  let members: [SetStage.Member]
  let combination: Combination
  let rounding: Rounding
  let output: PictureFormat
  let ending: Ending

  init(
    _ members: [SetStage.Member], _ combination: Combination, _ rounding: Rounding,
    output: PictureFormat, ending: Ending = .rounded
  ) {
    self.members = members
    self.combination = combination
    self.rounding = rounding
    self.output = output
    self.ending = ending
  }

  private let kernels = MicroKernels.current
  private var kept: Int { members[0].pass.kept }

  var lineBytes: Int { 8 }

  func take(_ sums: UnsafeMutableRawPointer, _ step: SetStep) {
    // Safety: line and spare hold `count` numbers of 64 bits.
    let line = step.line.assumingMemoryBound(to: Int64.self)
    let spare = step.spare.assumingMemoryBound(to: Int64.self)
    if combination == .magnitude {
      let squares = step.line.assumingMemoryBound(to: Double.self)
      if step.member == 0 { for x in 0..<step.count { squares[x] = 0 } }
      raise(sums, step, into: spare)
      kernels.rows.add_squares(spare, squares, step.count)
      if step.isLast { kernels.rows.roots(squares, step.count) }
    } else if step.member == 0 {
      raise(sums, step, into: line)
    } else {
      raise(sums, step, into: spare)
      switch combination {
      case .maximum: for x in 0..<step.count { line[x] = max(line[x], spare[x]) }
      case .minimum: for x in 0..<step.count { line[x] = min(line[x], spare[x]) }
      case .sum, .magnitude: for x in 0..<step.count { line[x] &+= spare[x] }
      }
    }
    if step.isLast { end(step) }
  }

  /// A row of sums over the common divisor, in 64 bits.
  private func raise(
    _ sums: UnsafeMutableRawPointer, _ step: SetStep, into line: UnsafeMutablePointer<Int64>
  ) {
    let member = members[step.member]
    // Safety: the body has written `count` sums of its type.
    if member.pass.body.output == .int32 {
      let sums = sums.assumingMemoryBound(to: Int32.self)
      for x in 0..<step.count { line[x] = Int64(sums[x]) &* member.factor &+ member.bias }
    } else {
      let sums = sums.assumingMemoryBound(to: Int64.self)
      for x in 0..<step.count { line[x] = sums[x] &* member.factor &+ member.bias }
    }
    member.addBorder(step.row, to: line)
    if rounding.absolute { for x in 0..<step.count { line[x] = abs(line[x]) } }
  }

  private func end(_ step: SetStep) {
    let isReal = combination == .magnitude
    // Results and what is made of them change places: they are as wide.
    let (integers, reals) =
      isReal ? (step.spare, step.line) : (step.line, step.spare)
    let line = integers.assumingMemoryBound(to: Int64.self)
    let values = reals.assumingMemoryBound(to: Double.self)
    if case .rounded = ending {
      if isReal {
        let (divisor, raised) = (Double(rounding.divisor), rounding.raised)
        // Below 0 everything becomes 0, whichever way it is rounded.
        for x in 0..<step.count {
          line[x] = Int64(min(max(values[x] / divisor + raised, -1), 65535))
        }
      } else {
        var rounding = rounding
        rounding.absolute = false
        for x in 0..<step.count { line[x] = rounding.apply(line[x]) }
      }
      return store(line, step.output)
    }
    if !isReal { for x in 0..<step.count { values[x] = Double(line[x]) } }
    switch ending {
    case .rounded: break
    case .spread(let extremes):
      // Channels that are copied may lie outside the extremes.
      kernels.rows.spread(
        values, extremes.low, extremes.high - extremes.low, output.sample.maximum, line, step.count)
      store(line, step.output)
    case .probed(let search): search.note(values, row: step.row, kept: kept, count: output.width)
    }
  }

  private func store(_ line: UnsafePointer<Int64>, _ row: UnsafeMutableRawPointer) {
    let (channels, kept) = (output.color.channels, kept)
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
