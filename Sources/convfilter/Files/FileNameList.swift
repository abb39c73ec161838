import Raster

/// Names ended by zero bytes, as `find -print0` writes them.
enum FileNameList {
  /// The names in a file, or on standard input for `-`.
  static func names(in path: FilePath) throws(FileError) -> [FilePath] {
    var names: [FilePath] = []
    var name: [UInt8] = []
    var (total, blanks) = (0, 0)
    func add(_ block: UnsafeRawBufferPointer) throws(FileError) -> Bool {
      total += block.count
      if total > limit { throw .tooLarge(limit: limit) }
      for byte in block {
        if byte != 0 {
          name.append(byte)
          // No list, or one of lines: what follows need not be held to know it.
          if name.count > longestName {
            throw name.contains(UInt8(ascii: "\n")) ? .namesInLines : .tooLarge(limit: longestName)
          }
        } else if !name.isEmpty {
          names.append(FilePath(bytes: name))
          name.removeAll(keepingCapacity: true)
        } else {
          // Names of no bytes are passed over; nothing but them is no list.
          blanks += 1
          if blanks > longestName { throw .tooLarge(limit: longestName) }
        }
      }
      return true
    }
    if path == FilePath("-") {
      try OpenFile.forEachBlock(of: 0, add)
    } else {
      let file = try OpenFile(path)
      try OpenFile.forEachBlock(of: file.descriptor, add)
    }
    if !name.isEmpty {
      // One name with line ends in it is hardly meant.
      if names.isEmpty, name.contains(UInt8(ascii: "\n")) { throw .namesInLines }
      names.append(FilePath(bytes: name))
    }
    return names
  }

  /// Bytes of a list: some ten million names.
  private static let limit = 1 << 30

  /// Bytes of a name: far more than a system takes, so that a long one is an error of its own.
  private static let longestName = 1 << 20
}
