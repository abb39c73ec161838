import ConvEngine
import KernelLanguage
import Raster

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension StageBuilder {
  /// The two steps of a Gaussian of large σ on bytes, or nil where passes over all samples do it: of other
  /// depths, of gray with alpha, of windows that are cut short, apart, or moved, and of sums other than 1, which
  /// could make two levels of a flat field.
  func gaussianSteps() throws(FilterError) -> [any RowStage]? {
    guard case .correlate(let kernel) = stage.operation, input.sample == .uint8, !widens,
      !isAbsolute, options.channels == .all,
      !input.color.hasAlpha || options.alpha == .filter
        || (input.color == .rgba && premultiplies(kernel)), let factors = kernel.factors,
      let sigmaY = wideSigma(factors.column), let sigmaX = wideSigma(factors.row),
      2 * sigmaY <= Double(input.height), 2 * sigmaX <= Double(input.width)
    else { return nil }
    switch padding {
    case .zero, .constant, .color, .replicate, .reflect, .reflect101, .wrap: break
    case .levels, .valid, .truncate: return nil
    }
    let turned = oriented(kernel)
    let axes = try axes(width: turned.width, height: turned.height, anchor: turned.origin)
    guard turned.factors == factors, isPlain(axes.horizontal), isPlain(axes.vertical) else {
      return nil
    }
    let integers = try IntegerKernel(turned, rule: rule(maximum: input.sample.top), stage: name)
    guard FactorPlan(turned, integers, input: .uint8) != nil,
      abs(Double(integers.sum) / Double(integers.divisor) - 1) < 1e-6
    else { return nil }
    let vertical = GaussianGrid(sigma: sigmaY, count: input.height)
    let gather = GaussianGatherStage(
      input, vertical: vertical, horizontal: GaussianGrid(sigma: sigmaX, count: input.width),
      padding: padding, fill: borderPixel,
      premultiplies: input.color.hasAlpha && options.alpha != .filter)
    return [
      gather,
      GaussianScatterStage(gather.output, vertical: vertical, divides: gather.premultiplies),
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
