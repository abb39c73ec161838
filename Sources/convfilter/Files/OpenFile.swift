#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file opened for reading, closed with its value unless it is standard input.
struct OpenFile: ~Copyable {
  let descriptor: Int32

  private init(descriptor: Int32) { self.descriptor = descriptor }

  static var standardInput: OpenFile { OpenFile(descriptor: 0) }

  /// - Throws: `FileError.missing` or `.unreadable`.
  init(_ path: FilePath) throws(FileError) {
    let descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC) }
    if descriptor < 0 {
      throw errno == ENOENT || errno == ENOTDIR ? .missing : .unreadable(reason: errno)
    }
    self.descriptor = descriptor
  }

  deinit { if descriptor > 2 { close(descriptor) } }

  /// - Throws: `FileError.folderAsPicture` for a folder, which opens but cannot be read.
  func pictureStatus() throws(FileError) -> FileStatus {
    let status = try FileStatus(descriptor: descriptor)
    if status.kind == .folder { throw .folderAsPicture }
    return status
  }

  /// All bytes.
  ///
  /// - Parameter limit: bytes that are read at most (a pipe may never end).
  /// - Throws: `FileError.tooLarge` or `.unreadable`.
  func contents(limit: Int) throws(FileError) -> [UInt8] {
    try Self.contents(of: descriptor, limit: limit)
  }

  static func contents(of descriptor: Int32, limit: Int) throws(FileError) -> [UInt8] {
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = read(descriptor, &block, block.count)
      if count == 0 { return bytes }
      if count > 0 {
        bytes += block[..<count]
        if bytes.count > limit { throw .tooLarge(limit: limit) }
      } else if errno != EINTR {
        throw .unreadable(reason: errno)
      }
    }
  }
}
