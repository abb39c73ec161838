import ConvEngine
import KernelLanguage
import Raster
import TestSupport
import Testing

@Suite("Alpha")
struct AlphaTests {
  @Test("white does not pick up the colour of transparent pixels")
  func fringe() throws {
    var samples: [UInt8] = []
    for y in 0..<9 {
      for x in 0..<9 {
        let inside = (3...5).contains(x) && (3...5).contains(y)
        samples += inside ? [255, 255, 255, 255] : [255, 0, 0, 0]
      }
    }
    let result: [UInt8] = try filtered(picture(9, 9, .rgba, samples), [correlate(gaussian(1))])
    for pixel in 0..<81 where result[4 * pixel + 3] > 0 {
      #expect(Array(result[4 * pixel..<4 * pixel + 3]) == [255, 255, 255])
    }
    #expect(result[4 * 40 + 3] > 0)
  }

  @Test("an edge kernel keeps alpha and sees the colours as they are")
  func zeroSum() throws {
    let values: [UInt8] = (0..<144).map { (i: Int) -> UInt8 in UInt8((i % 16) * (i % 16)) }
    let rgba: [UInt8] = values.flatMap { [$0, $0, $0, 255] }
    let rgb: [UInt8] = values.flatMap { [$0, $0, $0] }
    let one: [UInt8] = try filtered(picture(16, 9, .rgba, rgba), [correlate(sobelX)])
    let other: [UInt8] = try filtered(picture(16, 9, .rgb, rgb), [correlate(sobelX)])
    #expect(stride(from: 64, to: 92, by: 4).map { one[$0] } == [4, 16, 32, 48, 64, 80, 96])
    #expect(one == withAlpha(other))
  }

  @Test("the identity keeps colours of any alpha", arguments: [AlphaRule.auto, .keep, .filter])
  func identity(rule: AlphaRule) throws {
    let samples: [UInt8] = (0..<16).flatMap { (i: Int) -> [UInt8] in [200, 100, 50, UInt8(i * 17)] }
    var options = FilterOptions()
    options.alpha = rule
    let stage = correlate(kernel(3, 3, [0, 0, 0, 0, 1, 0, 0, 0, 0]))
    #expect(try filtered(picture(4, 4, .rgba, samples), [stage], options) == samples)
  }

  @Test(
    "an opaque picture with alpha gives the bytes of one without",
    arguments: [
      Padding.replicate, .zero, .constant(99), .wrap, .reflect101, .truncate, .valid,
    ])
  func opaque(padding: Padding) throws {
    var generator = SplitMix(state: 3)
    let kernels: [Kernel] = [
      gaussian(1), gaussian(3.3), box(5, 3), kernel(3, 3, [0, -1, 0, -1, 5, -1, 0, -1, 0]),
      kernel(2, 2, [0.1, 0.7, -0.3, 0.25], scale: 0.5, offset: 3.5),
    ]
    for kernel in kernels {
      let rgb = (0..<31 * 29 * 3).map { _ in UInt8.random(in: 0...255, using: &generator) }
      let rgba = withAlpha(rgb)
      // One pixel that is not opaque takes the other way for the windows around it only.
      var holed = rgba
      holed[3] = 254
      let stage = correlate(kernel, StageGeometry(padding: padding))
      let one: [UInt8] = try filtered(picture(31, 29, .rgb, rgb), [stage])
      let two: [UInt8] = try filtered(picture(31, 29, .rgba, rgba), [stage])
      let three: [UInt8] = try filtered(picture(31, 29, .rgba, holed), [stage])
      #expect(two == withAlpha(one))
      if padding != .wrap, kernel.width < 9 {
        #expect(two.suffix(two.count / 2) == three.suffix(two.count / 2))
      }
    }
  }

  @Test("a transparent red beside an opaque green stays green wherever it shows")
  func palette() throws {
    let samples: [UInt8] = (0..<64).flatMap { (i: Int) -> [UInt8] in
      i % 8 < 4 ? [255, 0, 0, 0] : [0, 255, 0, 255]
    }
    let result: [UInt8] = try filtered(picture(8, 8, .rgba, samples), [correlate(gaussian(1))])
    for pixel in 0..<64 where result[4 * pixel + 3] > 0 {
      #expect(Array(result[4 * pixel..<4 * pixel + 3]) == [0, 255, 0])
    }
  }

  /// The same pixels with alpha 255.
  private func withAlpha(_ rgb: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    for pixel in 0..<rgb.count / 3 {
      result += rgb[3 * pixel..<3 * pixel + 3]
      result.append(255)
    }
    return result
  }
}
