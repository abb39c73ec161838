/// A word in quotes, fit for a line of a terminal: short and without control characters.
package func quoted(_ word: String) -> String {
  let short = word.count > 40 ? word.prefix(40) + "…" : Substring(word)
  return "'" + String(short.map { isControl($0) ? "?" : $0 }) + "'"
}

private func isControl(_ character: Character) -> Bool {
  character.unicodeScalars.contains { $0.value < 32 || (127..<160).contains($0.value) }
}

/// A word for a command line that the user may copy: as it is, or in single quotes where a shell
/// would see more than a word in it.
package func shellQuoted(_ word: String) -> String {
  let plain = word.unicodeScalars.allSatisfy {
    $0.properties.isAlphabetic || ("0"..."9").contains($0)
      || "-_./:,=+@%".unicodeScalars.contains($0)
  }
  if plain && !word.isEmpty { return word }
  return "'"
    + word.split(separator: "'", omittingEmptySubsequences: false)
    .joined(separator: "'\\''") + "'"
}
