extension Kernel {
  /// How many products of a column and a row make up the taps; 1 is separable, 0 all zeros.
  ///
  /// Exact for whole numbers (and decimals of up to six digits after the point), by elimination
  /// without fractions; else by elimination with full pivoting, where pivots below 10⁻¹⁰ of the
  /// largest tap count as 0. Nil for kernels that sum over channels, and for those so large that the
  /// elimination, cubic in the side, would take seconds: about 400 taps a side.
  public var rank: Int? {
    guard depth == 1 else { return nil }
    if factors == nil, Double(width) * Double(height) * Double(min(width, height)) > 0x1p26 {
      return nil
    }
    return rank(atMost: .max)
  }

  /// Whether the taps are the product of a column and a row; nil for kernels that sum over channels.
  public var isSeparable: Bool? { depth == 1 ? rank(atMost: 2) == 1 : nil }

  /// The rank where it is below `most`, else at least `most`, in time `most · width · height`.
  private func rank(atMost most: Int) -> Int {
    if let factors {
      return factors.row.contains { $0 != 0 } && factors.column.contains { $0 != 0 } ? 1 : 0
    }
    if let whole = wholeTaps, let rank = Kernel.exactRank(whole.taps, height, width, most) {
      return rank
    }
    return Kernel.numericRank(taps, height, width, most)
  }

  /// A column and a row whose product the taps are, nil where there is no such pair.
  ///
  /// Whole numbers give whole numbers without a common factor in the row.
  public func separated() -> Factors? {
    if let factors { return factors }
    guard isSeparable == true else { return nil }
    let taps = taps
    let pivot = taps.indices.max { abs(taps[$0]) < abs(taps[$1]) }!
    let (pivotX, pivotY) = (pivot % width, pivot / width)
    var row = Array(taps[pivotY * width..<(pivotY + 1) * width])
    let common = Kernel.commonFactor(row)
    // The first weight of the row is positive, or negative where the column alone would be.
    let sign = row.first { $0 != 0 }! < 0 && row.allSatisfy { $0 <= 0 } ? -1.0 : 1.0
    row = row.map { $0 == 0 ? 0 : $0 / common * sign }
    let column = (0..<height).map { y in
      taps[y * width + pivotX] == 0 ? 0 : taps[y * width + pivotX] / row[pivotX]
    }
    if column.allSatisfy({ $0 <= 0 }) {
      return Factors(
        column: column.map { $0 == 0 ? 0 : -$0 }, row: row.map { $0 == 0 ? 0 : -$0 })
    }
    return Factors(column: column, row: row)
  }

  /// The taps as whole numbers over a power of ten, nil where they are none.
  var wholeTaps: (taps: [Int], power: Int)? {
    let taps = taps
    var power = 1
    while power <= 1_000_000 {
      let factor = Double(power)
      let scaled = taps.map { ($0 * factor).rounded() }
      if zip(scaled, taps).allSatisfy({ $0.0 / factor == $0.1 && abs($0.0) < 0x1p53 }) {
        return (scaled.map { Int($0) }, power)
      }
      power *= 10
    }
    return nil
  }

  /// The greatest common divisor of whole numbers; for others the largest magnitude.
  private static func commonFactor(_ values: [Double]) -> Double {
    guard values.allSatisfy({ $0 == $0.rounded() && abs($0) < 0x1p53 }) else {
      return values.reduce(0) { max($0, abs($1)) }
    }
    var common = 0
    for value in values {
      var (a, b) = (common, abs(Int(value)))
      while b != 0 { (a, b) = (b, a % b) }
      common = a
    }
    return Double(max(common, 1))
  }

  /// Bareiss' elimination: every entry stays a minor, so every division comes out even.
  private static func exactRank(_ taps: [Int], _ height: Int, _ width: Int, _ most: Int) -> Int? {
    if most == 2 { return exactRankOfTwo(taps, height, width) }
    var rows = (0..<height).map { y in taps[y * width..<(y + 1) * width].map { Int128($0) } }
    var rank = 0
    var last: Int128 = 1
    for x in 0..<width where rank < height {
      guard let pivot = (rank..<height).first(where: { rows[$0][x] != 0 }) else { continue }
      rows.swapAt(rank, pivot)
      for y in rank + 1..<max(height, rank + 1) {
        for column in (x + 1)..<max(width, x + 1) {
          let (a, overflowA) = rows[rank][x].multipliedReportingOverflow(by: rows[y][column])
          let (b, overflowB) = rows[y][x].multipliedReportingOverflow(by: rows[rank][column])
          let (difference, overflow) = a.subtractingReportingOverflow(b)
          if overflowA || overflowB || overflow { return nil }
          rows[y][column] = difference / last
        }
        rows[y][x] = 0
      }
      last = rows[rank][x]
      rank += 1
    }
    return rank
  }

  /// 0, 1, or 2 for all that is more: whether every minor with the first tap that is not 0 is nothing.
  private static func exactRankOfTwo(_ taps: [Int], _ height: Int, _ width: Int) -> Int {
    guard let pivot = taps.firstIndex(where: { $0 != 0 }) else { return 0 }
    let (pivotX, pivotY) = (pivot % width, pivot / width)
    // Whole taps are below 2⁵³: their products fit.
    let corner = Int128(taps[pivot])
    for y in 0..<height {
      let side = Int128(taps[y * width + pivotX])
      for x in 0..<width
      where corner * Int128(taps[y * width + x]) != side * Int128(taps[pivotY * width + x]) {
        return 2
      }
    }
    return 1
  }

  private static func numericRank(_ taps: [Double], _ height: Int, _ width: Int, _ most: Int) -> Int
  {
    var taps = taps
    let limit = taps.reduce(0) { max($0, abs($1)) } * 1e-10
    var rank = 0
    var columns = Array(0..<width)
    var rows = Array(0..<height)
    while rank < min(width, height, most) {
      var best = (value: limit, y: -1, x: -1)
      for y in rank..<height {
        for x in rank..<width {
          let value = abs(taps[rows[y] * width + columns[x]])
          if value > best.value { best = (value, y, x) }
        }
      }
      guard best.y >= 0 else { break }
      rows.swapAt(rank, best.y)
      columns.swapAt(rank, best.x)
      let pivotRow = rows[rank] * width
      for y in rank + 1..<max(height, rank + 1) {
        let factor = taps[rows[y] * width + columns[rank]] / taps[pivotRow + columns[rank]]
        if factor == 0 { continue }
        for x in rank..<width {
          taps[rows[y] * width + columns[x]] -= factor * taps[pivotRow + columns[x]]
        }
      }
      rank += 1
    }
    return rank
  }
}
