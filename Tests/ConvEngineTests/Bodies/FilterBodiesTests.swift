import ConvEngine
import Testing

/// Every body, on every instruction set that the processor has, against one that goes sample by
/// sample.
@Suite struct FilterBodiesTests {
  private static let kernels = MicroKernels.available

  /// Compares a body with its oracle on random rows of several widths, cut in two ways.
  private func check(
    _ body: any FilterBody, _ oracle: any FilterBody, widths: [Int], rows: Int = 9,
    seed: Int, extreme: Bool = false
  ) {
    var generator = SplitMix(seed)
    #expect(body.windowRows == oracle.windowRows)
    #expect(body.reachSamples == oracle.reachSamples)
    for width in widths {
      let source = SampleRows(
        body.input, width: width + body.reachSamples, count: body.inputRows(rows))
      source.fill(&generator, extreme: extreme)
      let wanted = oracle.results(source, rows: rows, width: width, cut: rows)
      for cut in [rows, 5, 1] {
        let got = body.results(source, rows: rows, width: width, cut: cut)
        #expect(got == wanted, "\(body.summary), width \(width), \(cut) rows a call")
      }
    }
  }

  private func widths(_ generator: inout SplitMix) -> [Int] {
    [
      1, 2, 3, Int.random(in: 4...70, using: &generator),
      Int.random(in: 71...200, using: &generator),
    ]
  }

  private func taps(
    _ generator: inout SplitMix, width: Int, height: Int, step: Int, weights: ClosedRange<Int32>
  ) -> [IntegerTap] {
    (0..<height).flatMap { j in
      (0..<width).map { i in
        IntegerTap(
          row: j, offset: i * step, weight: Int32.random(in: weights, using: &generator))
      }
    }
  }

  @Test(
    "a correlation in integers is exact, whatever the size, the weights and the sample type",
    arguments: kernels.indices)
  func correlation(set: Int) {
    var generator = SplitMix(11)
    for round in 0..<60 {
      let input = [Element.uint8, .uint16].randomElement(using: &generator)!
      let limit = [Int32(3), 127, 128, 3000, 32767, 70000][round % 6]
      let taps = taps(
        &generator, width: Int.random(in: 1...6, using: &generator),
        height: Int.random(in: 1...7, using: &generator),
        step: Int.random(in: 1...4, using: &generator), weights: -limit...limit)
      let output = [Element.uint8, .uint16].randomElement(using: &generator)!
      let rounding = Rounding(
        addend: Int64.random(in: -2000...90000, using: &generator),
        divisor: [1, 7, 9, 16, 255, 457, 1000, 8191, 65537, 999_999].randomElement(
          using: &generator)!,
        absolute: Bool.random(using: &generator))
      let stride = Int.random(in: 1...3, using: &generator)
      check(
        FilterBodies.correlation(
          taps, rowStride: stride, input: input, output: output, rounding: rounding,
          kernels: Self.kernels[set]),
        ScalarCorrelation(
          taps: taps, windowRows: taps.reduce(0) { max($0, $1.row) } + 1, rowStride: stride,
          input: input, output: output, rounding: rounding),
        widths: widths(&generator), seed: round)
    }
  }

  @Test(
    "every quotient of 8 bits is right, at every border between two", arguments: kernels.indices)
  func division(set: Int) {
    let source = SampleRows(.uint8, width: 256, count: 2)
    for x in 0..<256 {
      source.row(0).storeBytes(of: UInt8(x), toByteOffset: x, as: UInt8.self)
      source.row(1).storeBytes(of: 1, toByteOffset: x, as: UInt8.self)
    }
    // Sums x · d + e: quotients change between e = −1 and e = 0.
    for divisor in (1...700).map({ Int64($0) }) + [1023, 4097, 8191, 8192, 8193, 30011] {
      for shift in [-1, 0, divisor / 2, divisor - 1] {
        let taps = [
          IntegerTap(row: 0, offset: 0, weight: Int32(divisor)),
          IntegerTap(row: 1, offset: 0, weight: 1),
        ]
        let rounding = Rounding(addend: shift - 1, divisor: divisor)
        let body = FilterBodies.correlation(
          taps, input: .uint8, output: .uint8, rounding: rounding, kernels: Self.kernels[set])
        let wanted = (0..<256).map { UInt8(max(0, shift < 0 ? $0 - 1 : $0)) }
        #expect(
          body.results(source, rows: 1, width: 256, cut: 1) == [wanted], "\(divisor), \(shift)")
      }
    }
  }

  @Test("weights with a common factor are exact", arguments: kernels.indices)
  func commonFactor(set: Int) {
    var generator = SplitMix(16)
    for round in 0..<16 {
      let input = [Element.uint8, .uint16][round % 2]
      let factor = [Int32(257), 6, 1000, 255][round / 2 % 4]
      let taps = taps(&generator, width: 3, height: 3, step: 3, weights: -3...3).map {
        IntegerTap(row: $0.row, offset: $0.offset, weight: $0.weight * factor)
      }
      let rounding = Rounding(addend: 32768 * 8 + 4, divisor: 8, absolute: round % 3 == 0)
      let output = round < 12 ? Element.uint16 : .int32
      check(
        FilterBodies.correlation(
          taps, input: input, output: output, rounding: output == .int32 ? nil : rounding,
          kernels: Self.kernels[set]),
        ScalarCorrelation(
          taps: taps, windowRows: 3, rowStride: 1, input: input, output: output,
          rounding: output == .int32 ? nil : rounding),
        widths: widths(&generator), seed: round)
    }
  }

  @Test("sums are handed out as they are", arguments: kernels.indices)
  func sums(set: Int) {
    var generator = SplitMix(12)
    for round in 0..<16 {
      let input = [Element.uint8, .uint16][round % 2]
      let limit: Int32 = [100, 1000][round / 2 % 2]
      let taps = taps(&generator, width: 3, height: 4, step: 3, weights: -limit...limit)
      let output = [Element.int32, .int64][round / 4 % 2]
      check(
        FilterBodies.correlation(
          taps, input: input, output: output, rounding: nil, kernels: Self.kernels[set]),
        ScalarCorrelation(
          taps: taps, windowRows: 4, rowStride: 1, input: input, output: output, rounding: nil),
        widths: widths(&generator), seed: round)
    }
  }

  @Test("the largest samples under the largest weights do not overflow", arguments: kernels.indices)
  func extremes(set: Int) {
    for (input, weight) in [
      (Element.uint8, Int32(127)), (.uint8, -128), (.uint8, 32767), (.uint8, -32768),
      (.uint16, 32767), (.uint16, -32768), (.uint16, 127),
    ] {
      for height in [1, 2, 3, 8] {
        let taps = (0..<height).flatMap { j in
          (0..<5).map { IntegerTap(row: j, offset: $0, weight: weight) }
        }
        let sum = Int64(weight) * Int64(taps.count)
        let rounding = Rounding(addend: abs(sum) / 2, divisor: abs(sum), absolute: weight < 0)
        check(
          FilterBodies.correlation(
            taps, input: input, output: input, rounding: rounding, kernels: Self.kernels[set]),
          ScalarCorrelation(
            taps: taps, windowRows: height, rowStride: 1, input: input, output: input,
            rounding: rounding),
          widths: [1, 67, 130], seed: height, extreme: true)
      }
    }
  }

  @Test("two exact passes give what one pass gives", arguments: kernels.indices)
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
      check(
        FilterBodies.separable(
          column: column, row: row, rowStep: rowStep, sampleStep: sampleStep, rowStride: stride,
          input: input, output: output, rounding: rounding, kernels: Self.kernels[set]),
        ScalarCorrelation(
          taps: taps, windowRows: (column.count - 1) * rowStep + 1, rowStride: stride,
          input: input, output: output, rounding: rounding),
        widths: widths(&generator), seed: round)
    }
  }

  @Test("formula kernels follow their definition to the bit", arguments: kernels.indices)
  func formula(set: Int) {
    var generator = SplitMix(14)
    for (round, sigma) in [0.3, 0.8, 1.1, 2.5, 5, 20, 60].enumerated() {
      let factor = gaussian(sigma)
      for input in [Element.uint8, .uint16] {
        let step = round % 4 + 1
        let plan = FactorPlan(column: factor, row: factor, input: input)
        check(
          FilterBodies.fixedPoint(
            column: factor, row: factor, sampleStep: step, input: input, kernels: Self.kernels[set]),
          ScalarFactors(plan: plan, rowStep: 1, sampleStep: step, rowStride: 1, input: input),
          widths: sigma > 4 ? [5, 131] : widths(&generator), rows: sigma > 20 ? 3 : 9, seed: round)
      }
    }
  }

  @Test("factors of unusual size follow their definition too", arguments: kernels.indices)
  func unusualFactors(set: Int) {
    for (column, row) in [
      ([-0.5, 0, 0.5], [0.25, 0.5, 0.25]), ([3.5, -1], [2.0]), ([1], [1]),
      ([1000.0, -999], [0.1, 0.9]),
    ] {
      for input in [Element.uint8, .uint16] {
        let plan = FactorPlan(column: column, row: row, input: input)
        check(
          FilterBodies.fixedPoint(
            column: column, row: row, rowStep: 2, sampleStep: 3, rowStride: 2, input: input,
            kernels: Self.kernels[set]),
          ScalarFactors(plan: plan, rowStep: 2, sampleStep: 3, rowStride: 2, input: input),
          widths: [1, 7, 150], seed: 3)
      }
    }
  }

  @Test("a box equals the correlation with ones", arguments: kernels.indices)
  func box(set: Int) {
    for (round, (rows, columns)) in [
      (4, 4), (1, 12), (12, 1), (15, 15), (16, 16), (17, 16), (3, 10), (40, 3), (5, 23),
    ].enumerated() {
      for input in [Element.uint8, .uint16] {
        for step in [1, 3, 5] {
          let count = Int64(rows * columns)
          let rounding = Rounding(addend: count / 2, divisor: count)
          let taps = (0..<rows).flatMap { j in
            (0..<columns).map { IntegerTap(row: j, offset: $0 * step, weight: 1) }
          }
          let stride = round % 3 + 1
          check(
            FilterBodies.box(
              rows: rows, columns: columns, sampleStep: step, rowStride: stride, input: input,
              output: input, rounding: rounding, kernels: Self.kernels[set]),
            ScalarCorrelation(
              taps: taps, windowRows: rows, rowStride: stride, input: input, output: input,
              rounding: rounding),
            widths: [1, 64, 97], rows: 7, seed: round, extreme: step == 5)
        }
      }
    }
  }

  @Test("running extremes equal the extremes of windows", arguments: kernels.indices)
  func extremum(set: Int) {
    for (round, (rows, columns)) in [
      (1, 1), (2, 2), (3, 3), (1, 7), (7, 1), (5, 8), (20, 13), (4, 33),
    ].enumerated() {
      for input in [Element.uint8, .uint16, .float32] {
        for stride in 1...3 {
          let step = (round + stride) % 4 + 1
          check(
            FilterBodies.extremum(
              maximum: round % 2 == 0, rows: rows, columns: columns, sampleStep: step,
              rowStride: stride, input: input, kernels: Self.kernels[set]),
            ScalarExtremum(
              maximum: round % 2 == 0, windowRows: rows, columns: columns, sampleStep: step,
              rowStride: stride, input: input),
            widths: [1, 40, 129], rows: 11, seed: round)
        }
      }
    }
  }

  @Test("single precision gives the same bits on every set", arguments: kernels.indices)
  func floats(set: Int) {
    var generator = SplitMix(15)
    for round in 0..<8 {
      let taps = (0..<Int.random(in: 1...30, using: &generator)).map { index in
        FloatTap(
          row: index % 4, offset: index / 4 * 3, weight: Float.random(in: -1...1, using: &generator)
        )
      }
      let rows = taps.reduce(0) { max($0, $1.row) } + 1
      check(
        FilterBodies.floatCorrelation(taps, rowStride: 1, kernels: Self.kernels[set]),
        ScalarFloatCorrelation(taps: taps, windowRows: rows, rowStride: 1),
        widths: widths(&generator), seed: round)
    }
  }

  private func gaussian(_ sigma: Double) -> [Double] { normalisedGaussian(sigma) }
}

/// exp(−x²/2σ²) for |x| ≤ ⌊4σ + ½⌋, with sum 1.
func normalisedGaussian(_ sigma: Double) -> [Double] {
  let radius = Int(4 * sigma + 0.5)
  let values = (-radius...radius).map { exponential(-Double($0 * $0) / (2 * sigma * sigma)) }
  let sum = values.reduce(0, +)
  return values.map { $0 / sum }
}
