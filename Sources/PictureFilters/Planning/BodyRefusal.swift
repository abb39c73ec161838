/// Why a body does not do what is asked.
package enum BodyRefusal: Error, Hashable {
  /// Weights that differ, or the taps of which are not neighbours down the columns.
  case noBox
  case noProduct
  /// Two factors that start at another channel than the first.
  case shifted
  /// A formula is defined by the rounding between its passes.
  case roundedBetween
  /// Weights in integers are summed exactly.
  case notRoundedBetween
  /// By passes of another kind.
  case definedOtherwise
  /// The instruction set lacks it.
  case noInstruction
  case sampleType
  case noWeights
  case weightsTooWide(bits: Int)
  case sumsTooWide(bits: Int)
  /// Sums that fit, but not what rounding makes of them on the way.
  case roundingTooWide(bits: Int)
  /// Results are other samples than those of 8 bits, or of 16, or sums.
  case noBytes
  case noWords
  /// Sums in 32 bits from a body that yields 64.
  case sumsInWords
  case tooManyParts
  case tooManyTaps(most: Int)
  /// The weights of a row differ from its ends.
  case notMirrored
  /// Another member than the middle one of a square of this side.
  case noMedian(side: Int)
  /// Neither the smallest nor the largest member.
  case noExtreme
  /// Members are no rectangle of neighbours.
  case noRectangle
  /// Members are all samples of a rectangle.
  case noShape
  /// Windows are several rows apart.
  case rowsApart
  /// Neighbouring windows of one row.
  case noSharedRows
  case tooManyRows(most: Int)
  /// Members are more rectangles than these.
  case tooManyRectangles(most: Int)
  case tooManySamples(most: Int)
  /// What is held would not stay in the caches.
  case tooManyWeights
  /// No Gaussian of large σ of which a whole picture of bytes is asked for.
  case noGaussian
  /// The same of 16 bits.
  case noDeepGaussian
  /// What is left out would be off by a level.
  case notWithinLevel
  /// Micro-kernels count bytes from row to row of a window in 32 bits.
  case windowTooLarge
}

extension BodyRefusal: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noBox: "no window of neighbours with equal weights"
    case .noProduct: "no product of a column and a row"
    case .shifted: "starts at another channel"
    case .roundedBetween: "a formula rounds between its passes"
    case .notRoundedBetween: "nothing is rounded between"
    case .definedOtherwise: "defined by other passes"
    case .noInstruction: "not in this instruction set"
    case .sampleType: "samples are not of 8 bits"
    case .noWeights: "no weights"
    case .weightsTooWide(let bits): "weights exceed \(bits) bits"
    case .sumsTooWide(let bits): "sums exceed \(bits) bits"
    case .roundingTooWide(let bits): "rounding exceeds \(bits) bits"
    case .noBytes: "results are not of 8 bits"
    case .noWords: "results are not of 16 bits"
    case .sumsInWords: "sums are wanted in 32 bits"
    case .tooManyParts: "too many parts"
    case .tooManyTaps(let most): "more than \(most) taps a row"
    case .notMirrored: "the row differs from its ends"
    case .noMedian(let side): "no median of \(side)x\(side)"
    case .noExtreme: "neither the smallest nor the largest"
    case .noRectangle: "no rectangle of neighbours"
    case .noShape: "a rectangle"
    case .rowsApart: "windows are several rows apart"
    case .noSharedRows: "windows share no rows"
    case .tooManyRows(let most): "more than \(most) rows"
    case .tooManyRectangles(let most): "more than \(most) rectangles"
    case .tooManyWeights: "too many weights for the caches"
    case .noGaussian: "no Gaussian of large sigma over a picture of bytes"
    case .noDeepGaussian: "no Gaussian of large sigma over a picture of 16 bits"
    case .notWithinLevel: "off by a level"
    case .tooManySamples(let most): "more than \(most) samples"
    case .windowTooLarge: "the window is too large"
    }
  }
}
