internal import CConvKernels

/// What the products of convolutions and dense layers are made of, or how ranks tell each other gradients.
///
/// Sums, and all that is no product of matrices, are of single precision in any case.
public enum Precision: String, Sendable, CaseIterable {
  /// Numbers of single precision.
  case f32
  /// Numbers rounded to bfloat16, 8 bits of a mantissa, to the nearest even; numbers below the normal range
  /// are 0.
  case bf16

  /// Whether there are instructions for it (AVX512-BF16 for `bf16`) at the level in use; without, the same
  /// numbers come of instructions for single precision, in no less time than products of these take.
  public var isNative: Bool { self == .f32 || conv_current_processor().extensions.bf16 }
}
