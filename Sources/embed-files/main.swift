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

func contents(_ path: String) -> [UInt8] {
  guard let file = fopen(path, "rb") else { fail("cannot read \(path)") }
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

func base64(_ bytes: [UInt8]) -> String {
  let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  var text: [UInt8] = []
  for start in stride(from: 0, to: bytes.count, by: 3) {
    let count = min(3, bytes.count - start)
    var group = 0
    for offset in 0..<3 { group = group << 8 | (offset < count ? Int(bytes[start + offset]) : 0) }
    for digit in 0..<4 {
      text.append(digit <= count ? alphabet[group >> (18 - 6 * digit) & 63] : UInt8(ascii: "="))
    }
  }
  return String(decoding: text, as: UTF8.self)
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
  source += "    (\"\(name)\", \"\(base64(contents(path)))\"),\n"
}
source += "  ]\n}\n"
guard let file = fopen(arguments[1], "wb") else { fail("cannot write \(arguments[1])") }
guard fputs(source, file) >= 0, fclose(file) == 0 else { fail("cannot write \(arguments[1])") }
