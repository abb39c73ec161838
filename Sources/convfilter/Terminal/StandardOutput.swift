import Raster

/// Results for standard output: a full disk is an error, a reader that has gone away is not.
enum StandardOutput {
  /// Texts from files may hold anything: they come with their control characters escaped.
  static func write(_ text: String) throws { try write(Array(text.visibleLines.utf8)) }

  static func write(_ bytes: [UInt8]) throws {
    Interruption.yield()
    try CommandFailure.at("standard output") { try ResultFile.write(bytes, to: 1) }
  }
}
