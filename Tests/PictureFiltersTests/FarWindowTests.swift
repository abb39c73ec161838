import ConvEngine
import KernelLanguage
import PictureFilters
import Raster
import TestSupport
import Testing

@Suite("Windows that reach far beyond the picture")
struct FarWindowTests {
  @Test(
    "results are those of the definition, whatever taps and dilation",
    arguments: [
      Padding.zero, .constant(77), .replicate, .reflect, .reflect101, .wrap, .truncate,
    ])
  func definition(padding: Padding) throws {
    var generator = SplitMix(state: 11)
    for (width, height, dilation) in [
      (3, 3, (70, 90)), (80, 3, (1, 1)), (3, 75, (2, 1)), (5, 4, (40, 31)),
    ] {
      let taps = (0..<width * height).map { _ in Int.random(in: -9...20, using: &generator) }
      let (columns, rows) = (7, 6)
      var oracle = ExactOracle(
        width: width, height: height, taps: taps,
        divisor: max(1, taps.reduce(0) { $0 + abs($1) } / 2),
        offset: 3, anchor: (width / 2, height / 3), padding: padding)
      oracle.dilation = dilation
      for stride in [1, 2] {
        oracle.stride = (stride, stride)
        let samples = (0..<columns * rows * 3).map { _ in Int.random(in: 0...255, using: &generator)
        }
        let result: [UInt8] = try filtered(
          picture(columns, rows, .rgb, samples.map { UInt8($0) }),
          [correlate(oracle.kernel, oracle.geometry)])
        #expect(
          result == oracle(samples, columns, rows, 3, top: 255).map { UInt8($0) }, "\(oracle)")
      }
    }
  }

  @Test("a box at dilation 1000000 sees the corners of a replicated picture")
  func corners() throws {
    let samples: [UInt8] = [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140, 150]
    let result: [UInt8] = try filtered(
      picture(4, 4, samples),
      [correlate(box(3, 3), StageGeometry(dilationX: 1_000_000, dilationY: 1_000_000))])
    for y in 0..<4 {
      for x in 0..<4 {
        let corners = 0 + 30 + 120 + 150
        let sides =
          Int(samples[x]) + Int(samples[12 + x]) + Int(samples[4 * y]) + Int(samples[4 * y + 3])
        let sum = corners + sides + Int(samples[4 * y + x])
        #expect(Int(result[4 * y + x]) == (2 * sum + 9) / 18)
      }
    }
  }

  @Test("pooling with 65535 samples a side is the mean and the extremes of the picture")
  func pooling() throws {
    let samples = (0..<16).map { UInt8($0 * 10) }
    for (kind, expected) in [(PoolingKind.average, 75), (.maximum, 150), (.minimum, 0)] {
      for padding in [Padding.zero, .truncate] {
        let result: [UInt8] = try filtered(
          picture(4, 4, samples),
          [
            Stage(
              .pool(kind, width: 65535, height: 65535), geometry: StageGeometry(padding: padding),
              name: "pool")
          ])
        #expect(result == [UInt8(expected)])
      }
    }
  }

  @Test("a Gaussian far wider than the picture keeps flat fields and ends")
  func gaussian() throws {
    let line = (-16000...16000).map { gaussianBell(-Double($0 * $0) / (2 * 4000 * 4000)) }
    let stage = correlate(Kernel(Kernel.Factors(column: line, row: line)))
    let flat = [UInt8](repeating: 137, count: 31 * 30)
    #expect(try filtered(picture(31, 30, flat), [stage]) == flat)
    // Half of all weights meet either side of a replicated edge.
    let halves = (0..<31 * 30).map { $0 % 31 < 15 ? UInt8(0) : $0 % 31 == 15 ? 100 : 200 }
    let result: [UInt8] = try filtered(picture(31, 30, halves), [stage])
    #expect(result.allSatisfy { abs(Int($0) - 100) <= 1 })
  }

  @Test(
    "members and moments of windows that reach far beyond the picture are those of the definition",
    arguments: [Padding.zero, .constant(77), .replicate, .reflect, .reflect101, .wrap])
  func members(padding: Padding) throws {
    let (columns, rows) = (7, 6)
    var generator = SplitMix(state: 3)
    let samples = (0..<columns * rows).map { _ in UInt8.random(in: 0...255, using: &generator) }
    let outside: UInt8 = if case .constant = padding { 77 } else { 0 }
    for (across, down) in [(30_000_001, 1), (3_000_001, 2), (40, 3_000_001), (1 << 40, 1 << 40)] {
      func sample(_ x: Int, _ y: Int) -> UInt8 {
        guard let column = padding.source(x, count: columns),
          let row = padding.source(y, count: rows)
        else { return outside }
        return samples[row * columns + column]
      }
      func result(_ spec: String) throws -> [UInt8] {
        var stage = try KernelSpec.parse(spec)
        stage.geometry.padding = padding
        (stage.geometry.dilationX, stage.geometry.dilationY) = (across, down)
        return try filtered(picture(columns, rows, samples), [stage])
      }
      let (smallest, largest) = (
        try result("erode:3,shape=cross"), try result("dilate:3,shape=cross")
      )
      let (median, local) = (try result("median:3,shape=cross"), try result("localnorm:3"))
      for y in 0..<rows {
        for x in 0..<columns {
          let cross = [(0, 0), (-1, 0), (1, 0), (0, -1), (0, 1)].map {
            sample(x + $0.0 * across, y + $0.1 * down)
          }.sorted()
          let place = y * columns + x
          #expect(smallest[place] == cross[0])
          #expect(largest[place] == cross[4])
          #expect(median[place] == cross[2])
          let window = (0..<9).map {
            Double(sample(x + ($0 % 3 - 1) * across, y + ($0 / 3 - 1) * down))
          }
          let mean = window.reduce(0, +) / 9
          let deviation = (window.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 9).squareRoot()
          let value = 127.5 + 51 * (Double(samples[place]) - mean) / max(deviation, 2.55)
          #expect(abs(min(max(value, 0), 255) - Double(local[place])) <= 1)
        }
      }
    }
  }

  @Test("strides and dilations beyond 32 bits neither trap nor take memory")
  func largeNumbers() throws {
    let one: [UInt16] = [40_000]
    for geometry in [
      StageGeometry(strideX: 1 << 40, strideY: 1 << 40),
      StageGeometry(dilationX: 1 << 40, dilationY: 1 << 40),
      StageGeometry(dilationX: 20_000, dilationY: 20_000),
    ] {
      #expect(
        try filtered(
          picture(1, 1, one), [correlate(kernel(3, 3, [0, -1, 0, -1, 5, -1, 0, -1, 0]), geometry)])
          == one)
      let samples = (0..<70 * 50).map { UInt8(truncatingIfNeeded: $0 * 7) }
      let sobel = Stage(.combine([sobelX, sobelY], .magnitude), geometry: geometry, name: "sobel")
      let plan = try FilterPlan(
        input: picture(70, 50, samples).format, stages: [sobel], options: FilterOptions())
      #expect(plan.memory(threads: 1) < 32 << 20)
      let result: [UInt8] = try filtered(picture(70, 50, samples), [sobel])
      #expect(result.count == plan.output.width * plan.output.height)
    }
    #expect(throws: FilterError.self) {
      try FilterPlan(
        input: picture(1, 1, one).format,
        stages: [correlate(box(3, 3), StageGeometry(dilationX: .max, dilationY: 1))])
    }
  }

  @Test("memory goes with the pixels, not with the shape of the picture")
  func shapes() throws {
    let kernels = [
      Stage(.combine([sobelX, sobelY], .magnitude), name: "sobel"), correlate(box(3, 3)),
    ]
    for stage in kernels {
      for (width, height) in [(1, 1_000_000), (1_000_000, 1), (1000, 1000)] {
        let format = PictureFormat(width: width, height: height, color: .gray, sample: .uint8)
        let plan = try FilterPlan(input: format, stages: [stage])
        #expect(plan.memory(threads: 1) < 64 << 20, "\(width)x\(height)")
      }
    }
    // A column gives what the same numbers give as a row.
    let samples = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) }
    let column: [UInt8] = try filtered(picture(1, 100_000, samples), [kernels[0]], threads: 2)
    let row: [UInt8] = try filtered(picture(100_000, 1, samples), [kernels[0]], threads: 2)
    #expect(column == row)
  }

  @Test("what takes too much memory or too many operations is refused with the number")
  func refusals() throws {
    let format = PictureFormat(width: 20_000, height: 20_000, color: .rgb, sample: .uint8)
    let line = (-4000...4000).map { _ in 0.125 + 1 / 1024.0 / 3 }
    let large = correlate(Kernel(Kernel.Factors(column: line, row: line)))
    let plan = try FilterPlan(input: format, stages: [large])
    #expect(throws: MemoryError.self) {
      try plan.check(threads: 4, within: MemoryLimit(bytes: 64 << 20))
    }
    try plan.check(threads: 4, within: .none)
    var taps = [Double](repeating: 1, count: 1001 * 1001)
    taps[0] = 2
    taps[1001 * 1001 - 2] = 3
    let huge = PictureFormat(width: 400_000, height: 400_000, color: .rgb, sample: .uint8)
    #expect {
      try FilterPlan(input: huge, stages: [correlate(kernel(1001, 1001, taps))])
    } throws: { error in
      guard case .tooMuchWork(_, let operations)? = error as? FilterError else { return false }
      // By transforms, a small part of what all taps would take.
      return operations > 1e14 && operations < 1001 * 1001 * 400_000 * 400_000 * 0.03
    }
  }
}
