import KernelLanguage

/// Words for a command line that the user may copy.
enum ShellText {
  /// The word as it is, or in single quotes where a shell would see more than a word in it.
  static func quoted(_ word: String) -> String {
    let plain = word.unicodeScalars.allSatisfy {
      $0.properties.isAlphabetic || ("0"..."9").contains($0)
        || "-_./:,=+@%".unicodeScalars.contains($0)
    }
    if plain && !word.isEmpty { return word }
    return "'"
      + word.split(separator: "'", omittingEmptySubsequences: false)
      .joined(separator: "'\\''") + "'"
  }
}
