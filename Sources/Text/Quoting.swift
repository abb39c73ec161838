/// A word in quotes, fit for a line of a terminal: short and without control characters.
package func quoted(_ word: String) -> String {
  // Counted in scalars: what is shown as one letter may be made of any number of them.
  let scalars = word.unicodeScalars
  let short =
    scalars.dropFirst(40).isEmpty
    ? word : String(String.UnicodeScalarView(scalars.prefix(40))) + "…"
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
