/// Results for standard output: a full disk is an error, a reader that has gone away is not.
enum StandardOutput {
  static func write(_ text: String) throws { try write(Array(text.utf8)) }

  static func write(_ bytes: [UInt8]) throws {
    Interruption.yield()
    try CommandFailure.at("standard output") { try ResultFile.write(bytes, to: 1) }
  }
}
