import ConvEngine
import KernelLanguage
import Raster

/// What a chain takes on matrices of one size, known before any of it is computed.
public struct MatrixCourse: Sendable {
  /// In bytes, the text of the results included (saturated where no integer holds them).
  public private(set) var memory = 0

  /// Products and moves of numbers that are accepted: a few seconds.
  static let mostSteps = 1e9
  /// Numbers of a result that are accepted: some seconds, most of them for their text.
  static let mostNumbers = 0x1p21
  /// Who reads many numbers has waited for them, too: so much is granted for each.
  private static let (grantedSteps, grantedNumbers) = (200.0, 4.0)
  /// Steps of one result, with its row and its text.
  private static let resultSteps = 100.0
  /// Products that are explained at most, and bytes of each.
  static let mostTerms = 2e7
  private static let termBytes = 64.0
  /// Bytes of a result as a sum, as text and in its place among columns.
  private static let resultBytes = 200.0

  private var size: (columns: Int, rows: Int, planes: Int) = (0, 0, 0)
  private var (steps, terms) = (0.0, 0.0)
  private let input: Double
  private let explains: Bool

  /// - Throws: `FilterError` for what does not fit, for windows that meet nothing where that leaves no
  ///   result, and for more work than anybody waits for.
  init(
    _ stages: [Stage], columns: Int, rows: Int, planes: Int, isSignal: Bool, options: FilterOptions,
    explains: Bool
  ) throws(FilterError) {
    size = (columns, rows, planes)
    input = Double(columns) * Double(rows) * Double(planes)
    self.explains = explains
    for stage in stages {
      let outline = isSignal ? stage.outline.alongSignal() : stage.outline
      switch outline.operation {
      case .neighbourhood, .change: continue  // Refused where they run.
      case .pool(_, let width, let height):
        let anchor = options.anchor ?? Kernel.Anchor(x: width / 2, y: height / 2)
        let placed = try windows(width, height, anchor, outline, options)
        try placed.checkSamples(stage: stage.name)
        try add([placed], depth: 1, stage: stage)
      case .correlate, .combine, .unsharp:
        var members: [RealWindows] = []
        for kernel in outline.kernels {
          let kernel = kernel.oriented(options)
          members.append(
            try windows(kernel.width, kernel.height, kernel.origin, outline, options))
        }
        try add(members, depth: outline.kernels[0].depth, stage: stage)
      }
    }
  }

  private func windows(
    _ width: Int, _ height: Int, _ anchor: Kernel.Anchor, _ stage: Stage, _ options: FilterOptions
  ) throws(FilterError) -> RealWindows {
    try MatrixWindows(
      columns: size.columns, rows: size.rows, width: width, height: height, anchor: anchor,
      stage: stage, options: options
    ).windows
  }

  private mutating func add(_ members: [RealWindows], depth: Int, stage: Stage)
    throws(FilterError)
  {
    let (columns, rows) = (members[0].horizontal.output, members[0].vertical.output)
    let planes = depth == 1 ? size.planes : 1
    let numbers = Double(columns) * Double(rows) * Double(planes)
    let most = max(Self.mostNumbers, Self.grantedNumbers * input)
    guard numbers <= most else {
      throw .tooManyNumbers(stage: stage.name, numbers: numbers, most: most)
    }
    steps += numbers * Self.resultSteps
    var bytes = numbers * Self.resultBytes
    for member in members {
      let taps = Double(member.horizontal.taps) * Double(member.vertical.taps) * Double(depth)
      steps += taps + member.products * Double(size.planes)
      bytes += taps * 3 * 8
      if explains {
        let own = taps / Double(depth) * Double(columns) * Double(rows) * Double(size.planes)
        terms += own
        bytes += own * Self.termBytes
      }
    }
    let patience = max(Self.mostSteps, Self.grantedSteps * input)
    guard steps <= patience else {
      throw .tooManySteps(stage: stage.name, steps: steps, most: patience)
    }
    guard terms <= Self.mostTerms else {
      throw .tooManyTerms(stage: stage.name, terms: terms, most: Self.mostTerms)
    }
    let before = Double(size.columns) * Double(size.rows) * Double(size.planes) * 8
    memory = max(memory, Int(exactly: (before + bytes).rounded(.up)) ?? .max)
    size = (columns, rows, planes)
  }
}

extension Stage {
  /// The stage with kernels of the same shape that hold ones: as far as work goes, the same.
  fileprivate var outline: Stage {
    var stage = self
    switch operation {
    case .correlate(let kernel): stage.operation = .correlate(kernel.outline)
    case .combine(let kernels, let combination):
      stage.operation = .combine(kernels.map(\.outline), combination)
    case .unsharp(let kernel, let amount, let threshold):
      stage.operation = .unsharp(kernel.outline, amount: amount, threshold: threshold)
    case .pool, .change, .neighbourhood: break
    }
    return stage
  }
}

extension Kernel {
  fileprivate var outline: Kernel {
    depth > 1
      ? self
      : Kernel(
        Factors(
          column: [Double](repeating: 1, count: height), row: [Double](repeating: 1, count: width)),
        anchor: anchor)
  }
}

extension RealWindows {
  /// Whether what lies beyond the border adds nothing to a sum.
  var isBlankBeyond: Bool {
    switch padding {
    case .zero, .truncate: true
    default: false
    }
  }

  /// Products of a channel, and numbers that are laid out for them.
  fileprivate var products: Double {
    let rows = isBlankBeyond ? vertical.liveCount : vertical.tapCount
    let columns = isBlankBeyond ? horizontal.liveCount : horizontal.tapCount
    return rows * (columns + Double(paddedCount))
  }

  /// - Throws: `FilterError.emptyWindow` where a window of a pooling meets no number at all.
  fileprivate func checkSamples(stage: String) throws(FilterError) {
    guard isBlankBeyond else { return }
    for (axis, name) in [(horizontal, "column"), (vertical, "row")] {
      if let index = (0..<axis.output).first(where: { axis.liveTaps($0).isEmpty }) {
        throw .emptyWindow(stage: stage, axis: name, index: index + 1)
      }
    }
  }
}

extension WindowAxis {
  fileprivate var tapCount: Double { Double(taps) * Double(output) }

  /// Taps of all windows that lie on samples.
  fileprivate var liveCount: Double {
    (0..<output).reduce(0) { $0 + Double(liveTaps($1).count) }
  }
}
