import KernelLanguage
import Raster

/// A chain of filters made ready for pictures of one shape.
public struct FilterPlan: Sendable {
  public let input: PictureFormat
  /// What the chain yields.
  public let output: PictureFormat
  /// What deserves a word to the user though it is no error.
  public let warnings: [FilterWarning]
  let stages: [any RowStage]
  /// The stage whose results are spread over the whole range, known after a look at all of them.
  let spread: Spread?
  /// Where a part is selected of what needs the whole picture; nil for all other chains.
  let laidOver: LaidOver?
  /// Memory for the weights of all kernels, in every form that bodies take them in, and for the
  /// tables of other stages, in bytes.
  let weightBytes: Int

  /// What `range: .auto` needs to know: stages before, and the stage as a function of the extremes.
  struct Spread: Sendable {
    var index: Int
    var stage: any SpreadableStage
    /// The pixels whose results count; nil for all.
    var part: SelectedPart?

    var probe: ProbeStage { ProbeStage(stage, part: part) }
  }

  /// Plans a chain.
  ///
  /// - Parameters:
  ///   - input: the shape of the pictures.
  ///   - stages: in the order in which they run; none copies.
  ///   - selection: where the result takes the place of the picture.
  /// - Throws: `FilterError` for what cannot be done, before anything is allocated.
  public init(
    input: PictureFormat, stages: [Stage], options: FilterOptions = FilterOptions(),
    selection: Selection = Selection()
  ) throws(FilterError) {
    var planned = try ChainBuilder(input: input, stages: stages, options: options).build()
    if !selection.isEverything {
      if let spread = planned.spread {
        let made = spread.stage.output
        guard (made.width, made.height) == (input.width, input.height) else {
          throw .spreadSelection
        }
        // The extremes of what is not shown do not count.
        planned.spread?.part = SelectedPart(
          region: try selection.fitted(to: input), mask: selection.mask)
      }
      if planned.spread != nil || planned.stages.contains(where: { $0.whole != nil }) {
        laidOver = try LaidOver(planned.stages, selection)
      } else {
        planned.stages = [try SelectionStage(planned.stages, selection)]
        laidOver = nil
      }
    } else {
      laidOver = nil
    }
    self.input = input
    self.stages = planned.stages
    let held = planned.stages.reduce(0) { $0.saturatingSum($1.heldBytes) }
    weightBytes = stages.flatMap(\.kernels).reduce(held) { sum, kernel in
      let count =
        kernel.factors == nil
        ? kernel.width * kernel.height * kernel.depth : kernel.width + kernel.height
      return sum.saturatingSum(count.saturatingProduct(64))
    }
    output = planned.stages.last!.output
    warnings = planned.warnings
    spread = planned.spread
  }

  /// Pixels of the largest picture that a stage makes.
  public var mostPixels: Int {
    stages.reduce(0) { max($0, $1.output.width.saturatingProduct($1.output.height)) }
  }

  /// A step as it was planned.
  public struct Step: Sendable {
    /// What is done and how, in a line.
    public var summary: String
    public var input: PictureFormat
    public var output: PictureFormat
    /// Multiplications a sample of the output, roughly.
    public var operations: Double
  }

  /// What came to light while pictures were filtered.
  public var lateWarnings: [FilterWarning] {
    everyStage.flatMap(\.lateWarnings).map {
      spread != nil && $0 == .cutNumbers ? .cutInfinities : $0
    }
  }

  private var everyStage: [any RowStage] { stages + (laidOver.map { [$0.planned] } ?? []) }

  /// The steps in their order.
  public var steps: [Step] {
    everyStage.map {
      Step(summary: $0.summary, input: $0.input, output: $0.output, operations: $0.operations)
    }
  }

  /// What was planned: a line for each step, below it why its work is done that way.
  public var description: [String] {
    everyStage.flatMap { [$0.summary] + $0.reasons.map { "  " + $0 } }
  }

  /// Filters one picture.
  ///
  /// Reading, filtering and encoding overlap on all threads of the team; their number changes
  /// nothing in the result.
  ///
  /// - Parameters:
  ///   - source: a picture of the shape `input`.
  ///   - sink: made for `output`.
  ///   - progress: told the number of rows that are out; from any thread, one at a time.
  ///   - again: the source from its first row, for plans that `looksTwice`; nil where it can be read only once.
  ///   - cancelled: asked before every task.
  /// - Throws: what the source or the sink throws, or `FilterError.cancelled`; then the sink is
  ///   incomplete and not finished.
  public func run(
    _ source: any RowSource, again: (() throws -> any RowSource)? = nil, into sink: any RowSink,
    team: ThreadTeam, progress: (@Sendable (Int) -> Void)? = nil,
    cancelled: (@Sendable () -> Bool)? = nil
  ) throws {
    precondition(source.format == input, "a plan is made for one shape")
    guard sink.format == output else {
      throw FilterError.wrongSink(expected: PictureShape(output), got: PictureShape(sink.format))
    }
    if let laidOver {
      try run(
        source, into: sink, laidOver: laidOver, team: team, progress: progress,
        cancelled: cancelled)
    } else {
      try runAll(
        source, again: again, into: sink, team: team, progress: progress, cancelled: cancelled)
    }
  }

  /// Whether a source that can be read twice saves the memory of a whole picture, of one that is large enough for
  /// that to be worth the time.
  public var looksTwice: Bool {
    guard let spread, laidOver == nil else { return false }
    return stages[spread.index].input.pictureBytes > Self.mostHeld
      && stages[...spread.index].allSatisfy { $0.whole == nil }
  }

  /// Pictures up to this size are held rather than decoded twice, in bytes.
  private static let mostHeld = 32 << 20

  /// Runs the chain on the whole picture.
  func runAll(
    _ source: any RowSource, again: (() throws -> any RowSource)? = nil, into sink: any RowSink,
    team: ThreadTeam, progress: (@Sendable (Int) -> Void)?, cancelled: (@Sendable () -> Bool)?
  ) throws {
    var rest = stages
    var from: any RowSource = source
    // Stages that are out of the way already.
    var done = 0
    var spread = spread
    func flow(
      _ stages: [any RowStage], into sink: any RowSink, progress: (@Sendable (Int) -> Void)? = nil
    ) throws {
      try Pipeline(
        stages, from: from, into: sink, threads: team.threads, progress: progress,
        cancelled: cancelled
      ).run(team)
    }
    while let next = rest.indices.first(where: {
      rest[$0].whole != nil || spread?.index == $0 + done
    }) {
      if let again, looksTwice, let known = spread {
        let probe = known.probe
        try flow(rest[..<next] + [probe], into: NoSink(probe.output))
        rest[next] = known.stage.spreading(probe.extremes)
        spread = nil
        from = try again()
        continue
      }
      // What all rows say is known only after all rows, and they are needed again: the picture before
      // the stage is kept in memory.
      from = try inMemory(from, after: Array(rest[..<next]), team: team, cancelled: cancelled)
      rest.removeFirst(next)
      done += next
      if let whole = rest[0].whole {
        rest[0] = whole.settled(HeldRows(from.borrow(0..<from.format.height)!), team: team)
        continue
      }
      let probe = spread!.probe
      try flow([probe], into: NoSink(probe.output))
      rest[0] = spread!.stage.spreading(probe.extremes)
      spread = nil
    }
    try flow(rest, into: sink, progress: progress)
  }

  /// What stages make of a picture, in memory; the picture itself where there are none and it is there.
  func inMemory(
    _ source: any RowSource, after stages: [any RowStage] = [], team: ThreadTeam,
    cancelled: (@Sendable () -> Bool)?
  ) throws -> any RowSource {
    let format = source.format
    if stages.isEmpty && source.borrow(0..<format.height) != nil { return source }
    let memory = PictureSink(stages.last?.output ?? format)
    try Pipeline(
      stages.isEmpty ? [DepthStage(format, to: format.sample)] : stages, from: source, into: memory,
      threads: team.threads, progress: nil, cancelled: cancelled
    ).run(team)
    return PictureSource(memory.picture)
  }
}
