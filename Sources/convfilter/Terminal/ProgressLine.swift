import Reports
import Synchronization

/// The last line of a terminal while a work goes on: how far it is, how fast, how long it will take.
///
/// Ten times a second is as often as anybody reads it; elsewhere than on a terminal nothing is shown.
final class ProgressLine: Sendable {
  private let diagnostics: Diagnostics
  private let isShown: Bool
  private let start = Terminal.now()
  /// Milliseconds after `start` of the next drawing.
  private let next: Atomic<Int>

  /// - Parameter delay: seconds that a work may take without a line.
  init(_ diagnostics: Diagnostics, delay: Double = 0) {
    self.diagnostics = diagnostics
    isShown = !diagnostics.isQuiet && Terminal.canRedraw(2)
    next = Atomic(Int(delay * 1000))
  }

  /// - Parameters:
  ///   - fraction: share done, 0…1.
  ///   - rate: how much is done or how fast, from the seconds since the start.
  func show(_ label: String, fraction: Double, rate: (Double) -> String) {
    guard isShown else { return }
    let time = Terminal.now() - start
    let due = next.load(ordering: .relaxed)
    guard Int(time * 1000) >= due,
      next.compareExchange(
        expected: due, desired: Int(time * 1000) + 100, ordering: .relaxed
      ).exchanged
    else { return }
    diagnostics.progress(
      // A bar in the last column would wrap on some terminals.
      ProgressText.line(
        label: label, fraction: fraction, elapsed: time, rate: rate(time),
        width: Terminal.columns(2) - 1))
  }

  /// Takes the line away.
  func clear() { if isShown { diagnostics.progress("") } }
}
