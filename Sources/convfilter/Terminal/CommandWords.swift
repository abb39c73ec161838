import Libc
import Raster

/// The words of the command line.
///
/// A word may hold bytes that are no UTF-8, for file names may. Each such byte is one of the 256 last
/// scalars of Unicode's private planes here, and `FilePath(argument:)` takes it back.
enum CommandWords {
  /// What follows the program's name; nil where the system does not tell.
  static var all: [String]? {
    let count = Int(CommandLine.argc)
    if count > 0 { return (1..<count).compactMap { CommandLine.unsafeArgv[$0] }.map(text) }
    return laidOut.map { $0.map(text) }
  }

  /// The words where the kernel lays them, below the environment (System V ABI): their number, the
  /// words, a null. Swift reads them from /proc, which may not be there.
  private static var laidOut: [UnsafeMutablePointer<CChar>]? {
    #if canImport(Glibc)
      guard let environment = Optional(environ), environment[-1] == nil else { return nil }
      // No more than the kernel takes.
      for count in 1..<(1 << 20) where Int(bitPattern: environment[-2 - count]) == count {
        return (1..<count).compactMap { environment[-1 - count + $0] }
      }
    #endif
    return nil
  }

  private static let escapes: ClosedRange<UInt32> = 0x10_ff00...0x10_ffff
  /// The first byte of the escapes, and of nothing that anybody writes.
  private static let escapeLead: UInt8 = 0xf4

  private static func text(_ word: UnsafeMutablePointer<CChar>) -> String {
    if let text = String(validatingCString: word), !text.utf8.contains(escapeLead) { return text }
    return text(UnsafeRawBufferPointer(start: word, count: strlen(word)))
  }

  /// The text that stands for these bytes.
  static func text(_ bytes: some Collection<UInt8>) -> String {
    var text = String.UnicodeScalarView()
    var rest = bytes[...]
    var parser = Unicode.UTF8.ForwardParser()
    var iterator = rest.makeIterator()
    while true {
      let length: Int
      switch parser.parseScalar(from: &iterator) {
      case .emptyInput: return String(text)
      case .valid(let encoded):
        length = encoded.count
        let scalar = Unicode.UTF8.decode(encoded)
        if !escapes.contains(scalar.value) {
          text.append(scalar)
          rest = rest.dropFirst(length)
          continue
        }
      case .error(let count): length = count
      }
      for byte in rest.prefix(length) {
        text.append(Unicode.Scalar(escapes.lowerBound + UInt32(byte))!)
      }
      rest = rest.dropFirst(length)
    }
  }

  /// The bytes that a text stands for.
  static func bytes(_ text: String) -> [UInt8] {
    if !text.utf8.contains(escapeLead) { return Array(text.utf8) }
    return text.unicodeScalars.flatMap { scalar in
      escapes.contains(scalar.value)
        ? [UInt8(scalar.value - escapes.lowerBound)] : Array(String(scalar).utf8)
    }
  }
}
