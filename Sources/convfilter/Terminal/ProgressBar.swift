import Synchronization

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
    diagnostics.progress(
      Self.text(
        done: min(done, total), of: total, unit: unit, failed: failed, seconds: time,
        columns: Terminal.columns(2)))
  }

  /// Takes the line away.
  func finish() {
    if isShown { diagnostics.progress("") }
  }

  /// `[######------] 1234/2000 files, 3 failed, 0:12 left`.
  static func text(
    done: Int, of total: Int, unit: String, failed: Int, seconds: Double, columns: Int
  ) -> String {
    let share = Double(done) / Double(total)
    let left = done == 0 ? "" : ", \(clock(seconds / share - seconds)) left"
    let failures = failed == 0 ? "" : ", \(failed) failed"
    let words = " \(done)/\(total) \(unit)\(failures)\(left)"
    // A bar in the last column would wrap on some terminals.
    let width = min(columns - 3 - words.utf8.count, 40)
    if width < 5 { return String(words.dropFirst().prefix(max(columns - 1, 0))) }
    let filled = Int(share * Double(width))
    return "[" + String(repeating: "#", count: filled)
      + String(repeating: "-", count: width - filled) + "]" + words
  }

  /// `m:ss` or `h:mm:ss`.
  static func clock(_ seconds: Double) -> String {
    let seconds = Int(min(max(seconds, 0), 359_999).rounded())
    func two(_ value: Int) -> String { (value < 10 ? "0" : "") + String(value) }
    let minutes = seconds / 60
    return minutes < 60
      ? "\(minutes):\(two(seconds % 60))"
      : "\(minutes / 60):\(two(minutes % 60)):\(two(seconds % 60))"
  }
}
