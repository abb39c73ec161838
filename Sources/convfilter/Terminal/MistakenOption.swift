import ArgumentParser
import Raster

/// A file whose name begins with a dash, as a shell may have put it among the words.
///
/// The parser takes `-hall.png` for a row of short options, finds the `h` among them, and shows the
/// help with status 0: a script would take that for a success.
enum MistakenOption {
  /// Every short option of the program.
  static let letters = "fhkmnoqrtv"
  /// Options whose value may begin with a dash.
  static let unconditional = ["-k", "--kernel", "--scale", "--offset", "--anchor"]

  /// Refuses `-q 90`: other programs give the quality so, here `-q` is for quiet and 90 would be a file.
  static func checkQuality(_ words: [String]) throws {
    for (option, value) in zip(words, words.dropFirst()) where option == "-q" {
      guard let quality = Int(value), (1...100).contains(quality),
        (try? FileStatus(FilePath(argument: value))) == nil
      else { continue }
      throw ValidationError(
        "-q means --quiet, and there is no file '\(quality)'; say --quality \(quality)")
    }
  }

  /// Bytes that no option's name has; the parser compares each with all that there are.
  private static let longestName = 256

  /// - Throws: `ValidationError` for the first such word, and for one that is too long for an option.
  static func check(_ words: [String]) throws {
    var previous = ""
    for word in words {
      if word == "--" { return }
      defer { previous = word }
      guard word.hasPrefix("-"), !unconditional.contains(previous) else { continue }
      let name = word.prefix { $0 != "=" }
      if name.utf8.count > longestName {
        throw ValidationError("Unknown option '\(String(name).shortened())'")
      }
      if word.hasPrefix("--") { continue }
      let row = word.dropFirst().prefix { $0 != "=" }
      if row.count > 1, row.contains("h"), !row.allSatisfy(letters.contains) {
        throw ValidationError("Unknown option '\(word)'; a file of this name is './\(word)'")
      }
    }
  }
}
