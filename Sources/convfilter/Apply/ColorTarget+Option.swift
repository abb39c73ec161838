import ImageCodecs

extension ColorTarget {
  /// What `--profile` says.
  ///
  /// - Throws: `CommandFailure` for a file that cannot be read or is no profile of gray or RGB.
  init(option text: String) throws {
    if text == "srgb" {
      self = .srgb
      return
    }
    self = try CommandFailure.at("--profile \(text)") {
      try ColorTarget(icc: OpenFile(FilePath(argument: text)).contents(limit: 64 << 20))
    }
  }
}
