import Synchronization

/// Says what becomes of the pictures as they are done, and counts.
final class BatchReport: Sendable {
  private struct Counts {
    var written = 0
    var skipped = 0
    var planned = 0
    var failed = 0
    var left = 0
    var warnings = 0
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
  private let start = Terminal.now()

  /// - Parameter progress: counts pictures, where there are several.
  init(_ diagnostics: Diagnostics, progress: ProgressBar?, json: Bool) {
    self.diagnostics = diagnostics
    self.progress = progress
    self.json = json
  }

  func add(_ outcome: Outcome) {
    for warning in outcome.warnings {
      diagnostics.warning(warning, at: outcome.input)
    }
    var failures = 0
    switch outcome.status {
    case .written:
      LastWords.count()
      diagnostics.detail("\(outcome.input) -> \(outcome.result)")
    case .skipped:
      LastWords.count()
      diagnostics.detail("\(outcome.result): exists, skipped")
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
      switch outcome.status {
      case .written: counts.written += 1
      case .skipped: counts.skipped += 1
      case .planned: counts.planned += 1
      case .failed: counts.failed += 1
      case .left: counts.left += 1
      }
    }
    progress?.advance(failed: failures)
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
  var hasFailures: Bool { counts.withLock { $0.failed > 0 } }

  /// Whether the batch is to come to an end.
  var isOver: Bool { counts.withLock { $0.isOver } }

  /// `ended: 12 of 48 pictures are done`.
  func ending(of total: Int) -> String {
    let done = counts.withLock { $0.written + $0.skipped }
    return "ended: \(done) of \(total) pictures are done"
  }

  /// `12 written, 1 skipped, 2 failed in 0:03`.
  func summarize() {
    let counts = counts.withLock { $0 }
    var parts = ["\(counts.written) written"]
    if counts.planned > 0 { parts = ["\(counts.planned) would be written"] }
    if counts.skipped > 0 { parts.append("\(counts.skipped) skipped") }
    if counts.failed > 0 { parts.append("\(counts.failed) failed") }
    if counts.left > 0 { parts.append("\(counts.left) left") }
    if counts.warnings > 0 {
      parts.append("\(counts.warnings) warning\(counts.warnings == 1 ? "" : "s")")
    }
    let seconds = Terminal.now() - start
    let tenths = Int((seconds * 10).rounded())
    diagnostics.note(
      "\(parts.joined(separator: ", ")) in \(tenths / 10).\(tenths % 10) s")
  }
}
