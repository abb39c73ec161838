import ImageCodecs

/// Files of which one picture is wanted.
extension PictureReader {
  /// Refuses a file with several pictures, as far as its header tells; the reader was opened for all of them.
  ///
  /// - Parameters:
  ///   - place: the file.
  ///   - advice: what to do instead.
  func checkIsAlone(at place: String, _ advice: String) throws(CommandFailure) {
    guard let series, let count = series.count, count > 1 else { return }
    let pictures = series.areChannels ? "channels" : "pictures"
    let what = series.frames.map { "an animation of \($0) frames" } ?? "\(count) \(pictures)"
    throw CommandFailure("holds \(what); \(advice)", at: place)
  }

  /// Refuses a file with pictures behind the one that was read to its end.
  func checkEndsHere(at place: String, _ advice: String) throws {
    if series != nil, try advance() {
      throw CommandFailure("holds several pictures; \(advice)", at: place)
    }
  }
}
