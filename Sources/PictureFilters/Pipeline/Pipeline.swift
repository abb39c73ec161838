internal import CConvKernels
import KernelLanguage
import Raster

/// A chain of stages as a flow of bands: read, filter, encode, append, all at the same time.
///
/// Every thread takes the most urgent task that is ready: append the next band, encode one, make
/// one (later stages first), read one. Bands are made only as far ahead as the next few outputs
/// need them and freed with the last stage that looks at them, so memory does not grow with the
/// picture. What a band holds depends on the input alone, never on who made it or when.
final class Pipeline: @unchecked Sendable {
  // Safety: all mutable fields are read and written with the monitor held.
  private let monitor = Monitor()
  private let stages: [any RowStage]
  private let source: any RowSource
  let sink: any RowSink
  private let progress: (@Sendable (Int) -> Void)?
  private let cancelled: (@Sendable () -> Bool)?

  var levels: [LevelState]
  /// All rows of a source that lies in memory.
  let borrowed: RowWindow?
  private var isReading = false
  private var isAppending = false
  /// Bands of the output that are encoded and wait for their turn.
  private var encoded: [(any EncodedBand)?]
  /// The next band of the output to encode.
  private var nextEncode = 0
  /// The next band of the output to append.
  var nextAppend = 0
  private let outputPlan: BandPlan
  let ahead: Int
  /// Whether results go past the caches into the sink's memory, which they would only wash out.
  private let streams: Bool

  /// Pictures up to this size may stay in a cache, in bytes.
  private static let cacheBytes = 8 << 20
  private var failure: (any Error)?

  init(
    _ stages: [any RowStage], from source: any RowSource, into sink: any RowSink, threads: Int,
    progress: (@Sendable (Int) -> Void)?, cancelled: (@Sendable () -> Bool)?
  ) {
    precondition(!stages.isEmpty, "a pipeline has a stage")
    // Bands of the sink's own height are cut from those of a stage that they would be too low for.
    let stages =
      sink.bandRows != nil && stages[stages.count - 1].wastesShortBands
      ? stages + [DepthStage(sink.format, to: sink.format.sample)] : stages
    self.stages = stages
    self.source = source
    self.sink = sink
    self.progress = progress
    self.cancelled = cancelled
    borrowed = source.borrow(0..<source.format.height)
    let isLent = sink.destination(0..<1) != nil
    let plans = BandPlan.levels(
      for: stages, sinkRows: sink.bandRows, threads: threads,
      isInMemory: borrowed != nil && isLent)
    levels = plans.map { LevelState($0) }
    let bytes = sink.format.bytesPerRow * sink.format.height
    let end = stages[stages.count - 1]
    streams = isLent && bytes > Self.cacheBytes && (end.streams || end.preferredRows <= 32)
    outputPlan = plans[plans.count - 1]
    encoded = Array(repeating: nil, count: outputPlan.count)
    ahead = Self.ahead(threads: threads)
    if borrowed != nil {
      levels[0].settled = plans[0].count
      levels[0].next = plans[0].count
    }
    allow()
  }

  deinit {
    for index in levels.indices { levels[index].dispose() }
  }

  var last: Int { levels.count - 1 }
  private var outputLevel: Int { stages.count }
  var outputs: Int { encoded.count }

  /// Runs until the last band is appended, or throws what went wrong first.
  func run(_ team: ThreadTeam) throws {
    team.run(team.threads) { _ in self.work() }
    if let failure { throw failure }
    try readRest()
    try sink.finish()
  }

  /// Reads the rows that no output was made of: what stands behind them in a file counts.
  private func readRest() throws {
    while levels[0].next < levels[0].plan.count {
      if let cancelled, cancelled() { throw FilterError.cancelled }
      let band = levels[0].next
      levels[0].next += 1
      try source.read(into: levels[0].take(band))
      levels[0].finish(band)
      levels[0].free(before: band + 1)
    }
  }

  // MARK: Tasks

  private enum Task {
    case append(Int, (any EncodedBand)?)
    case encode(Int, RowWindow)
    case make(level: Int, band: Int, RowWindow, RowBand)
    case read(Int, RowBand)
    case wait
    case stop
  }

  private func work() {
    let scratch = Scratch()
    monitor.lock()
    while true {
      let task = nextTask()
      if case .wait = task {
        monitor.wait()
        continue
      }
      if case .stop = task { break }
      monitor.unlock()
      var thrown: (any Error)?
      do {
        if let cancelled, cancelled() { throw FilterError.cancelled }
        try perform(task, scratch)
      } catch {
        thrown = error
        monitor.lock()
      }
      if let thrown, failure == nil { failure = thrown }
      monitor.wakeAll()
    }
    monitor.unlock()
  }

  /// Does a task without the lock and notes its result with the lock held again.
  private func perform(_ task: Task, _ scratch: Scratch) throws {
    switch task {
    case .append(let band, let rows):
      if let rows { try sink.append(rows) }
      progress?(outputPlan.rows(of: band).upperBound)
      monitor.lock()
      encoded[band] = nil
      isAppending = false
      nextAppend = band + 1
      release()
      allow()
    case .encode(let band, let window):
      let rows = try sink.encode(window, first: outputPlan.rows(of: band).lowerBound)
      monitor.lock()
      encoded[band] = rows
    case .make(let level, let band, let window, let target):
      scratch.reset()
      if streams && level == outputLevel {
        stream(target, from: window, scratch)
      } else {
        stages[level - 1].produce(target, from: window, scratch: scratch)
      }
      monitor.lock()
      levels[level].finish(band)
      release()
    case .read(let band, let target):
      try source.read(into: target)
      monitor.lock()
      isReading = false
      levels[0].finish(band)
      release()
    case .wait, .stop:
      monitor.lock()
    }
  }

  /// Makes a band of the output past the caches: at once, or in a few rows of scratch at a time that are
  /// copied.
  private func stream(_ target: RowBand, from window: RowWindow, _ scratch: Scratch) {
    defer { MicroKernels.current.rows.stream_end!() }
    if stages[outputLevel - 1].streams {
      stages[outputLevel - 1].stream(target, from: window, scratch: scratch)
      return
    }
    let bytes = sink.format.bytesPerRow
    let copy = MicroKernels.current.rows.stream_copy!
    for first in stride(from: target.firstRow, to: target.rows.upperBound, by: 16) {
      let rows = first..<min(first + 16, target.rows.upperBound)
      scratch.scoped {
        let part = stages[outputLevel - 1].made(rows, from: window, scratch)
        for y in rows { copy(target.row(y), part.row(y), bytes) }
      }
    }
  }

  /// The most urgent task that is ready; marks it as taken.
  private func nextTask() -> Task {
    if failure != nil || nextAppend == outputs { return .stop }
    if !isAppending, isReadyToAppend(nextAppend) {
      isAppending = true
      return .append(nextAppend, encoded[nextAppend])
    }
    if let task = encodeTask() { return task }
    for level in Swift.stride(from: last, through: 1, by: -1) {
      let band = levels[level].next
      guard band <= levels[level].allowed, band < levels[level].plan.count,
        levels[level - 1].areDone(levels[level].plan.needs[band])
      else { continue }
      levels[level].next += 1
      levels[level].bands[band] = .working
      let rows = levels[level].plan.rows(of: band)
      let window = inputWindow(level, rows)
      if level == last, let lent = sink.destination(rows) {
        levels[level].memory[band] = lent
        levels[level].isLent[band] = true
        return .make(level: level, band: band, window, lent)
      }
      return .make(level: level, band: band, window, levels[level].take(band))
    }
    let band = levels[0].next
    if !isReading, band < levels[0].plan.count, band <= levels[0].allowed {
      isReading = true
      levels[0].next += 1
      levels[0].bands[band] = .working
      return .read(band, levels[0].take(band))
    }
    return .wait
  }

  private func isReadyToAppend(_ band: Int) -> Bool {
    levels[last].isLent[band] ? levels[last].bands[band] == .done : encoded[band] != nil
  }

  private func encodeTask() -> Task? {
    // Bands in the sink's own memory need no encoding.
    while nextEncode < levels[last].settled, levels[last].isLent[nextEncode] { nextEncode += 1 }
    guard nextEncode < levels[last].settled else { return nil }
    let band = nextEncode
    nextEncode += 1
    let rows = levels[last].plan.rows(of: band)
    let first = max(0, rows.lowerBound - sink.contextRows)
    return .encode(band, levels[last].window(first..<rows.upperBound))
  }

  private func inputWindow(_ level: Int, _ rows: Range<Int>) -> RowWindow {
    let wanted = stages[level - 1].inputRows(for: rows)
    if level == 1, let borrowed {
      return RowWindow(firstRow: wanted.lowerBound, pointers: wanted.map { borrowed.row($0) })
    }
    return levels[level - 1].window(wanted)
  }
}
