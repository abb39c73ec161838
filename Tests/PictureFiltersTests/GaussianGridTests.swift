import ConvEngine
import KernelLanguage
import Raster
import Testing

@testable import PictureFilters

/// Gaussians of large σ by way of a grid, against sums over all samples in double precision.
@Suite struct GaussianGridTests {
  /// Bytes of interleaved pixels: noise, or halves of black and white.
  private func samples(_ width: Int, _ height: Int, _ channels: Int, halves: Bool) -> [UInt8] {
    var generator = SplitMix(width + height)
    return (0..<width * height * channels).map { index in
      halves
        ? (index / channels % width * 2 < width ? 0 : 255)
        : UInt8.random(in: 0...255, using: &generator)
    }
  }

  /// One axis of the formula: σ cut off at ⌊4σ + ½⌋, sum 1.
  private func blurred(
    _ values: [Double], _ count: Int, step: Int, lines: [Int], sigma: Double, padding: Padding,
    beyond: Double
  ) -> [Double] {
    let radius = GaussianKernel.radius(sigma)
    let line = GaussianKernel.samples(sigma: sigma, count: 2 * radius + 1)
    var result = values
    for start in lines {
      for i in 0..<count {
        var sum = 0.0
        for (tap, weight) in line.enumerated() {
          let source = padding.source(i + tap - radius, count: count)
          sum += weight * (source.map { values[start + $0 * step] } ?? beyond)
        }
        result[start + i * step] = sum
      }
    }
    return result
  }

  @Test(
    "stays as near as rounding allows, whatever lies beyond the border",
    arguments: [
      Padding.replicate, .reflect, .reflect101, .wrap, .zero, .constant(77),
    ], [(7.0, 7.0), (9.3, 21.0), (30.0, 8.1)])
  func exact(padding: Padding, sigmas: (x: Double, y: Double)) throws {
    for (width, height, color) in [(97, 61, ColorModel.rgb), (130, 83, .gray), (64, 70, .cmyk)] {
      let channels = color.channels
      for halves in [false, true] {
        let bytes = samples(width, height, channels, halves: halves)
        let source = picture(width, height, color, bytes)
        var options = FilterOptions()
        options.geometry.padding = padding
        let stage = try KernelSpec.parse("gaussian:sigma-x=\(sigmas.x),sigma-y=\(sigmas.y)")
        let plan = try FilterPlan(input: source.format, stages: [stage], options: options)
        #expect(plan.description.contains { $0.contains("gathered on every") })
        var beyond = 0.0
        if case .constant(let level) = padding { beyond = level }
        let row = width * channels
        let wanted = blurred(
          blurred(
            bytes.map(Double.init), height, step: row, lines: Array(0..<row), sigma: sigmas.y,
            padding: padding, beyond: beyond),
          width, step: channels,
          lines: (0..<height).flatMap { y in (0..<channels).map { y * row + $0 } },
          sigma: sigmas.x, padding: padding, beyond: beyond)
        let results: [[UInt8]] = try [1, 2, 5].map {
          try filtered(source, [stage], options, threads: $0)
        }
        #expect(results[1] == results[0] && results[2] == results[0])
        let worst = zip(results[0], wanted).reduce(0) { max($0, abs(Double($1.0) - $1.1)) }
        #expect(worst < 0.56, "\(color) \(halves): \(worst)")
      }
    }
  }

  @Test("of every size, each result sees points that the grid has, and weights that sum to 1")
  func points() {
    for sigma in [7, 7.5, 12, 33.3, 100, 4000] {
      for count in [1, 2, 13, 14, 15, 1000] {
        let grid = GaussianGrid(sigma: sigma, count: count)
        for index in 0..<min(count, 1000) {
          let start = grid.start(index)
          #expect(start >= 0 && start + grid.taps <= grid.points)
        }
        for place in stride(from: 0, to: grid.spreading.count, by: grid.taps) {
          let sum = grid.spreading[place..<place + grid.taps].reduce(0) { $0 + Double($1) }
          #expect(abs(sum - 1) < 1e-6)
        }
        #expect(abs(grid.gathering.reduce(0) { $0 + Double($1) } - 1) < 1e-5)
      }
    }
  }

  @Test("flat pictures stay as they are")
  func flat() throws {
    let stage = try KernelSpec.parse("gaussian:sigma=50")
    for level in [UInt8(0), 1, 100, 254, 255] {
      let field = [UInt8](repeating: level, count: 300 * 250)
      #expect(try filtered(picture(300, 250, field), [stage]) == field)
    }
  }

  @Test("other depths, alpha, strides and windows that are cut short go by passes")
  func others() throws {
    let rgb = PictureFormat(width: 300, height: 250, color: .rgb, sample: .uint8)
    func steps(_ format: PictureFormat, _ spec: String, _ options: FilterOptions = FilterOptions())
      throws -> Bool
    {
      try FilterPlan(input: format, stages: [KernelSpec.parse(spec)], options: options)
        .description.contains { $0.contains("gathered on every") }
    }
    #expect(try steps(rgb, "gaussian:sigma=20"))
    #expect(try !steps(rgb, "gaussian:sigma=6"))
    #expect(try !steps(rgb, "gaussian:size=31,sigma=20"))
    #expect(try !steps(rgb, "gaussian:sigma=200"))
    #expect(
      try !steps(
        PictureFormat(width: 300, height: 250, color: .rgba, sample: .uint8), "gaussian:sigma=20"))
    #expect(
      try !steps(
        PictureFormat(width: 300, height: 250, color: .rgb, sample: .uint16), "gaussian:sigma=20"))
    for change in [
      { $0.geometry.strideX = 2 }, { $0.geometry.padding = .valid }, { $0.channels = .only([0]) },
      { $0.scale = .value(2) },
    ] as [(inout FilterOptions) -> Void] {
      var options = FilterOptions()
      change(&options)
      #expect(try !steps(rgb, "gaussian:sigma=20", options))
    }
  }
}
