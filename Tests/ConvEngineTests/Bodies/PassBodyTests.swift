import ConvEngine
import Testing

/// Columns, then rows, on every instruction set, against what goes sample by sample.
@Suite struct PassBodyTests {
  @Test("two exact passes give what one pass gives", arguments: MicroKernels.available.indices)
  func separable(set: Int) {
    var generator = SplitMix(13)
    for round in 0..<40 {
      let input = [Element.uint8, .uint16][round % 2]
      let limit = [Int32(4), 60, 900][round % 3]
      func factor() -> [Int32] {
        (0..<Int.random(in: 1...17, using: &generator)).map { _ in
          Int32.random(in: -limit / 2...limit, using: &generator)
        }
      }
      let (column, row) = (factor(), factor())
      let rowStep = Int.random(in: 1...2, using: &generator)
      let sampleStep = Int.random(in: 1...5, using: &generator)
      let stride = Int.random(in: 1...2, using: &generator)
      let output = [Element.uint8, .uint16].randomElement(using: &generator)!
      let rounding = Rounding(addend: 777, divisor: [1, 3, 1000].randomElement(using: &generator)!)
      let taps = column.indices.flatMap { j in
        row.indices.map { i in
          IntegerTap(row: j * rowStep, offset: i * sampleStep, weight: column[j] * row[i])
        }
      }
      checkBody(
        FilterBodies.separable(
          column: column, row: row, rowStep: rowStep, sampleStep: sampleStep, rowStride: stride,
          input: input, output: output, rounding: rounding, kernels: MicroKernels.available[set]),
        ScalarCorrelation(
          taps: taps, windowRows: (column.count - 1) * rowStep + 1, rowStride: stride,
          input: input, output: output, rounding: rounding),
        widths: randomWidths(&generator), seed: round)
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
          FilterBodies.fixedPoint(
            column: factor, row: factor, sampleStep: step, input: input,
            kernels: MicroKernels.available[set]),
          ScalarFactors(plan: plan, rowStep: 1, sampleStep: step, rowStride: 1, input: input),
          widths: sigma > 4 ? [5, 131] : randomWidths(&generator), rows: sigma > 20 ? 3 : 9,
          seed: round)
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
          FilterBodies.fixedPoint(
            column: column, row: row, rowStep: 2, sampleStep: 3, rowStride: 2, input: input,
            kernels: MicroKernels.available[set]),
          ScalarFactors(plan: plan, rowStep: 2, sampleStep: 3, rowStride: 2, input: input),
          widths: [1, 7, 150], seed: 3)
      }
    }
  }
}
