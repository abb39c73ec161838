#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Files that are in memory as a whole before they are written.
enum WholeFile {
  /// The file appears whole or not at all.
  ///
  /// - Parameter replacing: whether an existing file gives way.
  static func write(_ bytes: [UInt8], to path: FilePath, replacing: Bool) throws(PlacedError) {
    do {
      try write(bytes, at: path, replacing: replacing)
    } catch {
      throw PlacedError(place: "\(path)", message: "\(error)")
    }
  }

  private static func write(_ bytes: [UInt8], at path: FilePath, replacing: Bool)
    throws(FileError)
  {
    let place = try OutputPlace(path)
    if place.existing?.kind == .regular, !replacing { throw .exists }
    let file = try ResultFile(place)
    try write(bytes, to: file.descriptor)
    try file.publish(
      replacing: place.existing, mayReplace: replacing, durable: place.existing != nil, times: nil)
  }

  /// All bytes; a reader that has gone away ends the program quietly.
  static func write(_ bytes: [UInt8], to descriptor: Int32) throws(FileError) {
    var start = 0
    while start < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        let rest = UnsafeRawBufferPointer(rebasing: buffer[start...])
        #if canImport(Glibc)
          return Glibc.write(descriptor, rest.baseAddress, rest.count)
        #else
          return Darwin.write(descriptor, rest.baseAddress, rest.count)
        #endif
      }
      if count >= 0 {
        start += count
      } else if errno == EPIPE {
        exit(ExitStatus.brokenPipe)
      } else if errno != EINTR {
        throw .unwritable(reason: errno)
      }
    }
  }
}
