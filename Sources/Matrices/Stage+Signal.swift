import KernelLanguage

// A signal is a matrix of a single row or column. A kernel of several rows meets it as it would
// meet a picture whose rows are all alike: the weights of each column add up.

extension Stage {
  /// Whether the stage can run along a signal: its windows are a single row or column, or may be
  /// made one because nothing is said about what lies beyond the border.
  func fitsSignal(_ options: FilterOptions) -> Bool {
    if (geometry.padding ?? options.geometry.padding ?? .valid) == .valid { return true }
    return switch operation {
    case .pool(_, let width, let height): width == 1 || height == 1
    case .change: true
    case .neighbourhood(let kind): kind.element.width == 1 || kind.element.height == 1
    default: kernels.allSatisfy { $0.width == 1 || $0.height == 1 }
    }
  }

  /// The stage along a signal laid out as a row.
  func alongSignal() -> Stage {
    var stage = self
    switch operation {
    case .correlate(let kernel): stage.operation = .correlate(kernel.alongSignal())
    case .combine(let kernels, let combination):
      stage.operation = .combine(kernels.map { $0.alongSignal() }, combination)
    case .pool(let kind, let width, let height):
      stage.operation = .pool(kind, width: width == 1 ? height : width, height: 1)
    case .change: break
    case .unsharp(let kernel, let amount, let threshold):
      stage.operation = .unsharp(kernel.alongSignal(), amount: amount, threshold: threshold)
    case .neighbourhood: break
    }
    stage.geometry.strideY = 1
    stage.geometry.dilationY = 1
    return stage
  }
}

extension Kernel {
  /// Taps that are added one by one down the columns.
  private static let summedPlainly = 1 << 20

  fileprivate func alongSignal() -> Kernel {
    if height == 1 || depth > 1 { return self }
    if width == 1 { return transposed().replacing(taps: taps, anchor: transposed().anchor) }
    if let factors, !isFormula || width * height > Self.summedPlainly {
      // Whole numbers come to the same either way, and a million others wait for nobody.
      let sum = factors.column.reduce(0, +)
      return Kernel(
        Factors(column: [1], row: factors.row.map { $0 * sum }), scale: divisor, offset: offset,
        anchor: anchor.map { Anchor(x: $0.x, y: 0) }, title: title)
    }
    let sums = (0..<width).map { x in
      let column = (0..<height).map { self[x, $0] }
      return withoutNoise(
        column.reduce(0, +), magnitude: column.reduce(0) { $0 + abs($1) })
    }
    return Kernel(
      width: width, height: 1, taps: sums, scale: divisor, offset: offset,
      anchor: anchor.map { Anchor(x: $0.x, y: 0) }, title: title)
  }
}
