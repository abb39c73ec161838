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
  init?(_ formula: Kernel, _ kernel: IntegerKernel, input: Element) {
    guard formula.isFormula, let factors = formula.factors, kernel.bias == 0, kernel.depth == 1,
      factors.column.allSatisfy({ $0 >= 0 }), factors.row.allSatisfy({ $0 >= 0 })
    else { return nil }
    let columnSum = factors.column.reduce(0, +)
    let rowSum = factors.row.reduce(0, +)
    // Weights of a mean sum to 1 in each pass; any other gain is laid into the column.
    let gain = Double(kernel.sum) / Double(kernel.divisor)
    guard columnSum > 0, rowSum > 0, gain > 0, gain <= 4 else { return nil }
    let near = abs(gain - 1) < 1e-6 ? 1 : gain
    self.init(
      column: factors.column.map { $0 / columnSum * near }, row: factors.row.map { $0 / rowSum },
      input: input)
    guard errorBound < 1 else { return nil }
  }
}
