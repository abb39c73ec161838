import ConvEngine
import KernelLanguage
import Raster
import TestSupport
import Testing

@Suite("Exact values")
struct ExactValuesTests {
  @Test("a correlation shows the kernel turned, a convolution as it is")
  func orientation() throws {
    var samples = [UInt8](repeating: 0, count: 49)
    samples[3 * 7 + 3] = 10
    let stage = correlate(kernel(3, 3, (1...9).map(Double.init), scale: 1))
    func block(_ options: FilterOptions) throws -> [UInt8] {
      let result: [UInt8] = try filtered(picture(7, 7, samples), [stage], options)
      return (2...4).flatMap { y in result[y * 7 + 2..<y * 7 + 5] }
    }
    #expect(try block(FilterOptions()) == [90, 80, 70, 60, 50, 40, 30, 20, 10])
    var flipped = FilterOptions()
    flipped.flip = true
    #expect(try block(flipped) == [10, 20, 30, 40, 50, 60, 70, 80, 90])
  }

  @Test("an even kernel is anchored right of its middle, or where it says")
  func evenKernel() throws {
    let row: [UInt8] = [0, 0, 0, 10, 0, 0, 0]
    var even = kernel(4, 1, [1, 2, 3, 4], scale: 1)
    #expect(
      try filtered(picture(7, 1, row), [correlate(even)]) == [0, 0, 40, 30, 20, 10, 0] as [UInt8])
    even.anchor = Kernel.Anchor(x: 1, y: 0)
    #expect(
      try filtered(picture(7, 1, row), [correlate(even)]) == [0, 40, 30, 20, 10, 0, 0] as [UInt8])
  }

  @Test(
    "a box on a ramp shows the padding in its first and last column",
    arguments: [
      (Padding.replicate, 3, 67), (.reflect101, 7, 63), (.zero, 3, 43), (.wrap, 27, 43),
      (.reflect, 3, 67), (.constant(0), 3, 43), (.truncate, 5, 65),
    ] as [(Padding, UInt8, UInt8)])
  func padding(padding: Padding, first: UInt8, last: UInt8) throws {
    let samples: [UInt8] = (0..<64).map { (i: Int) -> UInt8 in UInt8(i % 8 * 10) }
    let result: [UInt8] = try filtered(
      picture(8, 8, samples), [correlate(box(3, 3), StageGeometry(padding: padding))])
    let inner: [UInt8] = [10, 20, 30, 40, 50, 60]
    #expect(Array(result[24..<32]) == [first] + inner + [last])
  }

  @Test("a third rounds down, two thirds up")
  func rounding() throws {
    #expect(
      try filtered(picture(3, 1, [0, 0, 1] as [UInt8]), [correlate(box(3, 1))]) == [0, 0, 1]
        as [UInt8])
  }

  @Test("five box passes keep the mean of noise")
  func mean() throws {
    var generator = SplitMix(state: 1)
    let samples = (0..<4096).map { _ in UInt8.random(in: 0...255, using: &generator) }
    let stages = [Stage](repeating: correlate(box(3, 3), StageGeometry(padding: .wrap)), count: 5)
    let result: [UInt8] = try filtered(picture(64, 64, samples), stages)
    func mean(_ samples: [UInt8]) -> Double {
      Double(samples.reduce(0) { $0 + Int($1) }) / Double(samples.count)
    }
    #expect(abs(mean(result) - mean(samples)) <= 0.1)
  }

  @Test(
    "a flat field keeps its value, in eight bits",
    arguments: [
      box(3, 3), box(5, 5), box(7, 7), gaussian(0.5), gaussian(1), gaussian(2.3), gaussian(7),
    ])
  func flatFields(kernel: Kernel) throws {
    for value in UInt8.min...UInt8.max {
      let flat = [UInt8](repeating: value, count: 35)
      #expect(try filtered(picture(7, 5, flat), [correlate(kernel)]) == flat)
    }
  }

  @Test(
    "a flat field keeps its value, in sixteen bits",
    arguments: [
      box(3, 3), box(7, 7), gaussian(0.5), gaussian(1), gaussian(2.3), gaussian(7),
    ])
  func flatFields16(kernel: Kernel) throws {
    for value in stride(from: UInt16.min, through: 65535, by: 1093) {
      let flat = [UInt16](repeating: value, count: 15)
      #expect(try filtered(picture(5, 3, flat), [correlate(kernel)]) == flat)
    }
  }

  @Test("negative results round half up after the offset")
  func negativeRounding() throws {
    let negative = correlate(kernel(1, 1, [-1], scale: 2, offset: 128))
    #expect(try filtered(picture(1, 1, [4] as [UInt8]), [negative]) == [126] as [UInt8])
    #expect(try filtered(picture(1, 1, [2] as [UInt8]), [negative]) == [127] as [UInt8])
  }

  @Test(
    "sums are exact quotients on noise of every width up to 70",
    arguments: [
      kernel(3, 3, [-1, -1, -1, -1, 8, -1, -1, -1, -1], scale: 1),
      kernel(3, 3, [-1, -1, -1, -1, 32, -1, -1, -1, -1], scale: 24),
      kernel(3, 3, [-1, 0, 0, 0, 0, 0, 0, 0, -1], scale: 2, offset: 255),
    ])
  func exactQuotients(kernel: Kernel) throws {
    var generator = SplitMix(state: 7)
    for width in 1...70 {
      let height = 9
      let samples = (0..<width * height).map { _ in UInt8.random(in: 0...255, using: &generator) }
      let result: [UInt8] = try filtered(picture(width, height, samples), [correlate(kernel)])
      let scale = Int(kernel.scale!)
      var expected: [UInt8] = []
      for y in 0..<height {
        for x in 0..<width {
          var sum = 0
          for j in 0..<3 {
            for i in 0..<3 {
              let row = min(max(y + j - 1, 0), height - 1)
              let column = min(max(x + i - 1, 0), width - 1)
              sum += Int(kernel[i, j]) * Int(samples[row * width + column])
            }
          }
          let quotient = (Double(2 * sum + scale) / Double(2 * scale)).rounded(.down)
          expected.append(UInt8(min(max(Int(quotient) + Int(kernel.offset), 0), 255)))
        }
      }
      #expect(result == expected)
    }
  }

  @Test("a sixteen-bit impulse shows the Gaussian")
  func impulse() throws {
    var samples = [UInt16](repeating: 0, count: 21)
    samples[10] = 65535
    let line = Array(gaussian(1).factors!.row)
    let wide = Kernel(Kernel.Factors(column: [1], row: line))
    let result: [UInt16] = try filtered(picture(21, 1, samples), [correlate(wide)])
    #expect(Array(result[10...15]) == [26145, 15858, 3538, 290, 9, 0])
    #expect(result == result.reversed())
  }

  @Test("a kernel larger than the picture works")
  func largerThanPicture() throws {
    let result: [UInt8] = try filtered(
      picture(2, 2, [0, 83, 166, 249] as [UInt8]), [correlate(gaussian(3))])
    for (value, expected) in zip(result, [108, 119, 130, 141]) {
      #expect(abs(Int(value) - expected) <= 1)
    }
    #expect(
      try filtered(picture(1, 1, [77] as [UInt8]), [correlate(gaussian(3))]) == [77] as [UInt8])
  }

  @Test("a step of 1000 gives a Sobel response of 4000 in sixteen bits")
  func sobelStep() throws {
    let samples: [UInt16] = (0..<64).map { (i: Int) -> UInt16 in i % 8 < 4 ? 0 : 1000 }
    let result: [UInt16] = try filtered(picture(8, 8, samples), [correlate(sobelX)])
    #expect(Array(result[16..<24]) == [0, 0, 0, 4000, 4000, 0, 0, 0])
  }

  @Test("the gradient of a diagonal ramp of slope 4 is 45")
  func magnitude() throws {
    let samples: [UInt8] = (0..<64).map { (i: Int) -> UInt8 in UInt8(i % 8 * 4 + i / 8 * 4) }
    let stage = Stage(.combine([sobelX, sobelY], .magnitude), name: "sobel")
    let result: [UInt8] = try filtered(picture(8, 8, samples), [stage])
    #expect(result[3 * 8 + 3] == 45)
  }

  @Test("average pooling divides by the samples that are there")
  func averagePooling() throws {
    let stage = Stage(
      .pool(.average, width: 3, height: 3),
      geometry: StageGeometry(strideX: 1, strideY: 1, padding: .zero), name: "avgpool")
    let flat = [UInt8](repeating: 9, count: 25)
    #expect(try filtered(picture(5, 5, flat), [stage]) == flat)
  }

  @Test("a checkerboard blurs to 128, in linear light to 188")
  func linearLight() throws {
    let samples: [UInt8] = (0..<1024).map { (i: Int) -> UInt8 in
      (i % 32 + i / 32) % 2 == 0 ? 0 : 255
    }
    let stage = correlate(gaussian(5), StageGeometry(padding: .wrap))
    var options = FilterOptions()
    let encoded: [UInt8] = try filtered(picture(32, 32, samples), [stage])
    #expect(encoded[500] == 128)
    options.linear = true
    let linear: [UInt8] = try filtered(picture(32, 32, samples), [stage], options)
    #expect(linear[500] == 188)
  }
}
