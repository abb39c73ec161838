internal import CConvKernels

/// Functions of each value by itself that run in whole registers.
///
/// The same bytes wherever a value stands in a run. Exponentials are within 1 unit in the last place,
/// the normal distribution of GELU within 1.5·10⁻⁷ (Abramowitz & Stegun, 7.1.26).
public enum ActivationKernel: Sendable, Hashable, CaseIterable {
  /// x.
  case identity
  /// max(x, 0).
  case relu
  /// x·Φ(x), Φ the normal distribution.
  case gelu
  /// x / (1 + e⁻ˣ).
  case silu
  /// x · min(max(x + 3, 0), 6) / 6.
  case hardSwish
  /// min(max(x, 0), 6).
  case relu6

  var code: Int32 {
    let code =
      switch self {
      case .identity: net_identity
      case .relu: net_relu
      case .gelu: net_gelu
      case .silu: net_silu
      case .hardSwish: net_hard_swish
      case .relu6: net_relu6
      }
    return Int32(code)
  }

  /// y ← f(x); `y` may be `x`.
  public func forward(
    _ count: Int, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>,
    instructionSet: InstructionSet = .current
  ) {
    TensorKernels(instructionSet).table.activate(code, count, x, y)
  }

  /// dx ← dy·f′(x); `dx` may be `dy` or `x`.
  public func backward(
    _ count: Int, _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>,
    _ dx: UnsafeMutablePointer<Float>, instructionSet: InstructionSet = .current
  ) {
    TensorKernels(instructionSet).table.activate_back(code, count, x, dy, dx)
  }
}
