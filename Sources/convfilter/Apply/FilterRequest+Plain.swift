extension FilterRequest {
  /// The request of a command line that consists of the commonest words, or nil for any other one.
  ///
  /// The argument parser finds its way through the options of `apply` by reflection, which takes
  /// three quarters of the time that a small picture takes. Scripts that call the program once a
  /// picture mostly say a kernel and two files: such words are understood here. All others, the
  /// wrong ones among them, are left to the parser, which says what is wrong with them.
  ///
  /// - Parameter words: what follows `apply`.
  init?(plain words: [String]) {
    self.init()
    var words = words[...]
    while let word = words.popFirst() {
      switch word {
      case "-k", "--kernel":
        guard let kernel = words.popFirst() else { return nil }
        kernels.append(kernel)
      case "-q", "--quiet": isQuiet = true
      case "-r", "--recursive": isRecursive = true
      case "-f", "--force": existing = .replace
      case "-o", "--output-dir":
        guard let folder = words.popFirst(), !Self.isOption(folder) else { return nil }
        outputDir = folder
      case "--quality":
        guard let quality = words.popFirst().flatMap({ Int($0) }), (1...100).contains(quality)
        else { return nil }
        writing.jpegQuality = quality
      case "--threads":
        guard let count = words.popFirst().flatMap({ Int($0) }), Self.threadCounts.contains(count)
        else { return nil }
        threads = count
      default:
        if Self.isOption(word) { return nil }
        files.append(word)
      }
    }
    if kernels.isEmpty { return nil }
  }

  /// Whether the argument parser would not take a word for a file or a folder.
  private static func isOption(_ word: String) -> Bool { word.hasPrefix("-") && word != "-" }
}
