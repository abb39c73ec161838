import Libc
import Raster

/// The file that a name leads to, looked at before anything is written.
struct OutputPlace {
  /// The name, links followed: a link stays a link, what it leads to is replaced.
  let path: FilePath
  /// The file that is there, nil for none.
  let existing: FileStatus?

  /// - Throws: `FileError.danglingLink`, `.folderAsPicture`, `.unwritable`.
  init(_ path: FilePath) throws(FileError) {
    var status = stat()
    guard path.withCString({ lstat($0, &status) }) == 0 else {
      // Other failures (a name too long) would come up only when the work is done.
      if errno != ENOENT { throw .unwritable(reason: errno) }
      self.path = path
      existing = nil
      return
    }
    existing = try FileStatus(path)
    guard let existing else { throw .danglingLink }
    if existing.kind == .folder { throw .folderAsOutput }
    self.path = status.st_mode & S_IFMT == S_IFLNK ? path.resolved ?? path : path
  }

  /// Makes the folders that lead to the file.
  static func makeFolders(to path: FilePath) throws(FileError) {
    let folder = path.parent
    if folder.withCString({ mkdir($0, 0o777) }) == 0 || errno == EEXIST { return }
    if errno != ENOENT || folder == path { throw .folderUnmade(folder, reason: errno) }
    try makeFolders(to: folder)
    if folder.withCString({ mkdir($0, 0o777) }) != 0, errno != EEXIST {
      throw .folderUnmade(folder, reason: errno)
    }
  }
}
