import Raster

/// Names ended by zero bytes, as `find -print0` writes them.
enum FileNameList {
  /// The names in a file, or on standard input for `-`.
  static func names(in path: FilePath) throws(FileError) -> [FilePath] {
    let bytes: [UInt8]
    if path == FilePath("-") {
      bytes = try OpenFile.contents(of: 0, limit: limit)
    } else {
      bytes = try OpenFile(path).contents(limit: limit)
    }
    // One name with line ends in it is hardly meant.
    if !bytes.contains(0), bytes.contains(UInt8(ascii: "\n")) {
      throw .namesInLines
    }
    return bytes.split(separator: 0).map { FilePath(bytes: Array($0)) }
  }

  /// Bytes of a list: some ten million names.
  private static let limit = 1 << 30
}
