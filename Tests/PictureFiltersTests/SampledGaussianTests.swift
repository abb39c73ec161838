import ConvEngine
import KernelLanguage
import Raster
import TestSupport
import Testing

@testable import PictureFilters

/// Gaussians of large σ over 16 bits, summed up at some rows and columns, against sums at all in double
/// precision.
@Suite struct SampledGaussianTests {
  /// Interleaved pixels: noise over the whole range, halves of black and white, or columns of either.
  enum Signal: CaseIterable { case noise, halves, columns }

  private func samples(_ width: Int, _ height: Int, _ channels: Int, _ signal: Signal) -> [UInt16] {
    var generator = SplitMix(width + height)
    return (0..<width * height * channels).map { index in
      let (x, y) = (index / channels % width, index / channels / width)
      return switch signal {
      case .noise:
        Bool.random(using: &generator) ? 0 : UInt16.random(in: 0...65535, using: &generator)
      case .halves: x * 2 < width ? 0 : y * 3 < height ? 40000 : 65535
      case .columns: (x + y) % 2 == 0 ? 0 : 65535
      }
    }
  }

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
      (131, 151, ColorModel.gray, Signal.halves), (139, 163, .gray, .noise),
      (160, 142, .rgb, .columns), (150, 147, .cmyk, .noise),
    ] {
      let channels = color.channels
      let words = samples(width, height, channels, signal)
      let source = picture(width, height, color, words)
      var options = FilterOptions()
      options.geometry.padding = padding
      let stage = try KernelSpec.parse("gaussian:sigma-x=\(sigmas.x),sigma-y=\(sigmas.y)")
      let plan = try FilterPlan(input: source.format, stages: [stage], options: options)
      // Of pictures that repeat, passes take what a long window sees again and again once.
      if padding != .wrap {
        #expect(plan.description.contains { $0.contains("summed up") })
      }
      var beyond = 0.0
      if case .constant(let level) = padding { beyond = level }
      let wanted = GaussianOracle.blurred(
        words.map(Double.init), width: width, height: height, channels: channels, sigmas: sigmas,
        padding: padding, beyond: beyond)
      let results: [[UInt16]] = try [1, 2, 5].map {
        try filtered(source, [stage], options, threads: $0)
      }
      #expect(results[1] == results[0] && results[2] == results[0])
      let worst = zip(results[0], wanted).reduce(0) { max($0, abs(Double($1.0) - $1.1)) }
      #expect(worst < 1, "\(color) \(signal): \(worst)")
    }
  }

  @Test(
    "colours weigh as much as their alpha; opaque ones are as they are without it",
    arguments: [Padding.replicate, .constant(30000)], [ColorModel.rgba, .grayAlpha])
  func alpha(padding: Padding, color: ColorModel) throws {
    let (width, height, sigma) = (133, 150, 48.0)
    let channels = color.channels
    let last = channels - 1
    var options = FilterOptions()
    options.geometry.padding = padding
    let stage = try KernelSpec.parse("gaussian:sigma=\(sigma)")
    var words = samples(width, height, channels, .noise)
    for place in 0..<width * height {
      let x = place % width
      if x < 30 {
        words[channels * place + last] = 0
      } else if x % 30 > 12 {
        words[channels * place + last] = 65535
      }
    }
    let source = picture(width, height, color, words)
    let plan = try FilterPlan(input: source.format, stages: [stage], options: options)
    #expect(plan.description.contains { $0.contains("summed up") && $0.contains("premultiplied") })
    let got: [UInt16] = try filtered(source, [stage], options, threads: 2)
    #expect(try got == filtered(source, [stage], options))
    func formula(_ values: [Double], beyond: Double) -> [Double] {
      GaussianOracle.blurred(
        values, width: width, height: height, channels: 1, sigmas: (sigma, sigma),
        padding: padding, beyond: beyond)
    }
    func plane(_ channel: Int) -> [Double] {
      (0..<width * height).map { Double(words[channels * $0 + channel]) }
    }
    var level = 0.0
    if case .constant(let value) = padding { level = value }
    let alphas = formula(plane(last), beyond: 65535)
    for channel in 0..<last {
      let sums = formula(zip(plane(channel), plane(last)).map { $0 * $1 }, beyond: level * 65535)
      for place in 0..<width * height {
        let error = abs(Double(got[channels * place + channel]) - sums[place] / alphas[place])
        #expect(error < 0.5 + 65535 / alphas[place])
      }
    }
    for place in 0..<width * height {
      #expect(abs(Double(got[channels * place + last]) - alphas[place]) < 1)
    }
    let colors = samples(width, height, last, .noise)
    func withAlpha(_ colors: [UInt16]) -> [UInt16] {
      (0..<width * height).flatMap { place -> [UInt16] in
        Array(colors[last * place..<last * (place + 1)]) + [65535]
      }
    }
    let plain: [UInt16] = try filtered(
      picture(width, height, last == 1 ? .gray : .rgb, colors), [stage], options)
    let made: [UInt16] = try filtered(
      picture(width, height, color, withAlpha(colors)), [stage], options)
    #expect(withAlpha(plain) == made)
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
