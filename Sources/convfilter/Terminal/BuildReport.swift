import ImageCodecs

/// What this build of the program holds, for `--version`.
enum BuildReport {
  static var text: String {
    func names(_ formats: [FileFormat]) -> String {
      formats.map(\.name).joined(separator: ", ")
    }
    let missing = CodecLibrary.allCases.filter { !$0.isBuiltIn }.map(\.name)
    return "reads      \(names(FileFormat.allCases))\n"
      + "writes     \(names(FileFormat.written))\n"
      + "libraries  "
      + CodecLibrary.allCases.filter(\.isBuiltIn).map(\.description).joined(separator: ", ") + "\n"
      + (missing.isEmpty ? "" : "without    \(missing.joined(separator: ", "))\n")
  }
}
