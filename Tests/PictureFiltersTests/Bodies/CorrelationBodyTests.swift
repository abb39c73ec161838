import PictureFilters
import TestSupport
import Testing

/// Correlations in one pass, on every instruction set, against one that goes sample by sample.
@Suite struct CorrelationBodyTests {
  @Test(
    "a correlation in integers is exact, whatever the size, the weights and the sample type",
    arguments: MicroKernels.available.indices)
  func correlation(set: Int) {
    var generator = SplitMix(11)
    for round in 0..<60 {
      let input = [Element.uint8, .uint16].randomElement(using: &generator)!
      let limit = [Int32(3), 127, 128, 3000, 32767, 70000][round % 6]
      let taps = randomTaps(
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
      checkBodies(
        BodyRequest(
          .taps(taps), rowStride: stride, input: input, output: output, rounding: rounding),
        set: set, widths: randomWidths(&generator), seed: round)
    }
  }

  @Test(
    "every quotient of 8 bits is right, at every border between two",
    arguments: MicroKernels.available.indices)
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
          WeightedTap(row: 0, offset: 0, weight: Int(divisor)),
          WeightedTap(row: 1, offset: 0, weight: 1),
        ]
        let rounding = Rounding(addend: shift - 1, divisor: divisor)
        let body = BodyChoice(
          BodyRequest(.taps(taps), input: .uint8, output: .uint8, rounding: rounding),
          kernels: MicroKernels.available[set]
        ).body
        let wanted = (0..<256).map { UInt8(max(0, shift < 0 ? $0 - 1 : $0)) }
        #expect(
          body.results(source, rows: 1, width: 256, cut: 1) == [wanted], "\(divisor), \(shift)")
      }
    }
  }

  @Test("weights with a common factor are exact", arguments: MicroKernels.available.indices)
  func commonFactor(set: Int) {
    var generator = SplitMix(16)
    for round in 0..<16 {
      let input = [Element.uint8, .uint16][round % 2]
      let factor = [257, 6, 1000, 255][round / 2 % 4]
      let taps = randomTaps(&generator, width: 3, height: 3, step: 3, weights: -3...3).map {
        WeightedTap(row: $0.row, offset: $0.offset, weight: $0.weight * factor)
      }
      let rounding = Rounding(addend: 32768 * 8 + 4, divisor: 8, absolute: round % 3 == 0)
      let output = round < 12 ? Element.uint16 : .int32
      checkBodies(
        BodyRequest(
          .taps(taps), input: input, output: output, rounding: output == .int32 ? nil : rounding),
        set: set, widths: randomWidths(&generator), seed: round)
    }
  }

  @Test("sums are handed out as they are", arguments: MicroKernels.available.indices)
  func sums(set: Int) {
    var generator = SplitMix(12)
    for round in 0..<16 {
      let input = [Element.uint8, .uint16][round % 2]
      let limit: Int32 = [100, 1000][round / 2 % 2]
      let taps = randomTaps(&generator, width: 3, height: 4, step: 3, weights: -limit...limit)
      let output = [Element.int32, .int64][round / 4 % 2]
      checkBodies(
        BodyRequest(.taps(taps), input: input, output: output, rounding: nil), set: set,
        widths: randomWidths(&generator), seed: round)
    }
  }

  @Test(
    "sums beyond 32 bits are exact, handed out and rounded",
    arguments: MicroKernels.available.indices)
  func wideSums(set: Int) {
    var generator = SplitMix(18)
    for round in 0..<40 {
      let input = [Element.uint8, .uint16][round % 2]
      let limit = [Int32(40000), 1 << 20, 1 << 25, .max][round / 2 % 4]
      let taps = randomTaps(
        &generator, width: Int.random(in: 1...5, using: &generator),
        height: Int.random(in: 1...5, using: &generator), step: 3, weights: -limit...limit)
      let output = [Element.uint8, .uint16, .int64].randomElement(using: &generator)!
      let divisor = [Int64(limit), 1 << 24, 1, 3 << 44].randomElement(using: &generator)!
      let rounding = Rounding(
        addend: Int64.random(in: 0...1 << 40, using: &generator), divisor: divisor,
        absolute: Bool.random(using: &generator))
      checkBodies(
        BodyRequest(
          .taps(taps), rowStride: Int.random(in: 1...3, using: &generator), input: input,
          output: output, rounding: output == .int64 ? nil : rounding),
        set: set, widths: randomWidths(&generator), seed: round)
    }
  }

  @Test(
    "the largest samples under the largest weights do not overflow",
    arguments: MicroKernels.available.indices)
  func extremes(set: Int) {
    for (input, weight) in [
      (Element.uint8, 127), (.uint8, -128), (.uint8, 32767), (.uint8, -32768),
      (.uint16, 32767), (.uint16, -32768), (.uint16, 127),
    ] {
      for height in [1, 2, 3, 8] {
        let taps = (0..<height).flatMap { j in
          (0..<5).map { WeightedTap(row: j, offset: $0, weight: weight) }
        }
        let sum = Int64(weight) * Int64(taps.count)
        let rounding = Rounding(addend: abs(sum) / 2, divisor: abs(sum), absolute: weight < 0)
        checkBodies(
          BodyRequest(.taps(taps), input: input, output: input, rounding: rounding), set: set,
          widths: [1, 67, 130], seed: height, extreme: true)
      }
    }
  }
}
