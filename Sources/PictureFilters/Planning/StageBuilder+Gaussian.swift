import ConvEngine
import KernelLanguage
import Libc
import Raster

/// A Gaussian of large σ over a whole picture.
struct WideGaussian: Sendable {
  /// σ along either axis, from `GaussianGrid.smallestSigma` on.
  let across: Double
  let down: Double
  let sample: SampleType
  /// Whether colours weigh as much as their alpha.
  let premultiplies: Bool
  /// How it is summed up on 16 bits, where that stays within a level.
  let sampled: SampledPair?
}

extension StageBuilder {
  /// The kernel as a Gaussian of large σ, or nil where passes over all samples do it: of floats, of windows
  /// that are cut short, apart, or moved, and of sums other than 1, which could make two levels of a flat
  /// field.
  ///
  /// - Parameters:
  ///   - kernel: oriented.
  ///   - integers: what it becomes.
  func wideGaussian(_ kernel: Kernel, _ integers: IntegerKernel, _ axes: Axes) -> WideGaussian? {
    guard isWalked, input.sample != .float32, !widens, !isAbsolute, options.channels == .all,
      !input.color.hasAlpha || options.alpha == .filter || premultiplies(kernel),
      let factors = kernel.factors,
      let down = wideSigma(factors.column), let across = wideSigma(factors.row),
      2 * down <= Double(input.height), 2 * across <= Double(input.width),
      isPlain(axes.horizontal), isPlain(axes.vertical)
    else { return nil }
    switch padding {
    case .zero, .constant, .color, .replicate, .reflect, .reflect101, .wrap: break
    case .levels, .valid, .truncate: return nil
    }
    guard abs(Double(integers.sum) / Double(integers.divisor) - 1) < 1e-6, integers.bias == 0,
      kernel.isFormula, kernel.depth == 1
    else { return nil }
    if input.sample == .uint8, FactorPlan(kernel, integers, input: .uint8) == nil { return nil }
    func mean(_ line: [Double]) -> [Double] {
      let sum = line.reduce(0, +)
      return line.map { $0 / sum }
    }
    return WideGaussian(
      across: across, down: down, sample: input.sample,
      premultiplies: input.color.hasAlpha && options.alpha != .filter,
      sampled: input.sample == .uint8
        ? nil
        : SampledPair(
          column: mean(factors.column), row: mean(factors.row), height: input.height,
          width: input.width))
  }

  /// The two steps by sums at some rows and columns.
  func steps(_ pair: SampledPair, reasons: [String]) -> [any RowStage] {
    steps(SampledGaussianStage(frame(pair.vertical, pair.horizontal, reasons)))
  }

  /// The two steps by a grid.
  func steps(_ gaussian: WideGaussian, reasons: [String]) -> [any RowStage] {
    steps(
      GaussianGatherStage(
        frame(
          GaussianGrid(sigma: gaussian.down, count: input.height),
          GaussianGrid(sigma: gaussian.across, count: input.width), reasons)))
  }

  private func frame<Axis: GridAxis>(_ vertical: Axis, _ horizontal: Axis, _ reasons: [String])
    -> GaussianFrame<Axis>
  {
    GaussianFrame(
      input: input, vertical: vertical, horizontal: horizontal, padding: padding,
      fill: borderPixel, premultiplies: input.color.hasAlpha && options.alpha != .filter,
      reasons: reasons)
  }

  private func steps(_ first: some GaussianStep) -> [any RowStage] {
    [
      first,
      GaussianScatterStage(
        first.output, vertical: first.vertical, sample: input.sample, divides: first.premultiplies),
    ]
  }

  /// Whether a result stands in the middle of each window, and there is one for every sample.
  private func isPlain(_ axis: WindowAxis) -> Bool {
    axis.stride == 1 && axis.dilation == 1 && axis.output == axis.input
      && axis.anchor == axis.taps / 2 && axis.before == axis.taps / 2
  }

  /// The σ of a line that is a Gaussian in its full length, where it is large enough for a grid.
  private func wideSigma(_ line: [Double]) -> Double? {
    let middle = line.count / 2
    guard line.count % 2 == 1, middle > 0, line[middle - 1] > 0, line[middle - 1] < line[middle]
    else { return nil }
    // Far from the middle the quotient is exact enough.
    let distance = middle / 2
    let quotient = line[middle] / line[middle - distance]
    let sigma = Double(distance) / (2 * log(quotient)).squareRoot()
    guard sigma >= GaussianGrid.smallestSigma, middle >= GaussianKernel.radius(sigma) else {
      return nil
    }
    let bell = GaussianKernel.samples(sigma: sigma, count: line.count)
    let sum = line.reduce(0, +)
    return zip(line, bell).allSatisfy { abs($0 / sum - $1) <= 1e-9 * bell[middle] } ? sigma : nil
  }
}
