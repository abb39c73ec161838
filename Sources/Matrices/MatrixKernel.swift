import KernelLanguage

/// A kernel as it meets a matrix: flipped, scaled and normalised as the options say.
struct MatrixKernel {
  let kernel: Kernel
  let taps: [Double]
  let divisor: Double
  let offset: Double
  let isAbsolute: Bool
  let windows: MatrixWindows
  private let evens: Bool

  /// - Parameter offset: of the options, in levels; 0 in a set, where it is added at the end.
  init(
    _ kernel: Kernel, grid: NumberGrid, stage: Stage, options: FilterOptions, isTarget: Bool,
    offset: Double, isAbsolute: Bool
  ) throws(FilterError) {
    var kernel = kernel
    if kernel.anchor == nil { kernel.anchor = options.anchor }
    windows = try MatrixWindows(
      grid, width: kernel.width, height: kernel.height,
      anchor: options.flip ? MatrixKernel.opposite(kernel) : kernel.origin, stage: stage,
      options: options)
    self.kernel = options.flip ? kernel.flipped() : kernel
    var taps = self.kernel.taps
    guard taps.allSatisfy(\.isFinite) else { throw .notFinite(stage: stage.name, what: "kernel") }
    let own: Double? =
      switch isTarget ? options.scale : .asGiven {
      case .asGiven: kernel.scale
      case .sum: nil
      case .value(let value): value
      }
    guard own != 0 else { throw .zeroScale(stage: stage.name) }
    switch isTarget ? options.normalization : .none {
    case .none:
      var scaled = kernel
      scaled.scale = own
      divisor = scaled.divisor
    case .unit:
      divisor = (kernel.sumsToNothing ? kernel.magnitude / 2 : abs(kernel.sum)) * (own ?? 1)
    case .balanced:
      let positive = taps.reduce(0) { $0 + max($1, 0) }
      let negative = -taps.reduce(0) { $0 + min($1, 0) }
      taps = taps.map { $0 > 0 ? $0 / positive : $0 == 0 ? 0 : $0 / negative }
      divisor = own ?? 1
    }
    self.taps = taps
    self.offset = kernel.offset + offset
    self.isAbsolute = isAbsolute
    evens = (stage.geometry.padding ?? options.geometry.padding) == .truncate
  }

  /// The anchor after a half turn.
  private static func opposite(_ kernel: Kernel) -> Kernel.Anchor {
    Kernel.Anchor(x: kernel.width - 1 - kernel.origin.x, y: kernel.height - 1 - kernel.origin.y)
  }

  /// The result of window (x, y); its terms are kept only where they are wanted.
  func sum(_ planes: ArraySlice<NumberGrid>, x: Int, y: Int, terms keep: Bool) -> WeightedSum {
    var (sum, magnitude, live) = (0.0, 0.0, 0.0)
    var terms: [WeightedSum.Term] = []
    for (channel, grid) in planes.enumerated() {
      for j in 0..<kernel.height {
        for i in 0..<kernel.width {
          guard let value = windows.value(grid, channel: channel, x: x, y: y, i: i, j: j) else {
            continue
          }
          let weight = taps[(j * kernel.width + i) * kernel.depth + channel]
          sum += value * weight
          magnitude += abs(value * weight)
          live += weight
          if keep { terms.append(WeightedSum.Term(value: value, weight: weight)) }
        }
      }
    }
    let total = taps.reduce(0, +)
    let evening = evens && live * total > 0 && live != total ? total / live : 1
    let clean = withoutNoise(sum, magnitude: magnitude)
    var quotient = clean * evening / divisor
    if isAbsolute { quotient = abs(quotient) }
    let result = withoutNoise(
      quotient + offset, magnitude: abs(magnitude * evening / divisor) + abs(offset))
    return WeightedSum(
      terms: terms, sum: clean, divisor: divisor, offset: offset, isAbsolute: isAbsolute,
      evening: evening, result: result)
  }
}
