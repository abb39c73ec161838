import ConvEngine
import KernelLanguage

/// A stage on real numbers, window by window: nothing is rounded, nothing is cut off.
///
/// The definition that the integer paths round, and what filters matrices and signals.
public struct RealFilter: Sendable {
  /// Size of what comes out.
  public let width: Int
  public let height: Int
  let stage: Stage
  let horizontal: WindowAxis
  let vertical: WindowAxis
  let padding: Padding
  private let members: [Member]
  private let absolute: Bool

  /// A kernel as it meets the numbers.
  private struct Member: Sendable {
    var kernel: Kernel
    var divisor: Double
    var offset: Double
    var horizontal: WindowAxis
    var vertical: WindowAxis
  }

  /// One number of a window and the weight that it meets.
  public struct Term: Sendable, Hashable {
    /// Nil where the window reaches beyond numbers that nothing stands for.
    public var value: Double?
    public var weight: Double
  }

  /// - Parameters:
  ///   - width, height: size of the matrix (≥ 1); a signal has height 1.
  ///   - options: geometry, flip, anchor, scale, normalisation, offset in levels, and the ranges
  ///     `absolute` and `clamp` (which cuts nothing) are obeyed.
  /// - Throws: `FilterError` as for pictures.
  public init(
    width: Int, height: Int, stage: Stage, options: FilterOptions = FilterOptions()
  ) throws(FilterError) {
    let builder = StageBuilder(
      options: options, stage: stage,
      input: .init(width: width, height: height, color: .gray, sample: .float32),
      isTarget: stage.operation.hasKernel, widens: false)
    self.stage = stage
    padding = builder.padding
    absolute = builder.isAbsolute
    if case .pool(_, let width, let height) = stage.operation, min(width, height) < 1 {
      throw .notPositive(stage: stage.name, what: "window", value: min(width, height))
    }
    var members: [Member] = []
    for kernel in stage.operation.windows(options) {
      let kernel = builder.oriented(kernel)
      if kernel.depth > 1 {
        throw .depthMismatch(stage: stage.name, depth: kernel.depth, channels: 1)
      }
      let axes = try builder.axes(
        width: kernel.width, height: kernel.height, anchor: kernel.origin,
        defaultStride: stage.operation.hasKernel ? (1, 1) : (kernel.width, kernel.height))
      let rule = builder.rule(maximum: 1)
      let scale = try KernelScale(kernel, rule: rule, stage: stage.name)
      let scaled = scale.normalization == .balanced ? kernel.balanced : kernel
      members.append(
        Member(
          kernel: scaled,
          divisor: scale.divisor(sum: kernel.sum, magnitude: kernel.magnitude, kernel: kernel),
          offset: scale.offset, horizontal: axes.horizontal, vertical: axes.vertical))
    }
    guard let first = members.first,
      members.allSatisfy({
        $0.horizontal.output == first.horizontal.output
          && $0.vertical.output == first.vertical.output
      })
    else { throw .mixedSet(stage: stage.name) }
    self.members = members
    horizontal = first.horizontal
    vertical = first.vertical
    self.width = horizontal.output
    self.height = vertical.output
  }

  /// The numbers of a window, in the order of the kernel's page, and their weights.
  ///
  /// - Parameters:
  ///   - matrix: row by row, of the size that the filter was made for.
  ///   - x, y: the output position.
  ///   - kernel: which kernel of a set.
  public func terms(of matrix: [Double], x: Int, y: Int, kernel: Int = 0) -> [Term] {
    terms(x, y, members[kernel]) { row, column in matrix[row * horizontal.input + column] }
  }

  /// The filtered matrix, row by row.
  public func values(of matrix: [Double]) -> [Double] {
    precondition(matrix.count == horizontal.input * vertical.input, "a matrix of another size")
    return (0..<height).flatMap { y in
      (0..<width).map { x in
        value(x, y) { row, column in matrix[row * horizontal.input + column] }
      }
    }
  }

  /// One result; `sample` yields the number at a row and a column.
  func value(_ x: Int, _ y: Int, _ sample: (Int, Int) -> Double) -> Double {
    switch stage.operation {
    case .correlate: return result(x, y, members[0], sample)
    case .combine(_, let combination):
      let results = members.map { result(x, y, $0, sample) }
      return switch combination {
      case .maximum: results.max()!
      case .minimum: results.min()!
      case .sum: results.reduce(0, +)
      case .magnitude: results.reduce(0) { $0 + $1 * $1 }.squareRoot()
      }
    case .pool(let kind, _, _):
      let live = terms(x, y, members[0], sample).compactMap(\.value)
      return switch kind {
      case .maximum: live.max() ?? 0
      case .minimum: live.min() ?? 0
      case .average: live.reduce(0, +) / Double(max(live.count, 1))
      }
    case .unsharp(_, let amount, let threshold):
      let own = sample(vertical.anchorSample(y), horizontal.anchorSample(x))
      let difference = own - result(x, y, members[0], sample)
      return abs(difference) > threshold ? own + amount * difference : own
    }
  }

  /// Rows that a range of result rows is made of.
  func inputRows(for rows: Range<Int>) -> Range<Int> {
    var (low, high) = (Int.max, 0)
    for axis in members.map(\.vertical) {
      let first = axis.start(rows.lowerBound)
      let last = axis.start(rows.upperBound - 1) + axis.window
      let range = padding.sources(first..<last, count: axis.input).including(
        axis.anchorSample(rows.lowerBound), axis.anchorSample(rows.upperBound - 1))
      low = min(low, range.lowerBound)
      high = max(high, range.upperBound)
    }
    return low..<high
  }

  private func terms(
    _ x: Int, _ y: Int, _ member: Member, _ sample: (Int, Int) -> Double
  ) -> [Term] {
    let (horizontal, vertical) = (member.horizontal, member.vertical)
    var outside: Double?
    switch padding {
    case .zero: outside = stage.operation.hasKernel ? 0 : nil
    case .constant(let value): outside = value
    case .levels(let values): outside = values[0] / 255
    default: outside = nil
    }
    return (0..<vertical.taps).flatMap { j in
      let row = padding.source(
        vertical.start(y) + j * vertical.dilation, count: vertical.input)
      return (0..<horizontal.taps).map { i in
        let column = padding.source(
          horizontal.start(x) + i * horizontal.dilation, count: horizontal.input)
        let value = if let row, let column { sample(row, column) as Double? } else { outside }
        return Term(value: value, weight: member.kernel[i, j])
      }
    }
  }

  private func result(
    _ x: Int, _ y: Int, _ member: Member, _ sample: (Int, Int) -> Double
  ) -> Double {
    var (sum, live, whole) = (0.0, 0.0, 0.0)
    for term in terms(x, y, member, sample) {
      whole += term.weight
      guard let value = term.value else { continue }
      sum += term.weight * value
      live += term.weight
    }
    if padding == .truncate, live * whole > 0 { sum *= whole / live }
    let result = sum / member.divisor
    return (absolute ? abs(result) : result) + member.offset
  }
}

extension Stage.Operation {
  /// The kernels of the operation; for pooling its window.
  fileprivate func windows(_ options: FilterOptions) -> [Kernel] {
    switch self {
    case .correlate(let kernel), .unsharp(let kernel, _, _): [kernel]
    case .combine(let kernels, _): kernels
    case .pool(_, let width, let height):
      [
        Kernel(
          width: max(width, 1), height: max(height, 1),
          taps: [Double](repeating: 1, count: max(width, 1) * max(height, 1)))
      ]
    }
  }
}

extension Kernel {
  /// Positive weights of sum 1, negative ones of sum −1, over the common divisor of `balanced`.
  fileprivate var balanced: Kernel {
    let taps = taps
    let positive = taps.reduce(0) { $0 + max($1, 0) }
    let negative = taps.reduce(0) { $0 + max(-$1, 0) }
    let half = magnitude / 2
    return replacing(
      taps: taps.map { $0 > 0 ? $0 * half / positive : $0 < 0 ? $0 * half / negative : 0 },
      anchor: anchor)
  }
}
