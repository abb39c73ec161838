import KernelLanguage
import TestSupport
import Testing

@testable import PictureFilters

/// Correlations by transforms, on every instruction set, against one that goes sample by sample.
@Suite struct TransformBodyTests {
  @Test(
    "transforms are exact for windows of any size, step and stride, of either sample type",
    arguments: MicroKernels.available.indices)
  func random(set: Int) throws {
    var generator = SplitMix(31)
    for round in 0..<15 {
      let input = [Element.uint8, .uint16][round % 2]
      let limit = [Int32(1), 99, 32767, 1 << 20, .max][round / 2 % 5]
      let step = Int.random(in: 1...5, using: &generator)
      var taps = randomTaps(
        &generator, width: Int.random(in: 1...18, using: &generator),
        height: Int.random(in: 1...18, using: &generator), step: step, weights: -limit...limit)
      // Not every tap is there, and the first may be of another channel.
      let first = Int.random(in: 0...2, using: &generator)
      taps = taps.filter { _ in Int.random(in: 0...9, using: &generator) > 0 }
      for index in taps.indices { taps[index].offset += first }
      let output = [Element.uint8, .uint16, .int64].randomElement(using: &generator)!
      let rounding = Rounding(
        addend: Int64.random(in: 0...1 << 30, using: &generator),
        divisor: [Int64(limit), 1 << 12, 999_999].randomElement(using: &generator)!,
        absolute: Bool.random(using: &generator))
      var request = BodyRequest(
        .taps(taps), rowStride: Int.random(in: 1...3, using: &generator), input: input,
        output: output, rounding: output == .int64 ? nil : rounding)
      if round % 3 == 0 { request.rowsACall = 4 }
      checkBody(
        try TransformCorrelation(request, kernels: MicroKernels.available[set]),
        ScalarCorrelation(request), widths: [1, Int.random(in: 50...150, using: &generator)],
        rows: 6, seed: round)
    }
  }

  @Test(
    "tiles meet without a seam, across and down", arguments: MicroKernels.available.indices)
  func tiles(set: Int) throws {
    var generator = SplitMix(32)
    for (width, height, rows) in [(3, 3, 40), (2, 9, 40), (60, 1, 9)] {
      let taps = randomTaps(&generator, width: width, height: height, step: 1, weights: -99...99)
      var request = BodyRequest(
        .taps(taps), input: .uint8, output: .uint16,
        rounding: Rounding(addend: 1 << 20, divisor: 33))
      request.rowsACall = 8
      checkBody(
        try TransformCorrelation(request, kernels: MicroKernels.available[set]),
        ScalarCorrelation(request), widths: [700], rows: rows, seed: width)
    }
  }

  @Test(
    "the largest samples under the largest weights are exact",
    arguments: MicroKernels.available.indices)
  func extremes(set: Int) throws {
    for (input, weight) in [
      (Element.uint8, 127), (.uint8, -1 << 31), (.uint16, 32767), (.uint16, -1 << 31),
      (.uint16, 1 << 36),
    ] {
      let taps = (0..<11 * 20).map {
        WeightedTap(row: $0 / 20, offset: $0 % 20 * 3, weight: weight)
      }
      let request = BodyRequest(.taps(taps), input: input, output: .int64, rounding: nil)
      checkBody(
        try TransformCorrelation(request, kernels: MicroKernels.available[set]),
        ScalarCorrelation(request), widths: [90], rows: 3, seed: 3, extreme: true)
    }
  }

  @Test("parts of weights add up, each within the norm that the bound of errors allows")
  func parts() throws {
    let weights = [Int.max >> 16, Int.min >> 16, -1, 0, 1 << 30, -(1 << 40) - 7]
    let taps = weights.indices.map { WeightedTap(row: $0, offset: 3 * $0, weight: weights[$0]) }
    let layout = try TransformLayout(
      BodyRequest(.taps(taps), input: .uint16, output: .int64, rounding: nil))
    #expect(layout.parts.count > 1)
    let samples = Double(layout.rows * layout.columns) * 2 * 32768 * 32768
    let bound = FourierPlan.errorBound(points: layout.rows * layout.columns)
    for part in layout.parts {
      let norm = part.taps.reduce(0.0) { $0 + Double($1.weight) * Double($1.weight) }
      #expect((samples * norm).squareRoot() * bound < 0.5)
    }
    for index in weights.indices {
      #expect(
        layout.parts.reduce(0) { $0 + $1.taps[index].weight << $1.shift } == weights[index])
    }
    #expect(layout.step == 3 && layout.windowColumns == 6)
  }

  @Test("weights that would take too many parts are refused, and so are windows beyond all tiles")
  func refusals() {
    func why(_ taps: [WeightedTap]) -> BodyRefusal? {
      do throws(BodyRefusal) {
        _ = try TransformLayout(
          BodyRequest(.taps(taps), input: .uint16, output: .int64, rounding: nil))
        return nil
      } catch { return error }
    }
    let far = [
      WeightedTap(row: 0, offset: 0, weight: 1), WeightedTap(row: 3000, offset: 3000, weight: 1),
      WeightedTap(row: 0, offset: 1, weight: 1),
    ]
    #expect(why(far) == .windowTooLarge)
    #expect(why([WeightedTap(row: 0, offset: 0, weight: 1 << 45)]) == nil)
  }

  @Test("large windows run as transforms, small ones and calls for few rows do not")
  func chosen() {
    var generator = SplitMix(33)
    for kernels in MicroKernels.everyCompiled {
      for (size, isLarge) in [(5, false), (61, true)] {
        let taps = randomTaps(&generator, width: size, height: size, step: 3, weights: 1...99)
        var request = BodyRequest(
          .taps(taps), input: .uint8, output: .uint8,
          rounding: Rounding(addend: 0, divisor: 200_000))
        #expect((BodyChoice(request, kernels: kernels).name == "transforms") == isLarge)
        request.rowsACall = 1
        #expect(BodyChoice(request, kernels: kernels).name != "transforms")
      }
    }
  }
}
