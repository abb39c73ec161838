import PictureFilters
import TestSupport
import Testing

/// Columns, then rows, on every instruction set, against what goes sample by sample.
@Suite struct PassBodyTests {
  @Test("two exact passes give what one pass gives", arguments: MicroKernels.available.indices)
  func separable(set: Int) {
    var generator = SplitMix(13)
    for round in 0..<40 {
      let input = [Element.uint8, .uint16][round % 2]
      let limit = [4, 60, 900][round % 3]
      func factor() -> [Int] {
        (0..<Int.random(in: 1...17, using: &generator)).map { _ in
          Int.random(in: -limit / 2...limit, using: &generator)
        }
      }
      let (column, row) = (factor(), factor())
      let rowStep = Int.random(in: 1...2, using: &generator)
      let sampleStep = Int.random(in: 1...5, using: &generator)
      let stride = Int.random(in: 1...2, using: &generator)
      let output = [Element.uint8, .uint16].randomElement(using: &generator)!
      let rounding = Rounding(addend: 777, divisor: [1, 3, 1000].randomElement(using: &generator)!)
      checkBodies(
        BodyRequest(
          .product(column: column, row: row), rowStep: rowStep, sampleStep: sampleStep,
          rowStride: stride, input: input, output: output, rounding: rounding),
        set: set, widths: randomWidths(&generator), seed: round)
    }
  }

  @Test(
    "two passes in 64 bits give what one pass gives", arguments: MicroKernels.available.indices)
  func longPasses(set: Int) throws {
    var generator = SplitMix(17)
    for round in 0..<48 {
      let input = [Element.uint8, .uint16][round % 2]
      let bits = [22, 18, 14, 9][round / 2 % 4]
      let signed = round % 3 == 0
      // Weights of a mean sum to a power of two; others have either sign.
      func factor() -> [Int] {
        let count = Int.random(in: 1...41, using: &generator)
        let largest = (1 << bits) / count
        var weights = (0..<count).map { _ in
          Int.random(in: (signed ? -largest : 0)...largest, using: &generator)
        }
        if !signed { weights[count / 2] += 1 << bits - weights.reduce(0, +) }
        return weights
      }
      let (column, row) = (factor(), factor())
      let rowStep = Int.random(in: 1...2, using: &generator)
      let sampleStep = Int.random(in: 1...5, using: &generator)
      let stride = Int.random(in: 1...2, using: &generator)
      let output = [Element.uint8, .uint16, .int64].randomElement(using: &generator)!
      let divisor = [1 << (2 * bits), 999_999_999, 3].randomElement(using: &generator)!
      let rounding = Rounding(
        addend: Int64(divisor / 2), divisor: Int64(divisor),
        absolute: Bool.random(using: &generator))
      let accepting = checkBodies(
        BodyRequest(
          .product(column: column, row: row), rowStep: rowStep, sampleStep: sampleStep,
          rowStride: stride, input: input, output: output,
          rounding: output == .int64 ? nil : rounding),
        set: set, widths: [1, 3, 64, 157], rows: 6, seed: round, extreme: round % 5 == 0)
      #expect(accepting.contains("passes in 64 bits"))
    }
  }

  @Test("factors too wide for sums in doubles go to plain passes")
  func tooLong() throws {
    for (column, row) in [([0x123_4567_89ab_cdef, 3], [1 << 22]), ([1, 1], [1 << 54])] {
      let request = BodyRequest(
        .product(column: column, row: row), input: .uint8, output: .int64, rounding: nil)
      let choice = BodyChoice(request, kernels: MicroKernels.available[0])
      #expect(choice.name == "plain passes in 64 bits")
      #expect(choice.refused.contains { $0.name == "passes in 64 bits" })
    }
  }

  @Test(
    "formula kernels follow their definition to the bit", arguments: MicroKernels.available.indices)
  func formula(set: Int) {
    var generator = SplitMix(14)
    for (round, sigma) in [0.3, 0.8, 1.1, 2.5, 5, 20, 60].enumerated() {
      let factor = normalisedGaussian(sigma)
      for input in [Element.uint8, .uint16] {
        let step = round % 4 + 1
        let plan = FactorPlan(column: factor, row: factor, input: input)
        checkBody(
          body(of: plan, sampleStep: step, input: input, set: set),
          ScalarFactors(plan: plan, rowStep: 1, sampleStep: step, rowStride: 1, input: input),
          widths: sigma > 4 ? [5, 131] : randomWidths(&generator), rows: sigma > 20 ? 3 : 9,
          seed: round)
      }
    }
  }

  @Test(
    "formula kernels that widen follow theirs, too", arguments: MicroKernels.available.indices)
  func widening(set: Int) throws {
    for (round, sigma) in [0.3, 0.8, 1, 1.1, 3, 20].enumerated() {
      let factor = normalisedGaussian(sigma)
      let fixed = try #require(FixedPointFactors(column: factor, row: factor, widens: true))
      for step in 1...5 {
        let request = BodyRequest(
          .formula(.fixed(fixed)), sampleStep: step, input: .uint8, output: .uint16, rounding: nil)
        let accepting = checkBodies(
          request,
          against: ScalarFactors(
            plan: .fixed(fixed), rowStep: 1, sampleStep: step, rowStride: 1, input: .uint8),
          set: set, widths: [1, 33, 64, 157, 1030], rows: 6, seed: round, extreme: step == 2)
        #expect(accepting.contains("planes in fixed point"))
      }
    }
  }

  @Test(
    "factors of unusual size follow their definition too", arguments: MicroKernels.available.indices
  )
  func unusualFactors(set: Int) {
    for (column, row) in [
      ([-0.5, 0, 0.5], [0.25, 0.5, 0.25]), ([3.5, -1], [2.0]), ([1], [1]),
      ([1000.0, -999], [0.1, 0.9]),
    ] {
      for input in [Element.uint8, .uint16] {
        let plan = FactorPlan(column: column, row: row, input: input)
        checkBody(
          body(of: plan, rowStep: 2, sampleStep: 3, rowStride: 2, input: input, set: set),
          ScalarFactors(plan: plan, rowStep: 2, sampleStep: 3, rowStride: 2, input: input),
          widths: [1, 7, 150], seed: 3)
      }
    }
  }

  @Test(
    "rows that are the same from both ends keep the extremes exact",
    arguments: MicroKernels.available.indices)
  func mirrored(set: Int) {
    let rows: [[Double]] = [
      [0.25, 0.5, 0.25], [-0.4, 1.8, -0.4], [0.1, 0.2, 0.4, 0.2, 0.1], [-1, 0.5, 2, 0.5, -1],
      [0.05, 0.1, 0.2, 0.3, 0.2, 0.1, 0.05], [Double](repeating: 1 / 11, count: 11),
    ]
    for column in rows + [[0.5, 0, -0.5], [-0.3, 1.2]] {
      for (step, row) in rows.enumerated() {
        let plan = FactorPlan(column: column, row: row, input: .uint8)
        checkBody(
          body(of: plan, sampleStep: step % 4 + 1, input: .uint8, set: set),
          ScalarFactors(
            plan: plan, rowStep: 1, sampleStep: step % 4 + 1, rowStride: 1, input: .uint8),
          widths: [64, 65, 200, 1111], rows: 6, seed: step, extreme: true)
      }
    }
    for column in [[1, 4, 6, 4, 1], [64, 0, -64], [128], [-100, 20, 8]] {
      for row in [[1, 4, 6, 4, 1], [-3, 32767, -3], [30000, 1, 5, 1, 30000]] {
        checkBodies(
          BodyRequest(
            .product(column: column, row: row), sampleStep: 3, input: .uint8, output: .uint8,
            rounding: Rounding(addend: 40_000, divisor: 100_000)),
          set: set, widths: [64, 200, 1111], rows: 6, seed: 5, extreme: true)
      }
    }
  }

  private func body(
    of plan: FactorPlan, rowStep: Int = 1, sampleStep: Int, rowStride: Int = 1, input: Element,
    set: Int
  ) -> any FilterBody {
    BodyChoice(
      BodyRequest(
        .formula(plan), rowStep: rowStep, sampleStep: sampleStep, rowStride: rowStride,
        input: input, output: input, rounding: nil), kernels: MicroKernels.available[set]
    ).body
  }
}
