#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A function applied to each element.
public enum Activation: Sendable, Hashable {
  /// max(x, 0).
  case relu
  /// x above 0, slope · x below.
  case leakyRelu(slope: Float)
  /// x above 0, e^x − 1 below.
  case elu
  /// x · Φ(x), Φ the normal distribution; with the usual tanh form:
  /// x/2 · (1 + tanh(√(2/π) · (x + 0.044715·x³))).
  case gelu
  /// x · sigmoid(x).
  case silu
  /// 1 / (1 + e^−x).
  case sigmoid
  case tanh
  /// ln(1 + e^x).
  case softplus

  /// f(x).
  package func value(_ x: Float) -> Float {
    switch self {
    case .relu: max(x, 0)
    case .leakyRelu(let slope): x > 0 ? x : slope * x
    case .elu: x > 0 ? x : expm1f(x)
    case .gelu: 0.5 * x * (1 + tanhf(Self.geluInner(x)))
    case .silu: x / (1 + expf(-x))
    case .sigmoid: 1 / (1 + expf(-x))
    case .tanh: tanhf(x)
    case .softplus: max(x, 0) + log1pf(expf(-abs(x)))
    }
  }

  /// f′(x).
  package func slope(_ x: Float) -> Float {
    switch self {
    case .relu: return x > 0 ? 1 : 0
    case .leakyRelu(let slope): return x > 0 ? 1 : slope
    case .elu: return x > 0 ? 1 : expf(x)
    case .gelu:
      let t = tanhf(Self.geluInner(x))
      return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * 0.7978846 * (1 + 0.134145 * x * x)
    case .silu:
      let s = 1 / (1 + expf(-x))
      return s * (1 + x * (1 - s))
    case .sigmoid:
      let s = 1 / (1 + expf(-x))
      return s * (1 - s)
    case .tanh:
      let t = tanhf(x)
      return 1 - t * t
    case .softplus: return 1 / (1 + expf(-x))
    }
  }

  private static func geluInner(_ x: Float) -> Float { 0.7978846 * (x + 0.044715 * x * x * x) }

  /// `output[i] = f(input[i])`; `output` may be `input`.
  public func forward(
    _ count: Int, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>
  ) {
    for index in 0..<count { output[index] = value(input[index]) }
  }

  /// `inputGradient[i] = outputGradient[i] · f′(input[i])`; the gradients may be the same memory.
  ///
  /// For ReLU and leaky ReLU `input` may be the output of `forward`.
  public func backward(
    _ count: Int, input: UnsafePointer<Float>, outputGradient: UnsafePointer<Float>,
    inputGradient: UnsafeMutablePointer<Float>
  ) {
    for index in 0..<count {
      inputGradient[index] = outputGradient[index] * slope(input[index])
    }
  }
}
