import ConvEngine
import KernelLanguage
import Raster
import TestSupport
import Testing

@testable import PictureFilters

/// Gaussians of large σ by way of a grid, against sums over all samples in double precision.
@Suite struct GaussianGridTests {
  // What the formula cuts off beyond 4 sigma counts more, the less is opaque.
  private let promise = GaussianPromise<UInt8>(
    way: "gathered on every", error: 0.56, colorError: (0.51, 0.06), leastAlpha: 1)

  @Test(
    "stays as near as rounding allows, whatever lies beyond the border",
    arguments: [
      Padding.replicate, .reflect, .reflect101, .wrap, .zero, .constant(77),
    ], [(5.0, 8.2), (7.0, 7.0), (9.3, 21.0), (30.0, 8.1)])
  func exact(padding: Padding, sigmas: (x: Double, y: Double)) throws {
    for (width, height, color) in [(97, 61, ColorModel.rgb), (130, 83, .gray), (64, 70, .cmyk)] {
      for signal in GaussianSignal.allCases {
        try promise.check(width, height, color, signal, sigmas: sigmas, padding: padding)
      }
    }
  }

  @Test(
    "colours weigh as much as their alpha; opaque ones are as they are without it",
    arguments: [Padding.replicate, .wrap, .constant(77)], [ColorModel.rgba, .grayAlpha])
  func alpha(padding: Padding, color: ColorModel) throws {
    try promise.checkAlpha(90, 71, color, sigmas: (11, 7.5), padding: padding)
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
    "what is between two levels everywhere becomes the upper one", arguments: [6.6, 7, 10, 20, 50])
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
    #expect(try steps(rgb, "gaussian:sigma=6.6"))
    #expect(try !steps(rgb, "gaussian:sigma=6.4"))
    #expect(try !steps(rgb, "gaussian:size=31,sigma=20"))
    #expect(try !steps(rgb, "gaussian:sigma=200"))
    let rgba = PictureFormat(width: 300, height: 250, color: .rgba, sample: .uint8)
    #expect(try steps(rgba, "gaussian:sigma=20"))
    #expect(try steps(rgba, "gaussian:sigma=5"))
    #expect(try !steps(rgba, "gaussian:sigma=4.8"))
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
