import ImageCodecs
import Raster
import Synchronization

/// Says things on standard error, one whole line at a time, around the progress line.
final class Diagnostics: Sendable {
  private struct State {
    var progress = ""
    var isDrawn = false
  }

  /// Whether only errors are said.
  let isQuiet: Bool
  /// Whether details are said.
  let isVerbose: Bool
  private let hasColor: Bool
  private let state = Mutex(State())
  private static let stream: Int32 = 2

  init(quiet: Bool = false, verbose: Bool = false) {
    isQuiet = quiet
    isVerbose = verbose
    hasColor = Terminal.hasColor(Self.stream)
  }

  /// `file: what happened; what to do`.
  func error(_ message: String, at place: String? = nil) {
    line(
      paint(shown(place), "1") + paint("error: ", "1;31")
        + Self.bounded(message).visibleLines)
  }

  func warning(_ message: String, at place: String? = nil) {
    if isQuiet { return }
    line(
      paint(shown(place), "1") + paint("warning: ", "1;33")
        + Self.bounded(message).visibleLines)
  }

  func note(_ message: String) {
    if isQuiet { return }
    line(message.visibleLines)
  }

  func detail(_ message: @autoclosure () -> String) {
    if isVerbose { line(message().visibleLines) }
  }

  /// Shows `text` as the last line until the next call; an empty text takes it away.
  func progress(_ text: String) {
    state.withLock { state in
      if state.progress == text { return }
      state.progress = text
      redraw(&state, above: "")
    }
  }

  private func line(_ text: String) {
    state.withLock { redraw(&$0, above: text + "\n") }
  }

  private func redraw(_ state: inout State, above: String) {
    let erase = state.isDrawn ? "\r\u{1b}[K" : ""
    state.isDrawn = !state.progress.isEmpty
    Interruption.yield()
    var text = erase + above + state.progress
    // What cannot be said is no reason to give up the work.
    _ = text.withUTF8 { Descriptor.write(UnsafeRawBufferPointer($0), to: Self.stream) }
  }

  /// An empty name is seen, too.
  private func shown(_ place: String?) -> String {
    guard let place else { return "convfilter: " }
    return (place.isEmpty ? "''" : Self.bounded(place).visible) + ": "
  }

  /// Bytes of a word that may be a path (Linux: PATH_MAX); what is longer is for no reader.
  private static let longestWord = 4096

  /// The text with longer words shortened.
  private static func bounded(_ text: String) -> String {
    guard text.utf8.count > longestWord else { return text }
    return text.split(separator: " ", omittingEmptySubsequences: false)
      .map { $0.utf8.count > longestWord ? String($0).shortened() : String($0) }
      .joined(separator: " ")
  }

  private func paint(_ text: String, _ code: String) -> String {
    hasColor ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
  }
}
