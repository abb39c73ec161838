import Reports
import Synchronization
import Text

/// A line that says how far the work is and how long it will take.
///
/// It appears only on a terminal, and only when the work takes longer than half a second.
final class ProgressBar: Sendable {
  private let diagnostics: Diagnostics
  private let isShown: Bool
  private let start = Terminal.now()
  private let total: Int
  private let unit: String
  private let done = Atomic<Int>(0)
  private let failed = Atomic<Int>(0)
  /// Milliseconds after `start` of the next drawing.
  private let next = Atomic<Int>(500)

  /// - Parameters:
  ///   - total: how many there are (≥ 1).
  ///   - unit: what they are, in the plural: `files`, `rows`.
  init(_ diagnostics: Diagnostics, total: Int, unit: String) {
    self.diagnostics = diagnostics
    self.total = max(total, 1)
    self.unit = unit
    isShown = !diagnostics.isQuiet && Terminal.isTerminal(2)
  }

  func advance(by count: Int = 1, failed failures: Int = 0) {
    guard isShown else { return }
    draw(
      done: done.wrappingAdd(count, ordering: .relaxed).newValue,
      failed: failed.wrappingAdd(failures, ordering: .relaxed).newValue)
  }

  /// Says how many are done in all.
  ///
  /// - Parameter total: how many there are, where it was not known before.
  func reach(_ count: Int, of total: Int? = nil) {
    if isShown { draw(done: count, failed: 0, of: total) }
  }

  private func draw(done: Int, failed: Int, of known: Int? = nil) {
    let total = known ?? total
    let time = Terminal.now() - start
    let due = next.load(ordering: .relaxed)
    guard Int(time * 1000) >= due,
      next.compareExchange(
        expected: due, desired: Int(time * 1000) + 100, ordering: .relaxed
      ).exchanged
    else { return }
    let failures = failed == 0 ? "" : ", \(NumberText.grouped(failed)) failed"
    let counts = "\(NumberText.grouped(min(done, total)))/\(NumberText.grouped(total)) \(unit)"
    diagnostics.progress(
      // A bar in the last column would wrap on some terminals.
      Reports.ProgressBar.line(
        label: "", fraction: Double(done) / Double(total), elapsed: time, rate: counts + failures,
        width: Terminal.columns(2) - 1))
  }

  /// Takes the line away.
  func finish() {
    if isShown { diagnostics.progress("") }
  }
}
