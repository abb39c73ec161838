import KernelLanguage

/// Filters matrices of any numbers, in double precision and without rounding.
///
/// The same chain, geometry and conventions as for pictures; padding is `valid` unless a stage or
/// the options name another, as in textbooks. A single row or column is a signal: kernels of
/// several rows meet it as they would meet a picture of rows that are all alike.
public struct MatrixFilter: Sendable {
  public let stages: [Stage]
  public let options: FilterOptions
  /// What becomes of results: nil keeps them; else every stage ends as on an 8-bit picture, rounded
  /// half up and brought into 0…255 that way.
  public let range: ResultRange?

  /// - Parameter options: geometry, flip, anchor, scale, normalisation and offset are used.
  public init(
    _ stages: [Stage], options: FilterOptions = FilterOptions(), range: ResultRange? = nil
  ) {
    self.stages = stages
    self.options = options
    self.range = range
  }

  /// What the chain takes on such matrices.
  ///
  /// - Throws: `FilterError` as `run` does, but for numbers of planes, and for stages that are there for
  ///   pictures only.
  public func course(_ planes: [NumberGrid], explains: Bool = false) throws(FilterError)
    -> MatrixCourse
  {
    let isSignal = isSignal(planes)
    let isColumn = isSignal && planes[0].width == 1
    let (columns, rows) = (planes[0].width, planes[0].height)
    return try MatrixCourse(
      stages, columns: isColumn ? rows : columns, rows: isColumn ? columns : rows,
      planes: planes.count, isSignal: isSignal, options: options, explains: explains)
  }

  /// The result of the whole chain.
  ///
  /// - Parameters:
  ///   - planes: one or more matrices of equal size. Kernels of depth 1 filter each by itself.
  ///   - explain: told how every number came about, stage by stage, row by row.
  /// - Throws: `FilterError` where a window does not fit, an anchor lies outside, a kernel sums
  ///   over another number of planes, a window of a pooling meets no number, or nobody would wait for the
  ///   end.
  public func run(
    _ planes: [NumberGrid], explain: ((WindowArithmetic) -> Void)? = nil
  ) throws(FilterError) -> [NumberGrid] {
    _ = try course(planes, explains: explain != nil)
    let isSignal = isSignal(planes)
    let isColumn = isSignal && planes[0].width == 1
    var planes = isColumn ? planes.map { $0.transposed() } : planes
    var tell = explain
    if let explain, isColumn {
      tell = { window in
        var window = window
        (window.x, window.y) = (window.y, window.x)
        explain(window)
      }
    }
    let targets = stages.targets
    for (index, stage) in stages.enumerated() {
      let stage = isSignal ? stage.alongSignal() : stage
      let run = MatrixStage(
        stage: stage, index: index, filter: self, isTarget: targets.contains(index),
        explain: tell)
      planes = try run.run(planes)
      if range != nil {
        planes = leveled(planes, spread: range == .auto && targets.contains(index))
      }
    }
    return isColumn ? planes.map { $0.transposed() } : planes
  }

  /// Whether the input is a signal and every stage can run along it.
  private func isSignal(_ planes: [NumberGrid]) -> Bool {
    (planes[0].width == 1 || planes[0].height == 1) && planes[0].values.count > 1
      && stages.allSatisfy { $0.fitsSignal(options) }
  }

  /// As an 8-bit picture would hold the results.
  private func leveled(_ planes: [NumberGrid], spread: Bool) -> [NumberGrid] {
    let low = planes.lazy.flatMap(\.values).min() ?? 0
    let high = planes.lazy.flatMap(\.values).max() ?? 0
    return planes.map { grid in
      var grid = grid
      grid.values = grid.values.map { value in
        let level = spread ? (high > low ? (value - low) / (high - low) * 255 : 0) : value
        return min(max((level + 0.5).rounded(.down), 0), 255)
      }
      return grid
    }
  }

  /// Added to the results of target stages, in levels.
  var offset: Double {
    let own =
      switch options.offset {
      case .levels(let levels): levels
      case .percent(let percent): percent / 100 * 255
      }
    return own + (range == .offset ? 128 : 0)
  }
}
