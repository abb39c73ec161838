import Raster
import Synchronization
import Text

/// Says what becomes of the pictures as they are done, and counts.
final class BatchReport: Sendable {
  private struct Counts {
    var written = 0
    var skips: [Outcome.Skip: Int] = [:]
    var leftOut: [String: Int] = [:]
    var elsewhere = 0
    var shard: Shard?
    var planned = 0
    var failed = 0
    var left = 0
    var warnings = 0
    var members = Outcome.Members()
    var skipped: Int { skips.values.reduce(0, +) }
    /// Whether a failure was met that all that follow would share.
    private(set) var isOver = false

    /// - Returns: whether that was known.
    mutating func endBatch() -> Bool {
      defer { isOver = true }
      return isOver
    }
  }

  private let diagnostics: Diagnostics
  private let progress: ProgressBar?
  private let json: Bool
  private let counts = Mutex(Counts())
  /// Whether standard output takes lines; one at a time is written.
  private let results = Mutex(true)
  private let start: Double

  /// - Parameters:
  ///   - progress: counts pictures, where there are several.
  ///   - start: when the work began, by `Terminal.now()`.
  init(
    _ diagnostics: Diagnostics, progress: ProgressBar?, json: Bool, start: Double = Terminal.now()
  ) {
    self.start = start
    self.diagnostics = diagnostics
    self.progress = progress
    self.json = json
  }

  /// - Parameter isCounted: whether the progress line counts it.
  func add(_ outcome: Outcome, isCounted: Bool = true) {
    for warning in outcome.warnings {
      diagnostics.warning(warning, at: outcome.input)
    }
    var failures = 0
    switch outcome.status {
    case .written:
      LastWords.count()
      diagnostics.detail("\(outcome.input) -> \(outcome.result)")
      if let members = outcome.members { say(members) }
    case .skipped(let skip):
      LastWords.count()
      switch skip {
      case .exists: diagnostics.detail("\(outcome.result): exists, skipped")
      case .upToDate: diagnostics.detail("\(outcome.result): up to date, skipped")
      case .result: diagnostics.detail("\(outcome.input): is a result itself, skipped")
      }
    case .planned:
      if !json { write("\(outcome.input) -> \(outcome.result)\n") }
    case .failed(let failure):
      failures = 1
      // What several pictures meet at once is said once.
      if !failure.endsBatch || counts.withLock({ !$0.endBatch() }) {
        diagnostics.error(failure.message, at: failure.place)
      }
    case .left: diagnostics.detail("\(outcome.input): left")
    }
    if json { write(outcome.json) }
    counts.withLock { counts in
      counts.warnings += outcome.warnings.count
      if let members = outcome.members { counts.members.count(members) }
      switch outcome.status {
      case .written: counts.written += 1
      case .skipped(let skip): counts.skips[skip, default: 0] += 1
      case .planned: counts.planned += 1
      case .failed: counts.failed += 1
      case .left: counts.left += 1
      }
    }
    if isCounted { progress?.advance(failed: failures) }
  }

  /// Says what failed in an archive, and how much did not.
  private func say(_ members: Outcome.Members) {
    for failure in members.failures { diagnostics.error(failure.message, at: failure.place) }
    if progress == nil { diagnostics.note(members.text) } else { diagnostics.detail(members.text) }
  }

  /// Pictures that need not be filtered; there may be very many.
  func add(_ skipped: [(Job, Outcome.Skip)]) {
    if json || diagnostics.isVerbose {
      for (job, skip) in skipped { add(Outcome(job, .skipped(skip)), isCounted: false) }
      return
    }
    counts.withLock { counts in
      for (_, skip) in skipped { counts.skips[skip, default: 0] += 1 }
    }
    LastWords.count(skipped.count)
  }

  /// Pictures that are none of those asked for.
  func add(leftOut: [(path: FilePath, reason: String)]) {
    for (path, reason) in leftOut {
      diagnostics.detail("\(path): left out by \(reason)")
      if json { write(Outcome.json(leftOut: path, reason)) }
    }
    counts.withLock { counts in
      for (_, reason) in leftOut { counts.leftOut[reason, default: 0] += 1 }
    }
  }

  /// Pictures that other shards take.
  func add(elsewhere count: Int, _ shard: Shard) {
    counts.withLock { ($0.elsewhere, $0.shard) = (count, shard) }
  }

  /// Writes to standard output; where that fails, says so once.
  private func write(_ line: String) {
    results.withLock { isWritable in
      guard isWritable else { return }
      do {
        try StandardOutput.write(line)
      } catch {
        isWritable = false
        counts.withLock { $0.failed += 1 }
        diagnostics.error("\(error)")
      }
    }
  }

  /// Whether something failed.
  var hasFailures: Bool { counts.withLock { $0.failed > 0 || $0.members.failed > 0 } }

  /// Whether the batch is to come to an end.
  var isOver: Bool { counts.withLock { $0.isOver } }

  /// `ended: 12 of 48 pictures are done`.
  func ending(of total: Int) -> String {
    let done = counts.withLock { $0.written + $0.skipped }
    return "ended: \(done) of \(total) pictures are done"
  }

  /// `12 written, 81 skipped (80 up to date, 1 exist), 2 failed in 3.1 s`.
  ///
  /// - Parameter asJSON: whether the counts also are a last line of `--json`.
  func summarize(asJSON: Bool) {
    let counts = counts.withLock { $0 }
    var parts = ["\(counts.written) written"]
    if counts.planned > 0 { parts = ["\(counts.planned) would be written"] }
    if counts.skipped > 0 {
      let reasons = Outcome.Skip.allCases.compactMap { skip in
        counts.skips[skip].map { "\($0) \(skip.words)" }
      }
      // That they exist is what --no-clobber says.
      let isPlain = counts.skips.keys.elementsEqual([.exists])
      parts.append(
        "\(counts.skipped) skipped" + (isPlain ? "" : " (\(reasons.joined(separator: ", ")))"))
    }
    for (reason, count) in counts.leftOut.sorted(by: { $0.key < $1.key }) {
      parts.append("\(count) left out by \(reason)")
    }
    if let shard = counts.shard {
      parts.append("\(counts.elsewhere) not in shard \(shard.text)")
    }
    if counts.members.all > 0 { parts[0] += " (\(counts.members.text))" }
    if counts.failed > 0 { parts.append("\(counts.failed) failed") }
    if counts.left > 0 { parts.append("\(counts.left) left") }
    if counts.warnings > 0 {
      parts.append("\(counts.warnings) warning\(counts.warnings == 1 ? "" : "s")")
    }
    let seconds = Terminal.now() - start
    if asJSON { write(Self.json(counts, seconds)) }
    let tenths = Int((seconds * 10).rounded())
    diagnostics.note(
      "\(parts.joined(separator: ", ")) in \(tenths / 10).\(tenths % 10) s")
  }

  private static func json(_ counts: Counts, _ seconds: Double) -> String {
    let skips = Outcome.Skip.allCases.compactMap { skip in
      counts.skips[skip].map { (skip.rawValue, JSON.integer($0)) }
    }
    let leftOut = counts.leftOut.sorted { $0.key < $1.key }.map { ($0.key, JSON.integer($0.value)) }
    var summary: [(String, JSON)] = [
      ("written", .integer(counts.written)), ("planned", .integer(counts.planned)),
      ("skipped", .object(skips)), ("leftOut", .object(leftOut)),
      ("failed", .integer(counts.failed)), ("left", .integer(counts.left)),
      ("warnings", .integer(counts.warnings)),
      ("milliseconds", .number((seconds * 1e6).rounded() / 1000)),
    ]
    if counts.members.all > 0 { summary.append(("members", counts.members.json)) }
    if let shard = counts.shard {
      summary += [("shard", .string(shard.text)), ("elsewhere", .integer(counts.elsewhere))]
    }
    return JSON.object([("summary", .object(summary))]).line + "\n"
  }
}
