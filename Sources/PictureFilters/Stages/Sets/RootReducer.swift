import KernelLanguage
import Raster

/// The root of the squares of two results that fit 32 bits.
struct RootReducer: SetReducer {
  private let kernels = MicroKernels.current
  private let divisor: Double
  private let raised: Double
  private let isWide: Bool
  /// Whether a² + b² stays below 2^22, and nothing else is done.
  private let isSmall: Bool

  /// Nil where it takes more than two kernels' sums.
  init?(
    _ members: [SetStage.Member], _ combination: Combination, _ rounding: Rounding,
    squaresAreSmall: Bool, output: SampleType
  ) {
    guard combination == .magnitude, members.count == 2,
      members.allSatisfy({
        $0.factor == 1 && $0.bias == 0 && $0.border == nil && $0.pass.body.output == .int32
      })
    else { return nil }
    divisor = Double(rounding.divisor)
    raised = rounding.raised
    isWide = output == .uint16
    isSmall = divisor == 1 && raised == 0.5 && squaresAreSmall
  }

  var lineBytes: Int { 0 }

  func take(_ sums: UnsafeMutableRawPointer, _ step: SetStep) {
    guard step.isLast else { return }
    let rows = kernels.rows
    // Safety: both rows hold `count` sums of 32 bits, the result as many samples.
    let a = step.line.assumingMemoryBound(to: Int32.self)
    let b = sums.assumingMemoryBound(to: Int32.self)
    if isWide {
      rows.magnitude_u16(a, b, divisor, raised, step.output.samples(), step.count)
    } else if isSmall {
      rows.magnitude_small_u8(a, b, step.output.samples(), step.count)
    } else {
      rows.magnitude_u8(a, b, divisor, raised, step.output.samples(), step.count)
    }
  }
}
