import Libc

/// The name of a file: bytes as the system has them, which need not be UTF-8.
///
/// Nothing in a name has a meaning but `/`: `-x.png`, `a:b.png` and `%o` are names.
public struct FilePath: Hashable, Sendable {
  /// The name without the zero that ends it.
  public let bytes: [UInt8]

  public init(bytes: [UInt8]) { self.bytes = bytes }

  public init(_ text: String) { bytes = Array(text.utf8) }

  /// Calls `body` with the name, ended by a zero.
  public func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    (bytes + [0]).withUnsafeBufferPointer { buffer in
      buffer.withMemoryRebound(to: CChar.self) { body($0.baseAddress!) }
    }
  }
}

extension FilePath: CustomStringConvertible {
  /// The name as text, with control characters made visible.
  public var description: String { String(decoding: bytes, as: UTF8.self).visible }
}

extension FilePath {
  private static let slash = UInt8(ascii: "/")
  private static let dot = UInt8(ascii: ".")

  public var endsInSlash: Bool { bytes.last == Self.slash }

  /// The name without slashes at its end (but `/` itself).
  private var trimmed: ArraySlice<UInt8> {
    var slice = bytes[...]
    while slice.count > 1, slice.last == Self.slash { slice.removeLast() }
    return slice
  }

  /// What follows the last slash.
  public var lastComponent: [UInt8] {
    let slice = trimmed
    guard slice.count > 1, let slash = slice.lastIndex(of: Self.slash) else { return Array(slice) }
    return Array(slice[(slash + 1)...])
  }

  /// The folder that holds it; `.` where the name has no slash.
  public var parent: FilePath {
    let slice = trimmed
    guard let slash = slice.lastIndex(of: Self.slash) else { return FilePath(".") }
    return FilePath(bytes: slash == 0 ? [Self.slash] : Array(slice[..<slash]))
  }

  /// The name of something within this folder.
  public func appending(_ name: [UInt8]) -> FilePath {
    FilePath(bytes: endsInSlash || bytes.isEmpty ? bytes + name : bytes + [Self.slash] + name)
  }

  public func appending(_ name: String) -> FilePath { appending(Array(name.utf8)) }

  /// Where the extension starts: after the last dot of the last component, unless it leads it.
  private var extensionStart: Int? {
    guard let dot = bytes.lastIndex(of: Self.dot), dot > 0, bytes[dot - 1] != Self.slash,
      !bytes[dot...].contains(Self.slash)
    else { return nil }
    return dot + 1
  }

  /// The extension in lower case, without its dot; empty where there is none.
  public var fileExtension: String {
    extensionStart.map { String(decoding: bytes[$0...], as: UTF8.self).lowercased() } ?? ""
  }

  /// The same name with another extension (added where there was none).
  public func withExtension(_ text: String) -> FilePath {
    let stem = extensionStart.map { Array(bytes[..<($0 - 1)]) } ?? bytes
    return FilePath(bytes: stem + [Self.dot] + Array(text.utf8))
  }
}

extension FilePath {
  /// The name of the same file without links, nil where there is none.
  public var resolved: FilePath? {
    withCString { name in
      guard let real = realpath(name, nil) else { return nil }
      defer { free(real) }
      return FilePath(bytes: Array(UnsafeRawBufferPointer(start: real, count: strlen(real))))
    }
  }
}
