import Raster

extension IntegerKernel {
  /// The cheapest form that gives the very same sums.
  var shape: KernelShape {
    guard depth == 1 else { return .direct }
    switch weights {
    case .product(let column, let row):
      let isBox = column.allSatisfy { $0 == 1 } && row.allSatisfy { $0 == 1 }
      return isBox && column.count * row.count > 1 ? .box : .separable(column: column, row: row)
    case .grid(let numerators):
      if numerators.count > 1 && numerators.allSatisfy({ $0 == 1 }) { return .box }
      guard width > 1 && height > 1, let (column, row) = rankOne(numerators) else {
        return .direct
      }
      return .separable(column: column, row: row)
    }
  }

  /// Column and row of integers whose product the numerators are, or nil.
  ///
  /// A row divided by its greatest common divisor is primitive, so every row that is proportional
  /// to it is an integer times it.
  private func rankOne(_ numerators: [Int]) -> (column: [Int], row: [Int])? {
    func line(_ y: Int) -> [Int] { Array(numerators[y * width..<(y + 1) * width]) }
    guard let first = (0..<height).first(where: { y in line(y).contains { $0 != 0 } }) else {
      return nil
    }
    let common = line(first).reduce(0, greatestCommonDivisor)
    let row = line(first).map { $0 / common }
    let pivot = row.firstIndex { $0 != 0 }!
    var column: [Int] = []
    for y in 0..<height {
      let line = line(y)
      guard line[pivot] % row[pivot] == 0 else { return nil }
      let factor = line[pivot] / row[pivot]
      for x in 0..<width where line[x] != factor * row[x] { return nil }
      column.append(factor)
    }
    return (column, row)
  }
}
