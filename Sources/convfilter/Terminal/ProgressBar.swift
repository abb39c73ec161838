import Reports
import Synchronization

/// A line that counts what is done.
///
/// It appears only when the work takes longer than half a second.
final class ProgressBar: Sendable {
  private let line: ProgressLine
  private let total: Int
  private let unit: String
  private let done = Atomic<Int>(0)
  private let failed = Atomic<Int>(0)

  /// - Parameters:
  ///   - total: how many there are (≥ 1).
  ///   - unit: what they are, in the plural: `files`, `rows`.
  init(_ diagnostics: Diagnostics, total: Int, unit: String) {
    line = ProgressLine(diagnostics, delay: 0.5)
    self.total = max(total, 1)
    self.unit = unit
  }

  /// One more is done.
  func advance(failed failures: Int = 0) {
    show(
      done.wrappingAdd(1, ordering: .relaxed).newValue, of: total,
      failed: failed.wrappingAdd(failures, ordering: .relaxed).newValue)
  }

  /// Says how many are done in all.
  ///
  /// - Parameter total: how many there are, where it was not known before.
  func reach(_ count: Int, of total: Int? = nil) { show(count, of: total ?? self.total, failed: 0) }

  private func show(_ done: Int, of total: Int, failed: Int) {
    line.show("", fraction: Double(done) / Double(total)) { _ in
      "\(NumberText.grouped(min(done, total)))/\(NumberText.grouped(total)) \(unit)"
        + (failed == 0 ? "" : ", \(NumberText.grouped(failed)) failed")
    }
  }

  /// Takes the line away.
  func finish() { line.clear() }
}
