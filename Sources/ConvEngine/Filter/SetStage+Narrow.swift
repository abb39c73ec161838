internal import CConvKernels
import Raster

/// Sets whose sums fit 32 bits: the largest, smallest or whole of the results without wider numbers.
extension SetStage {
  /// How the combined sums become samples, or nil where they need more than 32 bits.
  var narrowFinish: conv_finish? {
    guard combination != .magnitude, let bound = narrowBound,
      members.allSatisfy({ $0.border == nil && $0.pass.body.output == .int32 })
    else { return nil }
    // The kernels' own offset is the same for all: it may be added at the end, once for each in a sum.
    let count = combination == .sum ? members.count : 1
    let bias = members[0].bias * Int64(count)
    if rounding.absolute && bias != 0 { return nil }
    let (largest, overflow) = bound.multipliedReportingOverflow(by: count)
    guard !overflow, largest < Int32.max else { return nil }
    return conv_finish(
      sums: (rounding.absolute ? 0 : -largest)...largest, bias: 0,
      rounding: Rounding(addend: rounding.addend + bias, divisor: rounding.divisor),
      output: output.sample.element)
  }

  /// Combines rows of sums into the first of them, and rounds it into samples.
  func combineNarrow(
    _ rows: [UnsafeMutableRawPointer], _ finish: conv_finish, _ row: UnsafeMutableRawPointer,
    _ count: Int
  ) {
    let table = MicroKernels.current.table.pointee
    // Safety: every row holds `count` sums of 32 bits; a sum may be read and written in place.
    let lines = rows.map { $0.assumingMemoryBound(to: Int32.self) }
    if rounding.absolute { for line in lines { table.absolute_i32(line, line, count) } }
    for other in lines.dropFirst() {
      switch combination {
      case .maximum: table.larger_i32(lines[0], other, lines[0], count)
      case .minimum: table.smaller_i32(lines[0], other, lines[0], count)
      case .sum, .magnitude: table.sum_i32(lines[0], other, lines[0], count)
      }
    }
    var finish = finish
    table.finish_i32(lines[0], count, row, &finish)
  }
}
