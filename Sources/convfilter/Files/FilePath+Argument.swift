import Raster

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The name of a file, as everything here calls it.
typealias FilePath = Raster.FilePath

extension FilePath {
  /// A word of the command line.
  ///
  /// Swift repairs words that are not UTF-8; the file is found only under the word as it came.
  init(argument: String) {
    if argument.unicodeScalars.contains("\u{fffd}") {
      for index in 1..<max(1, Int(CommandLine.argc)) {
        guard let word = CommandLine.unsafeArgv[index] else { continue }
        if String(cString: word) == argument {
          self.init(bytes: Array(UnsafeRawBufferPointer(start: word, count: strlen(word))))
          return
        }
      }
    }
    self.init(argument)
  }
}
