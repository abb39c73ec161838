import Libc
import Raster

/// What the system knows about a file.
struct FileStatus: Sendable {
  enum Kind: Sendable {
    case regular
    case folder
    /// A pipe, a device, a socket.
    case other
  }

  /// The same for two names of one file.
  struct Identity: Hashable, Sendable {
    let device: UInt64
    let node: UInt64
  }

  let kind: Kind
  let identity: Identity
  /// Size, in bytes.
  let size: Int
  /// Names that lead to it (hard links).
  let names: Int
  let permissions: mode_t
  let owner: uid_t
  let group: gid_t
  /// Time of access and of the last change.
  let times: [timespec]

  /// Whether both tell of the same file with the same bytes, as far as can be told without reading it.
  func isUnchanged(since earlier: FileStatus) -> Bool {
    let (now, then) = (times[1], earlier.times[1])
    return identity == earlier.identity && size == earlier.size && now.tv_sec == then.tv_sec
      && now.tv_nsec == then.tv_nsec
  }

  private init(_ status: stat) {
    switch status.st_mode & S_IFMT {
    case S_IFREG: kind = .regular
    case S_IFDIR: kind = .folder
    default: kind = .other
    }
    identity = Identity(device: UInt64(status.st_dev), node: UInt64(status.st_ino))
    size = Int(status.st_size)
    names = Int(status.st_nlink)
    permissions = status.st_mode & 0o7777
    owner = status.st_uid
    group = status.st_gid
    #if canImport(Glibc)
      times = [status.st_atim, status.st_mtim]
    #else
      times = [status.st_atimespec, status.st_mtimespec]
    #endif
  }

  /// What a name leads to, through links; nil where there is nothing.
  init?(_ path: FilePath) throws(FileError) {
    var status = stat()
    let result = path.withCString { stat($0, &status) }
    if result != 0 {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw .unreadable(reason: errno)
    }
    self.init(status)
  }

  init(descriptor: Int32) throws(FileError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .unreadable(reason: errno) }
    self.init(status)
  }
}
