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
  ///
  /// Of `bf16` products take about as long as those of single precision where pairs are multiplied (AVX512-BF16),
  /// and a small part of it where blocks are (AMX).
  public var isNative: Bool { self == .f32 || conv_current_processor().extensions.bf16 }

  /// Whether products of it take much less time than those of single precision (AMX for `bf16`).
  public var isFast: Bool { self == .bf16 && conv_current_processor().extensions.amx }
}
