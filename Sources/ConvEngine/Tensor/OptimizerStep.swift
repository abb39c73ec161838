internal import CConvKernels

/// One step of stochastic gradient descent on a run of parameters.
///
///     g = gradient·gradientScale + coupledDecay·w
///     b = momentum·b + g
///     w ← w·(1 − rate·decay) − rate·(nesterov ? g + momentum·b : b)
public struct SGDStep: Sendable, Hashable {
  public var rate: Float
  public var momentum: Float = 0
  public var nesterov = false
  /// Decoupled decay.
  public var decay: Float = 0
  /// Added to the gradient, as PyTorch's SGD does.
  public var coupledDecay: Float = 0
  public var gradientScale: Float = 1

  public init(rate: Float) { self.rate = rate }

  /// - Parameter velocity: b, updated; may be nil where `momentum` is 0.
  public func callAsFunction(
    _ count: Int, weights: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>,
    velocity: UnsafeMutablePointer<Float>?
  ) {
    precondition(velocity != nil || momentum == 0, "momentum needs a velocity")
    for index in 0..<count {
      let g = gradient[index] * gradientScale + coupledDecay * weights[index]
      var move = g
      if let velocity {
        let b = momentum * velocity[index] + g
        velocity[index] = b
        move = nesterov ? g + momentum * b : b
      }
      weights[index] = weights[index] * (1 - rate * decay) - rate * move
    }
  }
}

/// One step of Adam or AdamW on a run of parameters (Kingma & Ba, arXiv:1412.6980; Loshchilov &
/// Hutter, arXiv:1711.05101).
///
///     g = gradient·gradientScale + coupledDecay·w
///     m = β₁m + (1 − β₁)g;  v = β₂v + (1 − β₂)g²
///     w ← w·(1 − rate·decay) − rate · m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ)) + ε)
public struct AdamStep: Sendable, Hashable {
  public var rate: Float
  public var beta1: Float = 0.9
  public var beta2: Float = 0.999
  public var epsilon: Float = 1e-8
  /// Decoupled decay (AdamW).
  public var decay: Float = 0
  /// Added to the gradient (Adam with L2).
  public var coupledDecay: Float = 0
  public var gradientScale: Float = 1
  /// Number of this step (≥ 1).
  public var step: Int

  public init(rate: Float, step: Int) {
    precondition(step >= 1, "steps are counted from 1")
    self.rate = rate
    self.step = step
  }

  /// - Parameters:
  ///   - mean: m, updated.
  ///   - square: v, updated.
  public func callAsFunction(
    _ count: Int, weights: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>,
    mean: UnsafeMutablePointer<Float>, square: UnsafeMutablePointer<Float>,
    instructionSet: InstructionSet = .current
  ) {
    let (first, second) = corrections
    var constants = net_adam(
      rate: rate, beta1: beta1, beta2: beta2, epsilon: epsilon, correction1: first,
      correction2: second, keep: 1 - rate * decay, coupled_decay: coupledDecay,
      gradient_scale: gradientScale)
    TensorKernels(instructionSet).table.adam(&constants, count, weights, gradient, mean, square)
  }

  /// 1/(1 − β₁ᵗ) and 1/(1 − β₂ᵗ).
  private var corrections: (Float, Float) {
    var power1 = 1.0
    var power2 = 1.0
    // β^t by squaring: no rounding of the steps, no libm.
    var (base1, base2, left) = (Double(beta1), Double(beta2), step)
    while left > 0 {
      if left & 1 == 1 {
        power1 *= base1
        power2 *= base2
      }
      base1 *= base1
      base2 *= base2
      left >>= 1
    }
    return (Float(1 / (1 - power1)), Float(1 / (1 - power2)))
  }
}

/// Sums over runs of floats.
public enum VectorSum {
  /// y ← a·x + y.
  public static func add(
    _ count: Int, _ a: Float, _ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>
  ) {
    TensorKernels().table.combine(count, a, x, 1, y)
  }

  /// y ← d·y + (1 − d)·x: an exponential moving average.
  public static func average(
    _ count: Int, decay d: Float, _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>
  ) {
    TensorKernels().table.combine(count, 1 - d, x, d, y)
  }

  /// Σ x², in double precision, in an order fixed by `count`.
  public static func squares(_ count: Int, _ x: UnsafePointer<Float>) -> Double {
    var sums = (0.0, 0.0, 0.0, 0.0)
    var index = 0
    while index + 4 <= count {
      sums.0 += Double(x[index]) * Double(x[index])
      sums.1 += Double(x[index + 1]) * Double(x[index + 1])
      sums.2 += Double(x[index + 2]) * Double(x[index + 2])
      sums.3 += Double(x[index + 3]) * Double(x[index + 3])
      index += 4
    }
    while index < count {
      sums.0 += Double(x[index]) * Double(x[index])
      index += 1
    }
    return (sums.0 + sums.1) + (sums.2 + sums.3)
  }
}
