import ConvEngine
import KernelLanguage
import Raster

/// Chooses the body for the integers of a kernel.
struct BodyPlan: Sendable {
  let kernel: IntegerKernel
  /// Samples of a pixel.
  let channels: Int
  let dilation: (x: Int, y: Int)
  let rowStride: Int
  let input: Element
  /// The largest sample.
  let maximum: Int
  /// The channel that the first tap meets.
  let channel: Int

  init(
    _ kernel: IntegerKernel, channels: Int, axes: (horizontal: WindowAxis, vertical: WindowAxis),
    input: Element, channel: Int = 0
  ) {
    self.kernel = kernel
    self.channels = channels
    dilation = (axes.horizontal.dilation, axes.vertical.isSparse ? 1 : axes.vertical.dilation)
    rowStride = axes.vertical.isSparse ? 1 : axes.vertical.stride
    self.input = input
    maximum = Int(input.top ?? 1)
    self.channel = channel
  }

  /// Rows of a kernel up to which micro-kernels are used.
  private static let highest = 1 << 20

  /// A body that yields finished samples, and whether it rounds nothing on the way.
  ///
  /// - Parameter formula: the kernel where an intermediate may be rounded, if it is a formula.
  func rounded(
    to output: Element, absolute: Bool, formula: Kernel?
  ) -> (body: any FilterBody, isExact: Bool) {
    if output == input, let formula, let body = twoPasses(formula) { return (body, false) }
    return (exact(to: output, kernel.rounding(absolute: absolute)), true)
  }

  /// The two passes of a formula that is a weighted mean, where they stay within one level.
  private func twoPasses(_ formula: Kernel) -> (any FilterBody)? {
    guard formula.isFormula, let factors = formula.factors, kernel.bias == 0, kernel.depth == 1,
      factors.column.allSatisfy({ $0 >= 0 }), factors.row.allSatisfy({ $0 >= 0 })
    else { return nil }
    let columnSum = factors.column.reduce(0, +)
    let rowSum = factors.row.reduce(0, +)
    // Weights of a mean sum to 1 in each pass; any other gain is laid into the column.
    let gain = Double(kernel.sum) / Double(kernel.divisor)
    guard columnSum > 0, rowSum > 0, gain > 0, gain <= 4 else { return nil }
    let near = abs(gain - 1) < 1e-6 ? 1 : gain
    let column = factors.column.map { $0 / columnSum * near }
    let row = factors.row.map { $0 / rowSum }
    guard FactorPlan(column: column, row: row, input: input).errorBound < 1 else { return nil }
    return FilterBodies.fixedPoint(
      column: column, row: row, rowStep: dilation.y, sampleStep: dilation.x * channels,
      rowStride: rowStride, input: input)
  }

  /// A body that yields the sums, in 64 bits.
  func sums() -> any FilterBody { exact(to: .int64, nil) }

  /// A body that yields the sums, in 32 bits where they fit, else in 64.
  func narrowSums() -> any FilterBody {
    exact(to: kernel.bound(maximum: maximum) <= Int32.max ? .int32 : .int64, nil)
  }

  private func exact(to output: Element, _ rounding: Rounding?) -> any FilterBody {
    // Micro-kernels count bytes from row to row of a window in 32 bits.
    guard input == .uint8 || input == .uint16, kernel.height <= Self.highest else {
      return reference(output, rounding)
    }
    // Only single taps can start at another channel than the first.
    switch channel == 0 ? kernel.shape : .direct {
    case .box:
      return FilterBodies.box(
        rows: kernel.height, columns: kernel.width, rowStep: dilation.y,
        sampleStep: dilation.x * channels, rowStride: rowStride, input: input, output: output,
        rounding: rounding)
    case .separable(let column, let row):
      return separable(column, row, output, rounding)
    case .direct:
      return direct(output, rounding)
    }
  }

  private func direct(_ output: Element, _ rounding: Rounding?) -> any FilterBody {
    var small: [IntegerTap] = []
    for tap in taps where tap.weight != 0 {
      guard let weight = Int32(exactly: tap.weight) else { return reference(output, rounding) }
      small.append(IntegerTap(row: tap.row, offset: tap.offset, weight: weight))
    }
    if small.isEmpty { small.append(IntegerTap(row: 0, offset: channel, weight: 0)) }
    return FilterBodies.correlation(
      small, windowRows: (kernel.height - 1) * dilation.y + 1, rowStride: rowStride, input: input,
      output: output, rounding: rounding)
  }

  private func separable(
    _ column: [Int], _ row: [Int], _ output: Element, _ rounding: Rounding?
  ) -> any FilterBody {
    let first = column.compactMap { Int32(exactly: $0) }
    let second = row.compactMap { Int32(exactly: $0) }
    let largest = column.reduce(0) { max($0, abs($1)) }
    let product = largest.times(row.reduce(0) { max($0, abs($1)) }) ?? .max
    if first.count == column.count, second.count == row.count, product <= Int32.max {
      let body = FilterBodies.separable(
        column: first, row: second, rowStep: dilation.y, sampleStep: dilation.x * channels,
        rowStride: rowStride, input: input, output: output, rounding: rounding)
      if isWorthWhile(body, column.count, row.count) { return body }
    }
    if channel == 0,
      let passes = FilterBodies.longSeparable(
        column: column, row: row, rowStep: dilation.y, sampleStep: dilation.x * channels,
        rowStride: rowStride, input: input, output: output, rounding: rounding)
    {
      return passes
    }
    return WidePasses(
      column: column, row: row, rowStep: dilation.y, sampleStep: dilation.x * channels,
      first: channel, rowStride: rowStride, input: input, output: output, rounding: rounding)
  }

  /// Whether a body for two factors beats two passes in 64 bits: where narrow passes do not fit, it has
  /// become one pass over all taps.
  private func isWorthWhile(_ body: any FilterBody, _ rows: Int, _ columns: Int) -> Bool {
    switch body {
    case is NarrowCorrelation, is DotCorrelation: rows * columns <= 16 * (rows + columns)
    case is SplitCorrelation: rows * columns <= 2 * (rows + columns)
    default: !(body is WideCorrelation)
    }
  }

  private func reference(_ output: Element, _ rounding: Rounding?) -> any FilterBody {
    if case .product(let column, let row) = kernel.weights {
      return WidePasses(
        column: column, row: row, rowStep: dilation.y, sampleStep: dilation.x * channels,
        first: channel, rowStride: rowStride, input: input, output: output, rounding: rounding)
    }
    return ReferenceBody(.sum(taps, rounding), input: input, output: output, rowStride: rowStride)
  }

  /// Every weight and where it meets interleaved samples.
  var taps: [ReferenceBody.Tap] {
    var taps: [ReferenceBody.Tap] = []
    let numerators = kernel.numerators
    for j in 0..<kernel.height {
      for i in 0..<kernel.width {
        for c in 0..<kernel.depth {
          taps.append(
            ReferenceBody.Tap(
              row: j * dilation.y, offset: i * dilation.x * channels + channel + c,
              weight: numerators[(j * kernel.width + i) * kernel.depth + c]))
        }
      }
    }
    return taps
  }
}

extension IntegerKernel {
  /// Size and shape, for messages.
  var summary: String {
    let size = depth > 1 ? "\(width)x\(height)x\(depth)" : "\(width)x\(height)"
    let shape =
      switch shape {
      case .direct: "direct"
      case .separable: "separable"
      case .box: "box"
      }
    // A formula's integers say nothing to the reader.
    if case .product = weights, self.shape != .box { return "\(size) formula" }
    return "\(size) \(shape), divisor \(divisor)"
  }
}
