import ConvEngine
import KernelLanguage
import Raster
import TestSupport
import Testing

@testable import PictureFilters

/// Interleaved pixels: noise over the whole range, halves of black and white, or columns of either.
enum GaussianSignal: CaseIterable {
  case noise, halves, columns

  func samples<Sample: FixedWidthInteger>(_ width: Int, _ height: Int, _ channels: Int) -> [Sample]
  {
    var generator = SplitMix(width + height)
    let gray = Sample(Double(Sample.max) * 0.61)
    return (0..<width * height * channels).map { index in
      let (x, y) = (index / channels % width, index / channels / width)
      return switch self {
      case .noise:
        Bool.random(using: &generator) ? 0 : Sample.random(in: 0...Sample.max, using: &generator)
      case .halves: x * 2 < width ? 0 : y * 3 < height ? gray : Sample.max
      case .columns: (x + y) % 2 == 0 ? 0 : Sample.max
      }
    }
  }
}

/// What a way to Gaussians promises of samples of one type, against sums over all in double precision.
struct GaussianPromise<Sample: FixedWidthInteger & SendableMetatype> {
  /// What plans say of the way.
  let way: String
  /// How far from the formula results may be, in levels.
  let error: Double
  /// The same of colours with alpha: of an opaque pixel, and what transparency divides.
  let colorError: (opaque: Double, divided: Double)
  /// The smallest resulting alpha whose colours are told, in levels.
  let leastAlpha: Double

  private var top: Double { Double(Sample.max) }

  private func formula(
    _ values: [Double], _ width: Int, _ height: Int, channels: Int = 1,
    _ sigmas: (x: Double, y: Double), _ padding: Padding, beyond: Double
  ) -> [Double] {
    GaussianOracle.blurred(
      values, width: width, height: height, channels: channels, sigmas: sigmas, padding: padding,
      beyond: beyond)
  }

  private func request(_ sigmas: (x: Double, y: Double), _ padding: Padding) throws
    -> (stage: Stage, options: FilterOptions, level: Double)
  {
    var options = FilterOptions()
    options.geometry.padding = padding
    var level = 0.0
    if case .constant(let value) = padding { level = value }
    return (
      try KernelSpec.parse("gaussian:sigma-x=\(sigmas.x),sigma-y=\(sigmas.y)"), options, level
    )
  }

  /// Of any number of threads.
  ///
  /// - Parameter isTold: whether the plan must say that it goes this way.
  func check(
    _ width: Int, _ height: Int, _ color: ColorModel, _ signal: GaussianSignal,
    sigmas: (x: Double, y: Double), padding: Padding, isTold: Bool = true
  ) throws {
    let channels = color.channels
    let samples: [Sample] = signal.samples(width, height, channels)
    let source = picture(width, height, color, samples)
    let (stage, options, level) = try request(sigmas, padding)
    if isTold {
      let plan = try FilterPlan(input: source.format, stages: [stage], options: options)
      #expect(plan.description.contains { $0.contains(way) })
    }
    let wanted = formula(
      samples.map { Double($0) }, width, height, channels: channels, sigmas, padding, beyond: level)
    let results: [[Sample]] = try [1, 2, 5].map {
      try filtered(source, [stage], options, threads: $0)
    }
    #expect(results[1] == results[0] && results[2] == results[0])
    let worst = zip(results[0], wanted).reduce(0) { max($0, abs(Double($1.0) - $1.1)) }
    #expect(worst < error, "\(color) \(signal): \(worst)")
  }

  /// Colours weigh as much as their alpha; opaque ones are as they are without it.
  func checkAlpha(
    _ width: Int, _ height: Int, _ color: ColorModel, sigmas: (x: Double, y: Double),
    padding: Padding
  ) throws {
    let channels = color.channels
    let last = channels - 1
    let (stage, options, level) = try request(sigmas, padding)
    var samples: [Sample] = GaussianSignal.noise.samples(width, height, channels)
    // A part without any, parts that are opaque.
    for place in 0..<width * height {
      let x = place % width
      if x < width / 4 {
        samples[channels * place + last] = 0
      } else if x % 30 > 12 {
        samples[channels * place + last] = Sample.max
      }
    }
    let source = picture(width, height, color, samples)
    let plan = try FilterPlan(input: source.format, stages: [stage], options: options)
    #expect(plan.description.contains { $0.contains(way) && $0.contains("premultiplied") })
    let got: [Sample] = try filtered(source, [stage], options, threads: 2)
    let isSteady = try got == filtered(source, [stage], options)
    #expect(isSteady)
    func plane(_ channel: Int) -> [Double] {
      (0..<width * height).map { Double(samples[channels * $0 + channel]) }
    }
    let alphas = formula(plane(last), width, height, sigmas, padding, beyond: top)
    for channel in 0..<last {
      let sums = formula(
        zip(plane(channel), plane(last)).map { $0 * $1 }, width, height, sigmas, padding,
        beyond: level * top)
      for place in 0..<width * height where alphas[place] >= leastAlpha {
        let error = abs(Double(got[channels * place + channel]) - sums[place] / alphas[place])
        #expect(error < colorError.opaque + colorError.divided * top / alphas[place])
      }
    }
    for place in 0..<width * height {
      #expect(abs(Double(got[channels * place + last]) - alphas[place]) < error)
    }
    let colors: [Sample] = GaussianSignal.noise.samples(width, height, last)
    func withAlpha(_ colors: [Sample]) -> [Sample] {
      (0..<width * height).flatMap { place -> [Sample] in
        Array(colors[last * place..<last * (place + 1)]) + [Sample.max]
      }
    }
    let plain: [Sample] = try filtered(
      picture(width, height, last == 1 ? .gray : .rgb, colors), [stage], options)
    let made: [Sample] = try filtered(
      picture(width, height, color, withAlpha(colors)), [stage], options)
    let isAlike = withAlpha(plain) == made
    #expect(isAlike)
  }
}
