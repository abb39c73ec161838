import ConvEngine
import KernelLanguage
import Raster
import TestSupport
import Testing

/// Pictures with alpha against the formula of `AlphaRule.premultiply`, pixel by pixel in 128 bits.
@Suite("Premultiplied alpha against plain integers")
struct PremultipliedTests {
  private struct Case {
    var width: Int
    var height: Int
    var taps: [Int]
    var divisor: Int
    var offset: Int
    var absolute: Bool

    /// One colour or alpha; `at` yields a sample of the pixel that a tap meets.
    func pixel(_ channels: Int, top: Int, own: [Int], at: (Int, Int, Int) -> Int) -> [Int] {
      let total = taps.reduce(0, +)
      var alpha: Int128 = 0
      var products = [Int128](repeating: 0, count: channels - 1)
      for j in 0..<height {
        for i in 0..<width {
          let weight = Int128(taps[j * width + i] * at(i, j, channels - 1))
          alpha += weight
          for c in 0..<channels - 1 { products[c] += weight * Int128(at(i, j, c)) }
        }
      }
      alpha *= Int128(total.signum())
      let over = 2 * Int128(abs(total))
      let opacity = max(0, 2 * alpha + Int128(abs(total))) / over
      guard alpha > 0 else { return own.dropLast() + [Int(min(opacity, Int128(top)))] }
      let divisor = alpha * Int128(abs(self.divisor))
      let colours = products.map { product in
        var numerator = product * Int128(abs(total)) * Int128(self.divisor.signum())
        if absolute { numerator = abs(numerator) }
        let twice = 2 * (numerator + Int128(offset) * divisor) + divisor
        return Int(twice < 0 ? 0 : min(twice / (2 * divisor), Int128(top)))
      }
      return colours + [Int(min(opacity, Int128(top)))]
    }
  }

  private func random(_ generator: inout SplitMix) -> Case {
    let width = Int.random(in: 1...6, using: &generator)
    let height = Int.random(in: 1...6, using: &generator)
    let low = [0, -2, -9].randomElement(using: &generator)!
    var taps = (0..<width * height).map { _ in Int.random(in: low...9, using: &generator) }
    switch Int.random(in: 0..<4, using: &generator) {
    case 0: taps = taps.map { _ in 1 }
    case 1: taps = taps.map { -$0 }
    case 2: taps = taps.map { $0 * 100_003 }
    default: break
    }
    if taps.reduce(0, +) == 0 { taps[0] += 7 }
    return Case(
      width: width, height: height, taps: taps,
      divisor: [taps.reduce(0, +), 1, -5, 100].randomElement(using: &generator)!,
      offset: [0, 0, 100, -30].randomElement(using: &generator)!,
      absolute: Bool.random(using: &generator))
  }

  /// Alpha that is often nothing, often whole, and often close to either.
  private func samples(_ count: Int, _ channels: Int, _ top: Int, _ generator: inout SplitMix)
    -> [Int]
  {
    (0..<count).flatMap { index in
      let alpha = [0, top, index / 40 % 2 * top, Int.random(in: 0...3, using: &generator)]
        .randomElement(using: &generator)!
      return (1..<channels).map { _ in Int.random(in: 0...top, using: &generator) } + [alpha]
    }
  }

  private func check(
    _ test: Case, _ color: ColorModel, wide: Bool, _ generator: inout SplitMix
  ) throws {
    let (columns, rows) = (Int.random(in: 6...90, using: &generator), 23)
    let channels = color.channels
    let top = wide ? 65535 : 255
    let values = samples(columns * rows, channels, top, &generator)
    let anchor = (x: test.width / 2, y: test.height / 2)
    let expected = (0..<rows).flatMap { y in
      (0..<columns).flatMap { x in
        let start = (y * columns + x) * channels
        return test.pixel(channels, top: top, own: Array(values[start..<start + channels])) {
          let column = min(max(x + $0 - anchor.x, 0), columns - 1)
          let row = min(max(y + $1 - anchor.y, 0), rows - 1)
          return values[(row * columns + column) * channels + $2]
        }
      }
    }
    let kernel = kernel(
      test.width, test.height, test.taps.map(Double.init), scale: Double(test.divisor),
      offset: Double(test.offset))
    var options = FilterOptions()
    options.range = test.absolute ? .absolute : .clamp
    options.alpha = .premultiply
    let stage = correlate(kernel)
    for threads in [1, 3] {
      let result: [Int] =
        wide
        ? try filtered(
          picture(columns, rows, color, values.map { UInt16($0) }), [stage], options,
          threads: threads, as: UInt16.self
        ).map { Int($0) }
        : try filtered(
          picture(columns, rows, color, values.map { UInt8($0) }), [stage], options,
          threads: threads, as: UInt8.self
        ).map { Int($0) }
      #expect(result == expected, "\(test)")
    }
  }

  @Test("every pixel is the quotient of its sums", arguments: 0..<24)
  func quotients(seed: UInt64) throws {
    var generator = SplitMix(state: 500 + seed)
    for round in 0..<10 {
      try check(
        random(&generator), [.rgba, .grayAlpha][round % 2], wide: round % 4 > 1, &generator)
    }
  }

  @Test("a kernel of negative sum inverts what is half transparent as what is opaque")
  func inversion() throws {
    let samples: [UInt8] = [10, 200, 255, 128, 10, 200, 255, 255]
    let invert = kernel(1, 1, [-1], scale: 1, offset: 255)
    let result: [UInt8] = try filtered(picture(2, 1, .rgba, samples), [correlate(invert)])
    #expect(result == [245, 55, 0, 128, 245, 55, 0, 255])
  }

  @Test(
    "a Gaussian is within half a level of the weighted mean, the same on every instruction set",
    arguments: [0.7, 2, 6])
  func gaussians(sigma: Double) throws {
    var generator = SplitMix(state: 77)
    let (columns, rows) = (61, 40)
    let values = samples(columns * rows, 4, 255, &generator)
    let kernel = gaussian(sigma)
    let radius = kernel.width / 2
    let line = try #require(kernel.factors).row
    func mean(_ x: Int, _ y: Int, _ c: Int) -> Double? {
      var (sum, alpha) = (0.0, 0.0)
      for j in -radius...radius {
        for i in -radius...radius {
          let place =
            (min(max(y + j, 0), rows - 1) * columns + min(max(x + i, 0), columns - 1)) * 4
          let weight = line[i + radius] * line[j + radius] * Double(values[place + 3])
          sum += weight * Double(values[place + c])
          alpha += weight
        }
      }
      return alpha > 0 ? sum / alpha : nil
    }
    let current = InstructionSet.current
    defer { current.force() }
    var first: [UInt8]?
    for set in InstructionSet.available {
      set.force()
      let result: [UInt8] = try filtered(
        picture(columns, rows, .rgba, values.map { UInt8($0) }), [correlate(kernel)], threads: 2)
      #expect(first == nil || result == first, "\(set)")
      first = result
    }
    let result = try #require(first)
    for y in stride(from: 0, to: rows, by: 7) {
      for x in stride(from: 0, to: columns, by: 5) {
        for c in 0..<3 {
          guard let wanted = mean(x, y, c) else { continue }
          #expect(abs(Double(result[(y * columns + x) * 4 + c]) - wanted) < 1, "\(x), \(y)")
        }
      }
    }
  }
}
