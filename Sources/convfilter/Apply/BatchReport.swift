import Synchronization

/// Says what becomes of the pictures as they are done, and counts.
final class BatchReport: Sendable {
  private struct Counts {
    var written = 0
    var skipped = 0
    var planned = 0
    var failed = 0
    var warnings = 0
  }

  private let diagnostics: Diagnostics
  private let progress: ProgressBar?
  private let json: Bool
  private let counts = Mutex(Counts())
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
      diagnostics.detail("\(outcome.input) -> \(outcome.output ?? "")")
    case .skipped:
      diagnostics.detail("\(outcome.output ?? ""): exists, skipped")
    case .planned:
      if !json { Terminal.write("\(outcome.input) -> \(outcome.output ?? "")\n", to: 1) }
    case .failed(let failure):
      failures = 1
      diagnostics.error(failure.message, at: failure.place)
    }
    if json { Terminal.write(outcome.json, to: 1) }
    counts.withLock { counts in
      counts.warnings += outcome.warnings.count
      switch outcome.status {
      case .written: counts.written += 1
      case .skipped: counts.skipped += 1
      case .planned: counts.planned += 1
      case .failed: counts.failed += 1
      }
    }
    progress?.advance(failed: failures)
  }

  /// Whether something failed.
  var hasFailures: Bool { counts.withLock { $0.failed > 0 } }

  /// `12 written, 1 skipped, 2 failed in 0:03`.
  func summarize() {
    let counts = counts.withLock { $0 }
    var parts = ["\(counts.written) written"]
    if counts.planned > 0 { parts = ["\(counts.planned) would be written"] }
    if counts.skipped > 0 { parts.append("\(counts.skipped) skipped") }
    if counts.failed > 0 { parts.append("\(counts.failed) failed") }
    if counts.warnings > 0 {
      parts.append("\(counts.warnings) warning\(counts.warnings == 1 ? "" : "s")")
    }
    let seconds = Terminal.now() - start
    let tenths = Int((seconds * 10).rounded())
    diagnostics.note(
      "\(parts.joined(separator: ", ")) in \(tenths / 10).\(tenths % 10) s")
  }
}
