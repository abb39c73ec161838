import ConvEngine
import KernelLanguage
import Raster
import TestSupport
import Testing

@testable import PictureFilters

/// Gaussians of large σ over 16 bits, summed up at some rows and columns, against sums at all in double
/// precision.
@Suite struct SampledGaussianTests {
  private let promise = GaussianPromise<UInt16>(
    way: "summed up", error: 1, colorError: (0.5, 1), leastAlpha: 0)

  private func plan(_ format: PictureFormat, _ spec: String, _ options: FilterOptions = .init())
    throws -> [String]
  {
    try FilterPlan(input: format, stages: [KernelSpec.parse(spec)], options: options).description
  }

  @Test(
    "stays within one level, whatever lies beyond the border",
    arguments: [
      Padding.replicate, .reflect, .reflect101, .wrap, .zero, .constant(30000),
    ], [(40.0, 60.0), (64.5, 38.0), (5.2, 70.0)])
  func exact(padding: Padding, sigmas: (x: Double, y: Double)) throws {
    for (width, height, color, signal) in [
      (131, 151, ColorModel.gray, GaussianSignal.halves), (139, 163, .gray, .noise),
      (160, 142, .rgb, .columns), (150, 147, .cmyk, .noise),
    ] {
      // Of pictures that repeat, passes take what a long window sees again and again once.
      try promise.check(
        width, height, color, signal, sigmas: sigmas, padding: padding, isTold: padding != .wrap)
    }
  }

  @Test(
    "colours weigh as much as their alpha; opaque ones are as they are without it",
    arguments: [Padding.replicate, .constant(30000)], [ColorModel.rgba, .grayAlpha])
  func alpha(padding: Padding, color: ColorModel) throws {
    try promise.checkAlpha(133, 150, color, sigmas: (48, 48), padding: padding)
  }

  @Test("what is transparent everywhere stays so, without colour")
  func transparent() throws {
    let (width, height) = (130, 120)
    let words = (0..<width * height).flatMap { place -> [UInt16] in
      [UInt16(truncatingIfNeeded: place), 500, 9, 0]
    }
    let nothing = [UInt16](repeating: 0, count: 4 * width * height)
    let stage = try KernelSpec.parse("gaussian:sigma=50")
    #expect(try filtered(picture(width, height, .rgba, words), [stage]) == nothing)
  }

  @Test("flat pictures stay as they are")
  func flat() throws {
    let stage = try KernelSpec.parse("gaussian:sigma=60")
    for level in [UInt16(0), 1, 100, 20001, 32767, 32768, 65534, 65535] {
      let field = [UInt16](repeating: level, count: 170 * 125)
      #expect(try filtered(picture(170, 125, field), [stage]) == field)
      let colors = field.flatMap { value -> [UInt16] in [value, 7, 65535 - value, 40000] }
      let made: [UInt16] = try filtered(picture(170, 125, .rgba, colors), [stage])
      let alphas = stride(from: 3, to: made.count, by: 4)
      #expect(alphas.allSatisfy { made[$0] == 40000 })
      #expect(zip(made, colors).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
    }
  }

  @Test(
    "what is left out is known: weights by plain loops over all places",
    arguments: [(20.0, 1), (20.0, 2), (33.3, 3), (100.0, 7)])
  func deviation(sigma: Double, spacing: Int) {
    let radius = GaussianKernel.radius(sigma)
    let line = GaussianKernel.samples(sigma: sigma, count: 2 * radius + 1)
    let count = 2 * radius + 5 * spacing
    let axis = SampledGaussian(line, count: count, spacing: spacing)
    var worst = 0.0
    for index in 0..<count {
      var weights = [Int: Double]()
      for tap in 0..<axis.taps {
        let seen = axis.samples(axis.start(index) + tap)
        let cubic = Double(axis.scattering[index % spacing * axis.taps + tap])
        for (place, sample) in seen.enumerated() {
          let weight = Double(axis.weights[min(place, 2 * radius - place)])
          weights[sample, default: 0] += cubic * weight
        }
      }
      for (place, weight) in line.enumerated() {
        weights[index - radius + place, default: 0] -= weight
      }
      let above = weights.values.reduce(0) { $0 + max($1, 0) }
      let below = weights.values.reduce(0) { $0 + max(-$1, 0) }
      worst = max(worst, above, below)
    }
    #expect(abs(worst - axis.deviation) < 1e-12)
    #expect(axis.start(count - 1) + axis.taps <= axis.points)
  }

  @Test("a larger σ costs no more than twice as much, and no pair is off by a level")
  func cost() throws {
    func pair(_ sigma: Double) throws -> SampledPair {
      let line = GaussianKernel.samples(sigma: sigma, count: 2 * GaussianKernel.radius(sigma) + 1)
      return try #require(SampledPair(column: line, row: line, height: 4000, width: 6000))
    }
    for sigma in [20.0, 35, 50, 100, 250] {
      #expect(try pair(sigma).errorBound < 1)
      #expect(try pair(sigma).work < 2 * pair(20).work)
    }
  }

  @Test("16 bits of large σ are summed up at some rows, where that is cheaper")
  func choice() throws {
    let gray = PictureFormat(width: 500, height: 450, color: .gray, sample: .uint16)
    #expect(
      try plan(gray, "gaussian:sigma=50").contains { $0.contains("chosen: sums at some rows") })
    #expect(try !plan(gray, "gaussian:sigma=10").contains { $0.contains("summed up") })
    #expect(try !plan(gray, "gaussian:sigma=240").contains { $0.contains("summed up") })
    for change in [
      { $0.geometry.strideX = 2 }, { $0.geometry.padding = .valid }, { $0.channels = .only([0]) },
      { $0.scale = .value(2) },
    ] as [(inout FilterOptions) -> Void] {
      var options = FilterOptions()
      change(&options)
      #expect(try !plan(gray, "gaussian:sigma=50", options).contains { $0.contains("summed up") })
    }
  }
}
