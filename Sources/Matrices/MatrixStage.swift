import ConvEngine
import KernelLanguage

/// One stage of a chain over matrices.
struct MatrixStage {
  let stage: Stage
  let index: Int
  let filter: MatrixFilter
  let isTarget: Bool
  let explain: ((WindowArithmetic) -> Void)?

  private var offset: Double { isTarget ? filter.offset : 0 }
  private var isAbsolute: Bool { isTarget && filter.range == .absolute }

  func run(_ planes: [NumberGrid]) throws(FilterError) -> [NumberGrid] {
    switch stage.operation {
    case .neighbourhood: throw .picturesOnly(stage: stage.name)
    case .correlate(let kernel):
      let kernel = try prepared(kernel, planes, offset: offset)
      return try each(planes, depth: kernel.depth, kernel.windows) { planes, y in
        kernel.sums(planes, y: y, terms: explain != nil).map { ($0.result, .sum($0)) }
      }
    case .combine(let kernels, let combination):
      return try combine(kernels, combination, planes)
    case .pool(let kind, let width, let height):
      return try pool(kind, width, height, planes)
    case .change:
      throw .unfit(
        stage: stage.name, what: "it is a stage for pictures",
        advice: "leave it out of a chain over matrices")
    case .unsharp(let kernel, let amount, let threshold):
      let kernel = try prepared(kernel, planes, offset: 0)
      return try each(planes, depth: 1, kernel.windows) { planes, y in
        let sums = kernel.sums(planes, y: y, terms: explain != nil)
        let (horizontal, vertical) = (kernel.windows.horizontal, kernel.windows.vertical)
        return sums.enumerated().map { x, sum in
          let sample = planes.first![horizontal.anchorSample(x), vertical.anchorSample(y)]
          let difference = sample - sum.result
          let sharpened = sample + amount * difference
          let result =
            abs(difference) > threshold
            ? withoutNoise(sharpened, magnitude: abs(sample) + abs(amount * difference)) : sample
          return (result, .unsharp(sum, sample: sample, amount: amount, threshold: threshold))
        }
      }
    }
  }

  private func prepared(_ kernel: Kernel, _ planes: [NumberGrid], offset: Double)
    throws(FilterError) -> MatrixKernel
  {
    try MatrixKernel(
      kernel, grid: planes[0], stage: stage, options: filter.options, isTarget: isTarget,
      offset: offset, isAbsolute: isAbsolute)
  }

  private func combine(_ kernels: [Kernel], _ combination: Combination, _ planes: [NumberGrid])
    throws(FilterError) -> [NumberGrid]
  {
    var members: [MatrixKernel] = []
    for kernel in kernels { members.append(try prepared(kernel, planes, offset: 0)) }
    let windows = members[0].windows
    for member in members {
      guard member.windows.horizontal.output == windows.horizontal.output,
        member.windows.vertical.output == windows.vertical.output,
        member.depth == kernels[0].depth
      else { throw .mixedSet(stage: stage.name) }
    }
    return try each(planes, depth: kernels[0].depth, windows) { planes, y in
      let rows = members.map { $0.sums(planes, y: y, terms: explain != nil) }
      return (0..<windows.horizontal.output).map { x in
        let sums = rows.map { $0[x] }
        let results = sums.map(\.result)
        let total = results.reduce(0) { $0 + abs($1) }
        let result =
          switch combination {
          case .maximum: results.max()!
          case .minimum: results.min()!
          case .sum: withoutNoise(results.reduce(0, +), magnitude: total)
          case .magnitude:
            withoutNoise(results.reduce(0) { $0 + $1 * $1 }.squareRoot(), magnitude: total)
          }
        return (
          withoutNoise(result + offset, magnitude: total + abs(offset)),
          .combined(sums, combination, offset: offset)
        )
      }
    }
  }

  private func pool(_ kind: PoolingKind, _ width: Int, _ height: Int, _ planes: [NumberGrid])
    throws(FilterError) -> [NumberGrid]
  {
    let anchor = filter.options.anchor ?? Kernel.Anchor(x: width / 2, y: height / 2)
    let placed = try MatrixWindows(
      columns: planes[0].width, rows: planes[0].height, width: width, height: height,
      anchor: anchor, stage: stage, options: filter.options)
    let windows = placed.windows
    let counts = placed.counts(width: width, height: height)
    return try each(planes, depth: 1, windows) { planes, y in
      var values = [[Double]](repeating: [], count: windows.horizontal.output)
      var weights = values
      let stride = windows.horizontal.stride
      withUnsafeTemporaryAllocation(of: Double.self, capacity: windows.paddedCount) { padded in
        planes.first!.withLines { lines in
          windows.visit(y, lines: lines, padded: padded.baseAddress!) { tap in
            for x in tap.windows {
              values[x].append(tap.samples[x * stride])
              weights[x].append(counts.column[tap.row] * counts.row[tap.column])
            }
          }
        }
      }
      return zip(values, weights).map { (pooled($0, counts: $1, kind), .pooling(kind, $0)) }
    }
  }

  private func pooled(_ values: [Double], counts: [Double], _ kind: PoolingKind) -> Double {
    let terms = zip(values, counts).map { $0 * $1 }
    let (sum, count) = (terms.reduce(0, +), counts.reduce(0, +))
    let magnitude = terms.reduce(0) { $0 + abs($1) }
    return switch kind {
    case .maximum: values.max()!
    case .minimum: values.min()!
    case .average:
      withoutNoise(
        withoutNoise(sum, magnitude: magnitude) / count, magnitude: magnitude / count)
    }
  }

  /// Computes every row of windows of every plane, or of all planes at once.
  private func each(
    _ planes: [NumberGrid], depth: Int, _ windows: RealWindows,
    _ compute: (ArraySlice<NumberGrid>, Int) -> [(Double, WindowArithmetic.Form)]
  ) throws(FilterError) -> [NumberGrid] {
    guard depth == 1 || depth == planes.count else {
      throw .depthMismatch(stage: stage.name, depth: depth, channels: planes.count)
    }
    let groups = depth == 1 ? planes.indices.map { planes[$0...$0] } : [planes[...]]
    let (width, height) = (windows.horizontal.output, windows.vertical.output)
    return groups.enumerated().map { plane, group in
      var values: [Double] = []
      values.reserveCapacity(width * height)
      for y in 0..<height {
        for (x, (result, form)) in compute(group, y).enumerated() {
          values.append(result)
          explain?(
            WindowArithmetic(
              stage: index, plane: plane, x: x, y: y, form: form, result: result))
        }
      }
      return NumberGrid(width: width, height: height, values: values)
    }
  }
}
