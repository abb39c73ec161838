import KernelLanguage
import Raster

extension IntegerKernel {
  /// Numerators over a whole unit (a power of ten); nil where the integers do not fit.
  init?(_ kernel: Kernel, weights: Numerators, unit: Int, scale: KernelScale) {
    self.init(
      width: kernel.width, height: kernel.height, depth: kernel.depth, weights: weights, divisor: 1,
      bias: 0)
    guard normalise(unit: unit, scale) else { return nil }
    if let value = scale.value {
      // Dividing by a/10^k: multiply by 10^k, divide by a.
      guard let decimal = ExactDecimal(value), let power = decimal.power,
        let over = divisor.times(decimal.numerator), self.scale(by: power)
      else { return nil }
      divisor = over
    }
    guard
      let offset = ExactDecimal(scale.offset) ?? ExactDecimal((scale.offset * 1e6).rounded() / 1e6),
      let whole = divisor.times(offset.numerator), let power = offset.power,
      let over = divisor.times(power), self.scale(by: power)
    else { return nil }
    bias = whole
    divisor = over
    reduce()
  }

  /// Numerators over any unit: the divisor is rounded to an integer where it is not the sum.
  init?(_ kernel: Kernel, weights: Numerators, binaryUnit: Double, scale: KernelScale) {
    self.init(
      width: kernel.width, height: kernel.height, depth: kernel.depth, weights: weights, divisor: 1,
      bias: 0)
    func rounded(_ value: Double) -> Int? {
      let whole = value.rounded()
      return abs(whole) >= 1 && abs(whole) < 0x1p61 ? Int(whole) : nil
    }
    if scale.normalization == .none {
      let zero = sum == 0
      guard let over = scale.value != nil || zero ? rounded((scale.value ?? 1) * binaryUnit) : sum
      else { return nil }
      divisor = over
    } else {
      guard normalise(unit: 1, scale),
        let over = scale.value == nil ? divisor : rounded(scale.value! * Double(divisor))
      else { return nil }
      divisor = over
    }
    let raised = (scale.offset * Double(divisor)).rounded()
    guard abs(raised) < 0x1p61 else { return nil }
    bias = Int(raised)
    reduce()
  }

  /// Sets the divisor before a scale of the user's applies; false where it does not fit.
  private mutating func normalise(unit: Int, _ scale: KernelScale) -> Bool {
    let (whole, absolute) = (sum, magnitude)
    guard absolute < .max else { return false }
    let zero = whole == 0 || abs(Double(whole)) < 1e-9 * Double(absolute)
    // Of the weights, `positive` are above zero and `negative` below.
    let positive = (absolute + whole) / 2
    let negative = (absolute - whole) / 2
    switch scale.normalization {
    case .none: divisor = scale.value != nil || zero ? unit : whole
    case .unit: divisor = zero ? max(positive, 1) : abs(whole)
    case .balanced:
      let (up, down) = (max(positive, 1), max(negative, 1))
      var balanced: [Int] = []
      for tap in numerators {
        guard let weight = tap.times(tap > 0 ? down : up) else { return false }
        balanced.append(weight)
      }
      guard let over = up.times(down) else { return false }
      weights = .grid(balanced)
      divisor = over
    }
    return true
  }
}
