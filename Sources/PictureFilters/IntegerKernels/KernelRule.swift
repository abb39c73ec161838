import ConvEngine
import KernelLanguage
import Raster

/// How a stage reads a kernel: everything that decides its integers besides the taps.
struct KernelRule: Sendable {
  var scale = ScaleRule.asGiven
  var normalization = Normalization.none
  /// Added to the results, in levels of the input.
  var offset = 0.0
  /// The largest sample that sums are taken of.
  var maximum = 255
  /// Bits that sums may take.
  var sumBits = 61
  /// Levels of the output for one of the input: 257 where 8 bits become 16.
  var gain = 1

  /// Bits that the numerators of each factor of a formula may take.
  var factorBits: Int {
    let sampleBits = Int.bitWidth - maximum.leadingZeroBitCount
    return min(22, (sumBits - sampleBits) / 2)
  }
}
