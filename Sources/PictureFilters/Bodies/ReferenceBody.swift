/// The oracle of every body: one sample after the other, sums in 64-bit integers.
///
/// It also runs what no micro-kernel takes: weights beyond 32 bits and samples of 64 bits.
package struct ReferenceBody: FilterBody {
  /// A weight and where it meets the picture.
  package struct Tap: Sendable, Hashable {
    package var row: Int
    /// In samples (≥ 0).
    package var offset: Int
    package var weight: Int
    package init(row: Int, offset: Int, weight: Int) {
      self.row = row
      self.offset = offset
      self.weight = weight
    }
  }

  package enum Work: Sendable {
    /// Σ weight · in: rounded into samples, or the sums themselves where there is no rounding.
    case sum([Tap], Rounding?)
    /// The largest or the smallest sample; weights play no part.
    case extremum([Tap], maximum: Bool)
  }

  package let work: Work
  package let input: Element
  package let output: Element
  package let rowStride: Int
  package let windowRows: Int
  package let reachSamples: Int

  package init(_ work: Work, input: Element, output: Element, rowStride: Int = 1) {
    self.work = work
    self.input = input
    self.output = output
    self.rowStride = rowStride
    switch work {
    case .sum(let taps, _), .extremum(let taps, _):
      windowRows = (taps.map(\.row).max() ?? 0) + 1
      reachSamples = taps.map(\.offset).max() ?? 0
    }
  }

  package var preferredRows: Int { 1 }
  package var summary: String { "reference, 64-bit sums" }
  package func scratchBytes(rows: Int, width: Int) -> Int { width * 8 }

  package func run(
    _ input: UnsafePointer<UnsafeRawPointer>, _ output: UnsafePointer<UnsafeMutableRawPointer>,
    rows: Int, width: Int, scratch: UnsafeMutableRawPointer
  ) {
    for row in 0..<rows {
      let window = input + row * rowStride
      switch self.input {
      case .uint8: runRow(UInt8.self, window, output[row], width, scratch)
      case .uint16: runRow(UInt16.self, window, output[row], width, scratch)
      case .int32: runRow(Int32.self, window, output[row], width, scratch)
      case .int64: runRow(Int64.self, window, output[row], width, scratch)
      }
    }
  }

  private func runRow<Sample: FixedWidthInteger>(
    _ type: Sample.Type, _ window: UnsafePointer<UnsafeRawPointer>,
    _ output: UnsafeMutableRawPointer, _ width: Int, _ scratch: UnsafeMutableRawPointer
  ) {
    // Safety: scratch holds `width` sums; every tap reads `width` samples from its offset on, which
    // the caller has provided.
    let sums = scratch.assumingMemoryBound(to: Int64.self)
    switch work {
    case .sum(let taps, let rounding):
      for x in 0..<width { sums[x] = 0 }
      for tap in taps where tap.weight != 0 {
        let samples = window[tap.row].assumingMemoryBound(to: Sample.self) + tap.offset
        let weight = Int64(tap.weight)
        for x in 0..<width { sums[x] &+= weight &* Int64(truncatingIfNeeded: samples[x]) }
      }
      finish(sums, rounding, output, width)
    case .extremum(let taps, let maximum):
      for (index, tap) in taps.enumerated() {
        let samples = window[tap.row].assumingMemoryBound(to: Sample.self) + tap.offset
        for x in 0..<width {
          let value = Int64(truncatingIfNeeded: samples[x])
          sums[x] = index == 0 ? value : maximum ? max(sums[x], value) : min(sums[x], value)
        }
      }
      finish(sums, nil, output, width)
    }
  }

  private func finish(
    _ sums: UnsafeMutablePointer<Int64>, _ rounding: Rounding?, _ output: UnsafeMutableRawPointer,
    _ width: Int
  ) {
    storeSums(sums, rounding, output, self.output, width)
  }
}

/// Rounds sums where a rounding is given, and stores them; the sums are overwritten.
func storeSums(
  _ sums: UnsafeMutablePointer<Int64>, _ rounding: Rounding?, _ output: UnsafeMutableRawPointer,
  _ element: Element, _ width: Int
) {
  if let rounding, let top = element.top {
    for x in 0..<width { sums[x] = min(max(rounding.apply(sums[x]), 0), top) }
  }
  // Safety: both hold `width` values.
  func store<Sample: FixedWidthInteger>(_ type: Sample.Type) {
    let samples = output.assumingMemoryBound(to: Sample.self)
    for x in 0..<width { samples[x] = Sample(truncatingIfNeeded: sums[x]) }
  }
  switch element {
  case .uint8: store(UInt8.self)
  case .uint16: store(UInt16.self)
  case .int32: store(Int32.self)
  case .int64: store(Int64.self)
  }
}

extension Rounding {
  /// `⌊(sum + addend) / divisor⌋` of the sum or of its magnitude.
  func apply(_ sum: Int64) -> Int64 {
    let raised = (absolute ? abs(sum) : sum) + addend
    // Division truncates towards zero: one less where a negative number leaves a rest.
    let quotient = raised / divisor
    return raised % divisor < 0 ? quotient - 1 : quotient
  }
}
