internal import CConvKernels
import KernelLanguage
import Raster

/// The largest, smallest or whole of results that fit 32 bits.
struct WordReducer: SetReducer {
  private let kernels = MicroKernels.current
  private let combination: Combination
  private let absolute: Bool
  private let finish: conv_finish

  /// Nil where wider numbers are needed.
  ///
  /// - Parameter bound: the largest |result| that any picture gives.
  init?(
    _ members: [SetStage.Member], _ combination: Combination, _ rounding: Rounding, bound: Int,
    output: SampleType
  ) {
    let bias = members[0].bias
    guard combination != .magnitude,
      members.allSatisfy({
        $0.factor == 1 && $0.bias == bias && $0.border == nil && $0.pass.body.output == .int32
      })
    else { return nil }
    // The kernels' own offset is the same for all: it may be added at the end, once for each in a sum.
    let count = combination == .sum ? members.count : 1
    if rounding.absolute && bias != 0 { return nil }
    let (largest, overflow) = bound.multipliedReportingOverflow(by: count)
    guard !overflow, largest < Int32.max,
      let finish = try? conv_finish(
        sums: (rounding.absolute ? 0 : -largest)...largest, bias: 0,
        rounding: Rounding(
          addend: rounding.addend + bias * Int64(count), divisor: rounding.divisor),
        output: output.element)
    else { return nil }
    self.combination = combination
    absolute = rounding.absolute
    self.finish = finish
  }

  var lineBytes: Int { 0 }

  func take(_ sums: UnsafeMutableRawPointer, _ step: SetStep) {
    // Safety: sums and line hold `count` sums of 32 bits; a sum may be read and written in place.
    let table = kernels.table.pointee
    let sums = sums.assumingMemoryBound(to: Int32.self)
    let line = step.line.assumingMemoryBound(to: Int32.self)
    if absolute { table.absolute_i32(sums, sums, step.count) }
    if step.member > 0 {
      switch combination {
      case .maximum: table.larger_i32(line, sums, line, step.count)
      case .minimum: table.smaller_i32(line, sums, line, step.count)
      case .sum, .magnitude: table.sum_i32(line, sums, line, step.count)
      }
    }
    if step.isLast {
      var finish = finish
      table.finish_i32(line, step.count, step.output, &finish)
    }
  }
}
