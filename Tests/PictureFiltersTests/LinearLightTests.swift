import Foundation
import KernelLanguage
import PictureFilters
import Raster
import TestSupport
import Testing

@Suite("Linear light")
struct LinearLightTests {
  private var linear: FilterOptions {
    var options = FilterOptions()
    options.linear = true
    return options
  }

  private let identity = correlate(kernel(1, 1, [1]))

  @Test("identity is identity on all 65536 levels, alpha too")
  func identity16() throws {
    let levels = (0...65535).map { UInt16($0) }
    #expect(try filtered(picture(256, 256, levels), [identity], linear) == levels)
    let pixels = levels.flatMap { [$0, 65535 - $0] }
    #expect(try filtered(picture(256, 256, .grayAlpha, pixels), [identity], linear) == pixels)
  }

  @Test("identity is identity on all 256 levels, and in 16 bits 257 times as much")
  func identity8() throws {
    let levels = (0...255).map { UInt8($0) }
    #expect(try filtered(picture(16, 16, levels), [identity], linear) == levels)
    var deep = linear
    deep.depth = .sixteen
    #expect(
      try filtered(picture(16, 16, levels), [identity], deep) == levels.map { UInt16($0) * 257 })
    var flat = linear
    flat.depth = .eight
    #expect(
      try filtered(picture(16, 16, levels.map { UInt16($0) * 257 }), [identity], flat) == levels)
  }

  @Test("a mean on 16 bits is within one level of the mean of the light")
  func mean() throws {
    var generator = SplitMix(state: 2)
    let samples = (0..<200).map { _ in
      UInt16(
        [Double.random(in: 0...400, using: &generator), .random(in: 0...65535, using: &generator)]
          .randomElement(using: &generator)!)
    }
    func light(_ value: Double) -> Double {
      value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
    func encoded(_ value: Double) -> Double {
      value <= 0.0031308 ? value * 12.92 : 1.055 * pow(value, 1 / 2.4) - 0.055
    }
    let result: [UInt16] = try filtered(picture(200, 1, samples), [correlate(box(2, 1))], linear)
    for x in 0..<200 {
      let pair = [samples[max(x - 1, 0)], samples[x]].map { light(Double($0) / 65535) }
      let expected = encoded((pair[0] + pair[1]) / 2) * 65535
      #expect(abs(Double(result[x]) - expected) <= 1)
    }
  }

  @Test("sets, pooling, luma and a spread range work on light in 16 bits")
  func otherStages() throws {
    var generator = SplitMix(state: 3)
    let samples = (0..<12 * 9 * 3).map { _ in UInt16.random(in: 0...65535, using: &generator) }
    let colors = picture(12, 9, .rgb, samples)
    let largest: [UInt16] = try filtered(
      colors, [Stage(.pool(.maximum, width: 2, height: 2), name: "maxpool")], linear)
    for y in 0..<4 {
      for x in 0..<6 {
        for c in 0..<3 {
          let window = [(0, 0), (1, 0), (0, 1), (1, 1)].map { i, j in
            samples[((2 * y + j) * 12 + 2 * x + i) * 3 + c]
          }
          #expect(largest[(y * 6 + x) * 3 + c] == window.max())
        }
      }
    }
    var spread = linear
    spread.range = .auto
    let edges: [UInt16] = try filtered(
      picture(12, 9, Array(samples[..<108])),
      [Stage(.combine([sobelX, sobelY], .magnitude), name: "sobel")], spread)
    #expect(edges.min() == 0 && edges.max() == 65535)
    var luma = linear
    luma.channels = .luma
    #expect(try filtered(colors, [identity], luma) == samples)
  }
}
