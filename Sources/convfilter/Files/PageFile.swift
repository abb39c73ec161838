import Raster
import Text

/// A page that a command writes, into a file or to standard output.
struct PageFile {
  private let name: String
  private let isReplacing: Bool
  private let isQuiet: Bool

  /// - Parameter name: `-` for standard output.
  init(_ name: String, replacing: Bool, isQuiet: Bool) {
    (self.name, isReplacing, self.isQuiet) = (name, replacing, isQuiet)
  }

  private var path: FilePath { FilePath(argument: name) }

  /// Refuses, before the work, a name under which nothing could be written after it.
  ///
  /// - Parameter inputs: what the command reads.
  func check(inputs: @autoclosure () throws -> InputFiles) throws {
    if name != "-" { try WholeFile.check(path, replacing: isReplacing, inputs: inputs()) }
  }

  /// Writes the page and says where it is.
  func write(_ text: String) throws {
    let bytes = Array(text.utf8)
    // A page is written as it is: what a terminal could mistake for commands stands in it as escapes.
    if name == "-" { return try StandardOutput.write(bytes) }
    try WholeFile.write(bytes, to: path, replacing: isReplacing)
    if isQuiet { return }
    try StandardOutput.write("\(path)  \(NumberText.bytes(bytes.count)), opens in any browser\n")
  }
}
