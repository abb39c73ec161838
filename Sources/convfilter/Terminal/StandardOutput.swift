#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Data for standard output: a full disk is an error, a reader that has gone away is not.
enum StandardOutput {
  static func write(_ text: String) throws(PlacedError) { try write(Array(text.utf8)) }

  static func write(_ bytes: [UInt8]) throws(PlacedError) {
    do {
      try WholeFile.write(bytes, to: 1)
    } catch {
      throw PlacedError(place: "standard output", message: "\(error)")
    }
  }
}

/// Something that went wrong at a file, ready to be told: `place: what happened; what to do`.
struct PlacedError: Error, Equatable, CustomStringConvertible {
  var place: String
  var message: String
  var description: String { "\(place): \(message)" }
}
