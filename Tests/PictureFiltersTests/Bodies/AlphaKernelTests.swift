import CConvKernels
import PictureFilters
import TestSupport
import Testing

/// Colours times alpha, and back, on every instruction set.
@Suite struct AlphaKernelTests {
  private static let sets = MicroKernels.available.indices

  @Test("colours are multiplied by their alpha", arguments: sets)
  func premultiply(set: Int) {
    let table = MicroKernels.available[set].table.pointee
    var generator = SplitMix(set)
    for channels in [2, 4] {
      for pixels in [1, 2, 3, 5, 40] {
        let small = (0..<pixels * channels).map { _ in UInt8.random(in: 0...255, using: &generator)
        }
        let wide = (0..<pixels * channels).map { _ in
          [UInt16.max, UInt16.random(in: 0...65535, using: &generator)]
            .randomElement(using: &generator)!
        }
        func factor(_ samples: [some FixedWidthInteger], _ index: Int) -> Int {
          index % channels == channels - 1
            ? 1 : Int(samples[index / channels * channels + channels - 1])
        }
        var (products, low, high) = (
          [UInt16](repeating: 7, count: small.count + 1),
          [UInt16](repeating: 7, count: small.count + 1),
          [UInt16](repeating: 7, count: small.count + 1)
        )
        table.premultiply_u8(small, channels, pixels, &products)
        table.premultiply_u16(wide, channels, pixels, &low, &high)
        let expected = small.indices.map { Int(small[$0]) * factor(small, $0) }
        let expectedWide = wide.indices.map { Int(wide[$0]) * factor(wide, $0) }
        #expect(products.map { Int($0) } == expected + [7])
        #expect(wide.indices.map { Int(low[$0]) + Int(high[$0]) << 16 } == expectedWide)
        #expect(low.last == 7 && high.last == 7)
      }
    }
  }

  /// ⌊n / d + ½⌋ for a positive d.
  private func rounded(_ n: Int128, _ d: Int128) -> Int {
    let (twice, over) = (2 * n + d, 2 * d)
    let floor = twice >= 0 ? twice / over : -((-twice + over - 1) / over)
    return Int(max(min(floor, 1 << 40), -1))
  }

  @Test("a pixel that is sure is right, and almost all are", arguments: sets)
  func division(set: Int) {
    let table = MicroKernels.available[set].table.pointee
    var generator = SplitMix(100 + set)
    var (sure, all) = (0, 0)
    for round in 0..<400 {
      let channels = [2, 4][round % 2]
      let pixels = Int.random(in: 1...9, using: &generator)
      let total = [1, 9, 1 << 22, 1 << 44, 123_457].randomElement(using: &generator)!
      let divisor = round % 3 == 0 ? total : Int.random(in: 1...3 * total, using: &generator)
      let bias = [0, 0, 7 * divisor, -3 * divisor].randomElement(using: &generator)!
      let absolute = round % 5 == 0
      let negative = round % 7 == 0
      var sums: [Int64] = []
      for _ in 0..<pixels {
        // Now and then whole, or none.
        let alpha =
          [0, 255, Int.random(in: 0...255, using: &generator)]
          .randomElement(using: &generator)! * total
        let weight = max(-5, alpha - Int.random(in: 0...5, using: &generator))
        for _ in 1..<channels {
          let colour = Int.random(in: 0...255, using: &generator)
          sums.append(Int64(weight * colour + Int.random(in: -5...5, using: &generator)))
        }
        sums.append(Int64(negative ? -weight : weight))
      }
      var finish = conv_alpha_finish()
      finish.scale = Double(total) / Double(divisor)
      finish.raised = Double(bias) / Double(divisor) + 0.5
      finish.opacity = 1 / Double(total)
      finish.opaque = round % 2 == 0 ? Int64(255 * total) : .min
      finish.top = 255
      finish.absolute = absolute ? 1 : 0
      finish.negative = negative ? 1 : 0
      var out = [UInt8](repeating: 77, count: pixels * channels + 1)
      var unsure = [UInt8](repeating: 9, count: pixels + 1)
      table.divide_alpha_u8(sums, channels, pixels, &out, &unsure, &finish)
      #expect(out.last == 77 && unsure.last == 9, "nothing behind the row is written")
      for pixel in 0..<pixels {
        all += 1
        let own = Array(sums[pixel * channels..<(pixel + 1) * channels])
        let weight = Int128(negative ? -own[channels - 1] : own[channels - 1])
        guard unsure[pixel] == 0 else {
          #expect(unsure[pixel] == 1)
          continue
        }
        sure += 1
        #expect(weight > 0)
        var expected = own.dropLast().map { product -> UInt8 in
          if Int64(weight) == finish.opaque { return 77 }
          var numerator = Int128(product) * Int128(total)
          if absolute { numerator = abs(numerator) }
          let exact = rounded(
            numerator + Int128(bias) * weight, weight * Int128(divisor))
          return UInt8(min(max(exact, 0), 255))
        }
        expected.append(UInt8(min(rounded(weight, Int128(total)), 255)))
        #expect(Array(out[pixel * channels..<(pixel + 1) * channels]) == expected)
      }
    }
    #expect(sure * 2 > all)
  }
}
