internal import CConvKernels

/// What becomes of sums in 64 bits.
struct LongFinish: Sendable {
  let kernels: MicroKernels
  let rounding: Rounding?
  let output: Element
  /// Nil where sums are stored as they are, or only plain division is right.
  private let fast: conv_long_finish?

  init(_ rounding: Rounding?, output: Element, kernels: MicroKernels) {
    self.rounding = rounding
    self.output = output
    self.kernels = kernels
    guard let rounding, let top = output.top else {
      fast = nil
      return
    }
    var finish = conv_long_finish()
    finish.addend = rounding.addend
    finish.divisor = rounding.divisor
    finish.absolute = rounding.absolute ? 1 : 0
    let divisor = rounding.divisor
    finish.shift = divisor & (divisor - 1) == 0 ? Int32(divisor.trailingZeroBitCount) : -1
    let (levels, overflow) = divisor.multipliedReportingOverflow(by: top + 1)
    finish.limit = overflow ? 0 : levels - 1
    fast = overflow && finish.shift < 0 ? nil : finish
  }

  /// Stores sums from sample `start` of a row on; the sums are overwritten.
  func store(
    _ sums: UnsafeMutablePointer<Int64>, _ count: Int, _ row: UnsafeMutableRawPointer, at start: Int
  ) {
    // Safety: the row holds samples of the output's type, at least `start + count`.
    let target = row + start * output.byteCount
    guard var fast else { return storeSums(sums, rounding, target, output, count) }
    if output == .uint8 {
      kernels.table.pointee.finish_i64_u8(sums, count, target.samples(), &fast)
    } else {
      kernels.table.pointee.finish_i64_u16(sums, count, target.samples(), &fast)
    }
  }
}
