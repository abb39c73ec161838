import ConvEngine
import KernelLanguage
import Raster

extension IntegerKernel {
  /// The integers of a kernel: exact for numbers that were typed; else the nearest binary fractions
  /// whose error stays below 1/64 level, with an exact sum.
  ///
  /// - Throws: `FilterError` for numbers that are not finite, a scale of 0, and numbers whose sums
  ///   no 64-bit integer holds.
  init(_ kernel: Kernel, rule: KernelRule, stage: String) throws(FilterError) {
    let scale = try KernelScale(
      kernel, scale: rule.scale, normalization: rule.normalization, offset: rule.offset,
      stage: stage)
    guard
      var made = kernel.isFormula
        ? IntegerKernel(factorsOf: kernel, scale, rule)
        : IntegerKernel(exactly: kernel, scale, rule) ?? IntegerKernel(nearly: kernel, scale, rule)
    else { throw .tooLarge(stage: stage) }
    if rule.gain != 1 {
      guard made.multiply(by: rule.gain) else { throw .tooLarge(stage: stage) }
    }
    guard made.bound(maximum: rule.maximum) < 1 << 62, abs(made.bias) < 1 << 61 else {
      throw .tooLarge(stage: stage)
    }
    self = made
  }

  /// Numbers from decimal text: over the smallest power of ten that makes all of them integers.
  private init?(exactly kernel: Kernel, _ scale: KernelScale, _ rule: KernelRule) {
    if let factors = kernel.factors {
      func whole(_ values: [Double]) -> [Int]? {
        let numbers = values.compactMap { Int32(exactly: $0).map { Int($0) } }
        return numbers.count == values.count ? numbers : nil
      }
      guard let column = whole(factors.column), let row = whole(factors.row) else { return nil }
      self.init(kernel, weights: .product(column: column, row: row), unit: 1, scale: scale)
      guard bound(maximum: rule.maximum) < 1 << 62 else { return nil }
      return
    }
    let taps = kernel.taps
    var digits = 0
    for tap in taps {
      guard let decimal = ExactDecimal(tap) else { return nil }
      digits = max(digits, decimal.digits)
    }
    var numerators: [Int] = []
    numerators.reserveCapacity(taps.count)
    for tap in taps {
      guard let numerator = ExactDecimal(tap)?.numerator(over: digits) else { return nil }
      numerators.append(numerator)
    }
    guard let power = (0..<digits).reduce(1 as Int?, { power, _ in power?.times(10) }) else {
      return nil
    }
    self.init(kernel, weights: .grid(numerators), unit: power, scale: scale)
    guard bound(maximum: rule.maximum) < 1 << 62 else { return nil }
  }

  /// Numbers that were computed: over a power of two, rounded with error diffusion.
  private init?(nearly kernel: Kernel, _ scale: KernelScale, _ rule: KernelRule) {
    // Factors that stand for more than anybody has typed are not multiplied out.
    guard kernel.width * kernel.height * kernel.depth <= Self.mostTaps else { return nil }
    let taps = kernel.taps
    let magnitude = kernel.magnitude
    let largest = taps.reduce(0) { max($0, abs($1)) }
    guard largest > 0 else { return nil }
    // The divisor decides how much of a level an error of half a numerator is.
    let divisor =
      scale.normalization == .balanced
      ? magnitude / 2 * (scale.value ?? 1) : scale.divisor(kernel)
    // What a layer has learnt is kept a thousand times finer: results are those of the layer.
    let finer = kernel.offsetWhite == nil ? 1.0 : 1024
    let needed = finer * 32 * Double(taps.count) * Double(rule.maximum) * Double(rule.gain)
    var unit = 1.0
    while unit * abs(divisor) < needed && unit * largest < Double(1 << 30)
      && unit * 2 * magnitude * Double(rule.maximum) < 0x1p61
    {
      unit *= 2
    }
    while unit * largest >= Double(1 << 31) || unit * magnitude * Double(rule.maximum) >= 0x1p61 {
      unit /= 2
    }
    let zero = abs(kernel.sum) < 1e-9 * magnitude
    self.init(
      kernel, weights: .grid(diffused(taps, unit: unit, sum: zero ? 0 : kernel.sum)),
      binaryUnit: unit, scale: scale)
  }

  private static let mostTaps = 1 << 26

  /// Two factors, each over a power of two; taps are their products.
  private init?(factorsOf kernel: Kernel, _ scale: KernelScale, _ rule: KernelRule) {
    guard let factors = kernel.factors, kernel.depth == 1, factors.row.count == kernel.width,
      factors.column.count == kernel.height
    else { return nil }
    func quantised(_ values: [Double]) -> (numerators: [Int], unit: Double)? {
      let magnitude = values.reduce(0) { $0 + abs($1) }
      guard magnitude > 0, magnitude.isFinite else { return nil }
      var sum = values.reduce(0, +)
      if abs(sum) < 1e-9 * magnitude { sum = 0 }
      // Whole weights sum to a power of two, so that a flat field divides without rest.
      let unit =
        Double(1 << rule.factorBits) / (sum == 0 ? magnitude : max(abs(sum), magnitude / 2))
      return (diffused(values, unit: unit, sum: sum), unit)
    }
    guard let column = quantised(factors.column), let row = quantised(factors.row) else {
      return nil
    }
    self.init(
      kernel, weights: .product(column: column.numerators, row: row.numerators),
      binaryUnit: column.unit * row.unit, scale: scale)
  }
}
