import KernelLanguage
import PictureFilters

extension Bodies {
  /// The bodies of the in-memory targets: RGB, 8 bit.
  static var bodies: [(String, any FilterBody)] {
    var list: [(String, any FilterBody)] = [
      ("sharpen3", direct([0, -1, 0, -1, 5, -1, 0, -1, 0], 3, divisor: 1)),
      ("random3", random(3)), ("random5", random(5)), ("random11", random(11)),
      ("random31", random(31)), ("wide5", random(5, limit: 3000)),
      ("wide31", random(31, limit: 3000)),
      ("sobel16", direct([-1, 0, 1, -2, 0, 2, -1, 0, 1], 3, divisor: 1, output: .uint16)),
      ("gauss3", gaussian(0.65)), ("gauss5", binomialLike()), ("gauss-s5", gaussian(5)),
      ("gauss-s20", gaussian(20)), ("gauss-s60", gaussian(60)),
      ("gauss16-s5", gaussian(5, input: .uint16)), ("gauss16-s20", gaussian(20, input: .uint16)),
    ]
    for size in [3, 5, 15, 51, 101] {
      let count = Int64(size * size)
      list.append(
        (
          "box\(size)",
          best(
            .ones(rows: size, columns: size), output: .uint8,
            Rounding(addend: count / 2, divisor: count))
        ))
      list.append(
        (
          "max\(size)",
          BodyChoice(
            RankRequest(
              .largest, of: StructuringElement(width: size, height: size), channels: 3,
              input: .uint8)
          ).body
        ))
    }
    return list
  }

  /// Kernels that several bodies compete for, RGB, 8 bit: those that factor for passes and direct sums, large
  /// ones for direct sums and transforms.
  static var requests: [(String, BodyRequest)] {
    func request(_ row: [Int], _ output: Element = .uint8) -> BodyRequest {
      let sum = Int64(row.reduce(0, +))
      return BodyRequest(
        .product(column: row, row: row), sampleStep: 3, input: .uint8, output: output,
        rounding: Rounding(addend: sum * sum / 2, divisor: sum * sum))
    }
    let small = [3, 5, 7, 9, 11].map { size in
      ("hill\(size)", request((0..<size).map { min($0, size - 1 - $0) + 1 }))
    }
    let large = [23, 27, 31, 35, 39].map { size in
      (
        "large\(size)",
        BodyRequest(
          taps(randomWeights(size, limit: 99), size), sampleStep: 3, input: .uint8, output: .uint8,
          rounding: Rounding(addend: 1 << 15, divisor: 1 << 16))
      )
    }
    return [("binomial3", request([1, 2, 1])), ("binomial5", request([1, 4, 6, 4, 1]))] + small
      + [("skewed5", request([1, 2, 3, 4, 5])), ("wide5", request([13, 57, 91, 57, 13]))]
      + large
  }

  /// The body that the product would take.
  private static func best(
    _ weights: BodyRequest.WindowSum, input: Element = .uint8, output: Element,
    _ rounding: Rounding? = nil
  ) -> any FilterBody {
    BodyChoice(
      BodyRequest(weights, sampleStep: 3, input: input, output: output, rounding: rounding)
    ).body
  }

  private static func taps(_ weights: [Int32], _ size: Int) -> BodyRequest.WindowSum {
    .taps(
      weights.enumerated().map {
        WeightedTap(row: $0.offset / size, offset: $0.offset % size * 3, weight: Int($0.element))
      })
  }

  private static func direct(
    _ weights: [Int32], _ size: Int, divisor: Int64, output: Element = .uint8
  ) -> any FilterBody {
    let offset: Int64 = output == .uint16 ? 32768 : 0
    return best(
      taps(weights, size), output: output,
      Rounding(addend: offset + divisor / 2, divisor: divisor))
  }

  private static func randomWeights(_ size: Int, limit: Int32) -> [Int32] {
    var state: UInt32 = 7
    return (0..<size * size).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return Int32(state >> 8) % limit + 1
    }
  }

  private static func random(_ size: Int, limit: Int32 = 99) -> any FilterBody {
    let weights = randomWeights(size, limit: limit)
    return direct(weights, size, divisor: weights.reduce(0) { $0 + Int64($1) })
  }

  private static func binomialLike() -> any FilterBody {
    let row = [1.0, 4, 6, 4, 1].map { $0 / 16 }
    return best(.formula(FactorPlan(column: row, row: row, input: .uint8)), output: .uint8)
  }

  private static func gaussian(_ sigma: Double, input: Element = .uint8) -> any FilterBody {
    let spec = gaussianFactor(sigma)
    return best(
      .formula(FactorPlan(column: spec, row: spec, input: input)), input: input, output: input)
  }
}
