#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The name of a file: bytes as the system has them, which need not be UTF-8.
///
/// Nothing in a name has a meaning but `/`: `-x.png`, `a:b.png` and `%o` are names.
struct FilePath: Hashable, Sendable {
  /// The name without the zero that ends it.
  let bytes: [UInt8]

  init(bytes: [UInt8]) { self.bytes = bytes }

  init(_ text: String) { bytes = Array(text.utf8) }

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

  /// Calls `body` with the name, ended by a zero.
  func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    (bytes + [0]).withUnsafeBufferPointer { buffer in
      buffer.withMemoryRebound(to: CChar.self) { body($0.baseAddress!) }
    }
  }
}

extension FilePath: CustomStringConvertible {
  /// The name as text, with control characters made visible (they could command a terminal).
  var description: String {
    let text = String(decoding: bytes, as: UTF8.self)
    if !text.unicodeScalars.contains(where: Self.isControl) { return text }
    return text.unicodeScalars.reduce(into: "") { shown, scalar in
      shown += Self.isControl(scalar) ? scalar.escaped(asASCII: true) : String(scalar)
    }
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value)
  }
}

extension FilePath {
  private static let slash = UInt8(ascii: "/")
  private static let dot = UInt8(ascii: ".")

  var endsInSlash: Bool { bytes.last == Self.slash }

  /// The name without slashes at its end (but `/` itself).
  private var trimmed: ArraySlice<UInt8> {
    var slice = bytes[...]
    while slice.count > 1, slice.last == Self.slash { slice.removeLast() }
    return slice
  }

  /// What follows the last slash.
  var lastComponent: [UInt8] {
    let slice = trimmed
    guard slice.count > 1, let slash = slice.lastIndex(of: Self.slash) else { return Array(slice) }
    return Array(slice[(slash + 1)...])
  }

  /// The folder that holds it; `.` where the name has no slash.
  var parent: FilePath {
    let slice = trimmed
    guard let slash = slice.lastIndex(of: Self.slash) else { return FilePath(".") }
    return FilePath(bytes: slash == 0 ? [Self.slash] : Array(slice[..<slash]))
  }

  /// The name of something within this folder.
  func appending(_ name: [UInt8]) -> FilePath {
    FilePath(bytes: endsInSlash || bytes.isEmpty ? bytes + name : bytes + [Self.slash] + name)
  }

  /// Where the extension starts: after the last dot of the last component, unless it leads it.
  private var extensionStart: Int? {
    guard let dot = bytes.lastIndex(of: Self.dot), dot > 0, bytes[dot - 1] != Self.slash,
      !bytes[dot...].contains(Self.slash)
    else { return nil }
    return dot + 1
  }

  /// The extension in lower case, without its dot; empty where there is none.
  var fileExtension: String {
    extensionStart.map { String(decoding: bytes[$0...], as: UTF8.self).lowercased() } ?? ""
  }

  /// The same name with another extension (added where there was none).
  func withExtension(_ text: String) -> FilePath {
    let stem = extensionStart.map { Array(bytes[..<($0 - 1)]) } ?? bytes
    return FilePath(bytes: stem + [Self.dot] + Array(text.utf8))
  }
}
