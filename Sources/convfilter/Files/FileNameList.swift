#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Names ended by zero bytes, as `find -print0` writes them.
enum FileNameList {
  /// The names in a file, or on standard input for `-`.
  static func names(in path: FilePath) throws(FileError) -> [FilePath] {
    let bytes: [UInt8]
    if path == FilePath("-") {
      bytes = try contents(0)
    } else {
      let file = try OpenFile(path)
      bytes = try contents(file.descriptor)
    }
    return bytes.split(separator: 0).map { FilePath(bytes: Array($0)) }
  }

  private static func contents(_ descriptor: Int32) throws(FileError) -> [UInt8] {
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = read(descriptor, &block, block.count)
      if count == 0 { return bytes }
      if count > 0 {
        bytes += block[..<count]
      } else if errno != EINTR {
        throw .unreadable(reason: errno)
      }
    }
  }
}
