#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file opened for reading, closed with its value.
struct OpenFile: ~Copyable {
  let descriptor: Int32

  /// - Throws: `FileError.missing` or `.unreadable`.
  init(_ path: FilePath) throws(FileError) {
    let descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC) }
    if descriptor < 0 {
      throw errno == ENOENT || errno == ENOTDIR ? .missing : .unreadable(reason: errno)
    }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// - Throws: `FileError.folderAsPicture` for a folder, which opens but cannot be read.
  func pictureStatus() throws(FileError) -> FileStatus {
    let status = try FileStatus(descriptor: descriptor)
    if status.kind == .folder { throw .folderAsPicture }
    return status
  }
}
