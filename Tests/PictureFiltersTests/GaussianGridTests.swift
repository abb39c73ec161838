import ConvEngine
import KernelLanguage
import Raster
import TestSupport
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

  @Test(
    "stays as near as rounding allows, whatever lies beyond the border",
    arguments: [
      Padding.replicate, .reflect, .reflect101, .wrap, .zero, .constant(77),
    ], [(5.0, 6.4), (7.0, 7.0), (9.3, 21.0), (30.0, 8.1)])
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
        let wanted = GaussianOracle.blurred(
          bytes.map(Double.init), width: width, height: height, channels: channels, sigmas: sigmas,
          padding: padding, beyond: beyond)
        let results: [[UInt8]] = try [1, 2, 5].map {
          try filtered(source, [stage], options, threads: $0)
        }
        #expect(results[1] == results[0] && results[2] == results[0])
        let worst = zip(results[0], wanted).reduce(0) { max($0, abs(Double($1.0) - $1.1)) }
        #expect(worst < 0.56, "\(color) \(halves): \(worst)")
      }
    }
  }

  @Test(
    "colours weigh as much as their alpha; opaque ones are as they are without it",
    arguments: [Padding.replicate, .wrap, .constant(77)], [ColorModel.rgba, .grayAlpha])
  func alpha(padding: Padding, color: ColorModel) throws {
    let channels = color.channels
    let last = channels - 1
    let (width, height, sigmas) = (90, 71, (x: 11.0, y: 7.5))
    var options = FilterOptions()
    options.geometry.padding = padding
    let stage = try KernelSpec.parse("gaussian:sigma-x=\(sigmas.x),sigma-y=\(sigmas.y)")
    var bytes = samples(width, height, channels, halves: false)
    // A part without any, parts that are opaque.
    for place in 0..<width * height {
      let x = place % width
      if x < 20 {
        bytes[channels * place + last] = 0
      } else if x % 30 > 12 {
        bytes[channels * place + last] = 255
      }
    }
    let source = picture(width, height, color, bytes)
    let plan = try FilterPlan(input: source.format, stages: [stage], options: options)
    #expect(plan.description.contains { $0.contains("premultiplied") })
    let got: [UInt8] = try filtered(source, [stage], options, threads: 2)
    #expect(try got == filtered(source, [stage], options))
    func formula(_ values: [Double], beyond: Double) -> [Double] {
      GaussianOracle.blurred(
        values, width: width, height: height, channels: 1, sigmas: sigmas, padding: padding,
        beyond: beyond)
    }
    func plane(_ channel: Int) -> [Double] {
      (0..<width * height).map { Double(bytes[channels * $0 + channel]) }
    }
    var level = 0.0
    if case .constant(let value) = padding { level = value }
    let alphas = formula(plane(last), beyond: 255)
    for channel in 0..<last {
      let sums = formula(zip(plane(channel), plane(last)).map { $0 * $1 }, beyond: level * 255)
      for place in 0..<width * height where alphas[place] >= 1 {
        // What the formula cuts off beyond 4 sigma counts more, the less is opaque.
        let error = abs(Double(got[channels * place + channel]) - sums[place] / alphas[place])
        #expect(error < 0.51 + 0.06 * 255 / alphas[place])
      }
    }
    for place in 0..<width * height {
      #expect(abs(Double(got[channels * place + last]) - alphas[place]) < 0.56)
    }
    let colors = samples(width, height, last, halves: false)
    func withAlpha(_ colors: [UInt8]) -> [UInt8] {
      (0..<width * height).flatMap { place -> [UInt8] in
        Array(colors[last * place..<last * (place + 1)]) + [255]
      }
    }
    let plain: [UInt8] = try filtered(
      picture(width, height, last == 1 ? .gray : .rgb, colors), [stage], options)
    let made: [UInt8] = try filtered(
      picture(width, height, color, withAlpha(colors)), [stage], options)
    #expect(withAlpha(plain) == made)
  }

  @Test("of every size, each result sees points that the grid has, and weights that sum to 1")
  func points() {
    for sigma in [5, 7, 7.5, 12, 33.3, 100, 4000] {
      for count in [1, 2, 13, 14, 15, 1000] {
        let grid = GaussianGrid(sigma: sigma, count: count)
        for index in 0..<min(count, 1000) {
          let start = grid.start(index)
          #expect(start >= 0 && start + grid.taps <= grid.points)
        }
        for place in stride(from: 0, to: grid.scattering.count, by: grid.taps) {
          let sum = grid.scattering[place..<place + grid.taps].reduce(0) { $0 + Double($1) }
          #expect(abs(sum - 1) < 1e-6)
        }
        #expect(abs(grid.gathering.reduce(0) { $0 + Double($1) } - 1) < 1e-5)
      }
    }
  }

  @Test(
    "what is between two levels everywhere becomes the upper one", arguments: [5, 7, 10, 20, 50.0])
  func halves(sigma: Double) throws {
    let (width, height) = (130, 120)
    let board = (0..<width * height).map { ($0 % width + $0 / width) % 2 == 0 ? UInt8(0) : 255 }
    var options = FilterOptions()
    options.geometry.padding = .wrap
    let stage = try KernelSpec.parse("gaussian:sigma=\(sigma)")
    let half = [UInt8](repeating: 128, count: width * height)
    #expect(try filtered(picture(width, height, board), [stage], options) == half)
    let opaque = board.flatMap { [$0, $0, $0, 255] as [UInt8] }
    let gray = half.flatMap { [$0, $0, $0, 255] as [UInt8] }
    #expect(try filtered(picture(width, height, .rgba, opaque), [stage], options) == gray)
  }

  @Test("flat pictures stay as they are")
  func flat() throws {
    let stage = try KernelSpec.parse("gaussian:sigma=50")
    for level in [UInt8(0), 1, 100, 254, 255] {
      let field = [UInt8](repeating: level, count: 300 * 250)
      #expect(try filtered(picture(300, 250, field), [stage]) == field)
    }
  }

  @Test("floats, strides and windows that are cut short go by passes")
  func others() throws {
    let rgb = PictureFormat(width: 300, height: 250, color: .rgb, sample: .uint8)
    func steps(_ format: PictureFormat, _ spec: String, _ options: FilterOptions = FilterOptions())
      throws -> Bool
    {
      try FilterPlan(input: format, stages: [KernelSpec.parse(spec)], options: options)
        .description.contains { $0.contains("gathered on every") }
    }
    #expect(try steps(rgb, "gaussian:sigma=20"))
    let wide = try FilterPlan(input: rgb, stages: [KernelSpec.parse("gaussian:sigma=20")])
    #expect(wide.description.contains { $0.contains("chosen: a grid, cost 40") })
    let narrow = try FilterPlan(input: rgb, stages: [KernelSpec.parse("gaussian:sigma=2")])
    #expect(narrow.description.contains { $0.contains("a grid (no Gaussian of large sigma") })
    #expect(try steps(rgb, "gaussian:sigma=5"))
    #expect(try !steps(rgb, "gaussian:sigma=4.8"))
    #expect(try !steps(rgb, "gaussian:size=31,sigma=20"))
    #expect(try !steps(rgb, "gaussian:sigma=200"))
    let rgba = PictureFormat(width: 300, height: 250, color: .rgba, sample: .uint8)
    #expect(try steps(rgba, "gaussian:sigma=20"))
    var kept = FilterOptions()
    kept.alpha = .keep
    #expect(try !steps(rgba, "gaussian:sigma=20", kept))
    #expect(
      try steps(
        PictureFormat(width: 300, height: 250, color: .grayAlpha, sample: .uint8),
        "gaussian:sigma=20"))
    #expect(
      try !steps(
        PictureFormat(width: 300, height: 250, color: .rgb, sample: .float32), "gaussian:sigma=20"))
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
