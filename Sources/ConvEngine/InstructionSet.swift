package import CConvKernels

/// A level of instructions that the micro-kernels are compiled for.
///
/// Every level gives the same bytes for pictures. `CONVFILTER_INSTRUCTION_SET` names a lower one
/// than the processor has.
public enum InstructionSet: String, Sendable, CaseIterable {
  case baseline
  case neon
  case avx2
  case avx512

  /// The level in use.
  public static var current: InstructionSet { InstructionSet(conv_current_processor().set) }

  /// The levels that this processor has, from the narrowest.
  public static var available: [InstructionSet] {
    allCases.filter { conv_has_instruction_set($0.code) }
  }

  /// Uses `self` for what this thread plans from now on; it must be one of `available`.
  package func force() {
    precondition(conv_force_instruction_set(code), "the processor has no \(rawValue)")
  }

  package init(_ code: conv_instruction_set) {
    switch code {
    case conv_neon: self = .neon
    case conv_avx2: self = .avx2
    case conv_avx512: self = .avx512
    default: self = .baseline
    }
  }

  package var code: conv_instruction_set {
    switch self {
    case .baseline: conv_baseline
    case .neon: conv_neon
    case .avx2: conv_avx2
    case .avx512: conv_avx512
    }
  }
}
