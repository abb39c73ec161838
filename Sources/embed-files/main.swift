import Text

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

// embed-files OUTPUT FILE...: writes a Swift source that holds the files, in Base64 so that the
// compiler sees one short string literal a file.

func fail(_ message: String) -> Never {
  let line = Array("embed-files: \(message)\n".utf8)
  _ = write(2, line, line.count)
  exit(1)
}

/// - Returns: nil where the file cannot be opened.
func contents(_ path: String) -> [UInt8]? {
  guard let file = fopen(path, "rb") else { return nil }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var block = [UInt8](repeating: 0, count: 65536)
  while true {
    let count = fread(&block, 1, block.count, file)
    if count == 0 { break }
    bytes += block[..<count]
  }
  return bytes
}

let arguments = CommandLine.arguments
guard arguments.count >= 2 else { fail("usage: embed-files OUTPUT FILE...") }
var source = """
  /// Files that travel inside the program, by name, in Base64.
  package enum EmbeddedFiles {
    package static let base64: [(name: String, text: StaticString)] = [

  """
for path in arguments.dropFirst(2) {
  let name = path.split(separator: "/").last.map(String.init) ?? path
  guard let bytes = contents(path) else { fail("cannot read \(path)") }
  source += "    (\"\(name)\", \"\(Base64.encode(bytes))\"),\n"
}
source += "  ]\n}\n"
// A file that is as it was keeps its time: what was compiled from it need not be compiled again.
if contents(arguments[1]) == Array(source.utf8) { exit(0) }
guard let file = fopen(arguments[1], "wb") else { fail("cannot write \(arguments[1])") }
guard fputs(source, file) >= 0, fclose(file) == 0 else { fail("cannot write \(arguments[1])") }
