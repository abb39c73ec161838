/// Which divisor the kernels of a chain take.
public enum ScaleRule: Sendable, Hashable {
  /// The kernel's own scale, else its sum, else 1 where it sums to nothing.
  case asGiven
  /// The kernel's sum (1 where it sums to nothing), whatever scale it has.
  case sum
  /// This divisor.
  case value(Double)
}

/// How the weights of a kernel are brought to a common size before the scale applies.
public enum KernelNormalization: Sendable, Hashable, CaseIterable {
  /// As they are.
  case none
  /// They sum to 1; those of a kernel that sums to nothing have positive weights of sum 1
  /// (ImageMagick's `!`).
  case unit
  /// Positive weights sum to 1, negative ones to −1 (ImageMagick's `^`).
  case balanced
}

/// A value added to every result.
public enum ResultOffset: Sendable, Hashable {
  /// In levels of the input.
  case levels(Double)
  /// In per cent of full intensity.
  case percent(Double)
}

/// What becomes of results outside the range of the samples.
public enum ResultRange: Sendable, Hashable, CaseIterable {
  /// Cut off.
  case clamp
  /// The magnitude, then cut off.
  case absolute
  /// Half of the range added (128 for 8 bits), then cut off.
  case offset
  /// The smallest result of the picture becomes 0, the largest full intensity.
  case auto
}

/// Which channels are filtered; the others are copied.
public enum ChannelChoice: Sendable, Hashable {
  case all
  /// Indices from 0, alpha counted.
  case only(Set<Int>)
  /// Brightness (Rec. 601 luma) is filtered, its change is added to red, green and blue.
  case luma
}

/// How alpha takes part.
public enum AlphaRule: Sendable, Hashable, CaseIterable {
  /// `premultiply` for kernels whose sum is not 0, else `keep`.
  case auto
  /// Colours weigh as much as their alpha; alpha is filtered with weights of sum 1.
  case premultiply
  /// Alpha is copied, colours are filtered without regard to it.
  case keep
  /// Alpha is a channel like any other.
  case filter
}

/// How many bits a sample of the output has.
public enum DepthRule: Sendable, Hashable, CaseIterable {
  case keep
  case eight
  /// 8-bit levels are multiplied by 257 before the results are rounded.
  case sixteen
  /// Single precision, never clipped: levels of the picture as they are (0…255, 0…65535, or what a picture of
  /// floats holds), signed where the results are.
  case float
}

/// What holds for a whole chain; each stage may have geometry of its own.
///
/// `scale`, `normalization`, `offset` and `range` act on the stages whose kernels sum to nothing
/// (edges and other signed results); where there is none, on the last stage that has a kernel.
public struct FilterOptions: Sendable, Hashable {
  /// Used where a stage says nothing.
  public var geometry = StageGeometry()
  /// Turn kernels by 180°: convolution in the mathematical sense.
  public var flip = false
  /// Tap that meets the output sample, for kernels that name none.
  public var anchor: Kernel.Anchor?
  public var scale = ScaleRule.asGiven
  public var normalization = KernelNormalization.none
  public var offset = ResultOffset.levels(0)
  public var range = ResultRange.clamp
  public var channels = ChannelChoice.all
  public var alpha = AlphaRule.auto
  /// Filter amounts of light (sRGB decoded) rather than encoded values.
  public var linear = false
  public var depth = DepthRule.keep

  public init() {}
}
