import KernelLanguage

extension FactorPlan {
  /// The lengths of the factors, in taps.
  var counts: (column: Int, row: Int) {
    switch self {
    case .fixed(let factors): (factors.column.count, factors.row.count)
    case .single(let factors): (factors.column.count, factors.row.count)
    }
  }

  /// The passes that define a formula which is a weighted mean, where they stay within one level; nil
  /// where the formula's integers define it, exactly.
  ///
  /// - Parameter widens: whether 8 bits become 16, in fixed point alone.
  init?(_ formula: Kernel, _ kernel: IntegerKernel, input: Element, widens: Bool = false) {
    guard formula.isFormula, let factors = formula.factors, kernel.bias == 0, kernel.depth == 1,
      factors.column.allSatisfy({ $0 >= 0 }), factors.row.allSatisfy({ $0 >= 0 })
    else { return nil }
    let columnSum = factors.column.reduce(0, +)
    let rowSum = factors.row.reduce(0, +)
    // Weights of a mean sum to 1 in each pass; any other gain is laid into the column.
    let gain = Double(kernel.sum) / Double(kernel.divisor) / (widens ? 257 : 1)
    guard columnSum > 0, rowSum > 0, gain > 0, gain <= 4 else { return nil }
    let near = abs(gain - 1) < 1e-6 ? 1 : gain
    let column = factors.column.map { $0 / columnSum * near }
    let row = factors.row.map { $0 / rowSum }
    if widens {
      guard gain < 1.001, let fixed = FixedPointFactors(column: column, row: row, widens: true)
      else {
        return nil
      }
      self = .fixed(fixed)
    } else {
      self.init(column: column, row: row, input: input)
    }
    guard errorBound < 1 else { return nil }
  }
}
