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

  /// Combines the sums of one kernel after the other, so that they stay in the cache, and rounds them.
  func produceNarrow(
    _ rows: Range<Int>, of band: RowBand, from source: SourceRows, _ finish: conv_finish,
    _ scratch: Scratch
  ) {
    let count = output.width * members[0].pass.kept
    let table = MicroKernels.current.table.pointee
    func sums(_ member: Member) -> [UnsafeMutablePointer<Int32>] {
      let results = plainSums(of: member, rows, source, scratch)
      // Safety: every row holds `count` sums of 32 bits; a sum may be read and written in place.
      let lines = (0..<rows.count).map { results[$0].assumingMemoryBound(to: Int32.self) }
      if rounding.absolute { for line in lines { table.absolute_i32(line, line, count) } }
      return lines
    }
    let combined = sums(members[0])
    for member in members.dropFirst() {
      scratch.scoped {
        for (line, other) in zip(combined, sums(member)) {
          switch combination {
          case .maximum: table.larger_i32(line, other, line, count)
          case .minimum: table.smaller_i32(line, other, line, count)
          case .sum, .magnitude: table.sum_i32(line, other, line, count)
          }
        }
      }
    }
    var finish = finish
    for (line, y) in zip(combined, rows) { table.finish_i32(line, count, band.row(y), &finish) }
  }
}
