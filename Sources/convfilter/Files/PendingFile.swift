import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file being written, which appears under its name whole or not at all.
///
/// Where the file system allows it the file has no name while it is written, so that nothing is
/// left whatever happens; else it is a hidden `.convfilter-…` file in the folder of the target,
/// removed on failure and on signals (a `kill -9` may leave it; nothing reads such files).
struct PendingFile: ~Copyable {
  /// Where to write.
  let descriptor: Int32
  private let target: FilePath
  private let temporary: FilePath?
  private let guarded: Interruption.Guarded?

  /// - Parameter target: the name to appear under; links are followed already.
  init(_ target: FilePath) throws(FileError) {
    self.target = target
    let nameless = Self.openNameless(target.parent)
    if nameless >= 0 {
      descriptor = nameless
      temporary = nil
      guarded = nil
      return
    }
    while true {
      let name = Self.temporaryName(in: target.parent)
      let guarded = Interruption.Guarded(name)
      let file = name.withCString { open($0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666) }
      if file >= 0 {
        descriptor = file
        temporary = name
        self.guarded = consume guarded
        return
      }
      if errno != EEXIST { throw .unwritable(reason: errno) }
    }
  }

  deinit {
    close(descriptor)
    if let temporary { _ = temporary.withCString { unlink($0) } }
  }

  /// Gives the file the permissions, the owner, the group, the extended attributes and the access
  /// lists of the one it replaces.
  func adopt(_ status: FileStatus) {
    // Only a privileged user may give files away; the permissions matter more.
    _ = fchown(descriptor, status.owner, status.group)
    _ = fchmod(descriptor, status.permissions)
    let replaced = target.withCString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard replaced >= 0 else { return }
    FileAttributes.copy(from: replaced, to: descriptor)
    close(replaced)
  }

  /// Gives the file the times of another.
  func adoptTimes(_ status: FileStatus) {
    _ = futimens(descriptor, status.times)
  }

  /// Makes the file appear.
  ///
  /// - Parameters:
  ///   - replacing: whether an existing file gives way.
  ///   - durable: whether to wait until the bytes are on the disk, so that a power failure leaves
  ///     the old file or the new one.
  /// - Throws: `FileError.exists`, or `.unwritable`.
  consuming func publish(replacing: Bool, durable: Bool) throws(FileError) {
    if durable, fsync(descriptor) != 0, errno != EINVAL { throw .unwritable(reason: errno) }
    var failure = link(to: target)
    if failure == EEXIST, !replacing { throw .exists }
    let linkless = failure == EPERM || failure == EOPNOTSUPP
    if linkless, !replacing, try FileStatus(target) != nil { throw .exists }
    if failure == EEXIST || linkless { failure = replace() }
    if failure != 0 { throw .unwritable(reason: failure) }
  }
}

extension PendingFile {
  /// Adds a name to the file: 0, or what `errno` said.
  private func link(to name: FilePath) -> Int32 {
    let result =
      if let temporary {
        temporary.withCString { old in name.withCString { new in Self.link(old, new) } }
      } else {
        FilePath("/proc/self/fd/\(descriptor)").withCString { old in
          name.withCString { linkat(AT_FDCWD, old, AT_FDCWD, $0, Int32(AT_SYMLINK_FOLLOW)) }
        }
      }
    return result == 0 ? 0 : errno
  }

  /// Puts the file in the place of another: 0, or what `errno` said.
  private func replace() -> Int32 {
    if let temporary { return Self.move(temporary, to: target) }
    while true {
      let name = Self.temporaryName(in: target.parent)
      let guarded = Interruption.Guarded(name)
      let failure = link(to: name)
      if failure == EEXIST { continue }
      if failure != 0 { return failure }
      let result = Self.move(name, to: target)
      if result != 0 { _ = name.withCString { unlink($0) } }
      _ = consume guarded
      return result
    }
  }

  private static func move(_ old: FilePath, to new: FilePath) -> Int32 {
    let result = old.withCString { old in new.withCString { rename(old, $0) } }
    return result == 0 ? 0 : errno
  }

  private static func link(_ old: UnsafePointer<CChar>, _ new: UnsafePointer<CChar>) -> Int32 {
    #if canImport(Glibc)
      Glibc.link(old, new)
    #else
      Darwin.link(old, new)
    #endif
  }

  /// A file without a name in `folder`, or a negative number where there is no such thing.
  private static func openNameless(_ folder: FilePath) -> Int32 {
    #if canImport(Glibc)
      // `O_TMPFILE` is hidden from Swift; its value is the same on all Linux architectures but
      // for `O_DIRECTORY`.
      guard canName else { return -1 }
      let flags = 0o20_000_000 | O_DIRECTORY | O_WRONLY | O_CLOEXEC
      return folder.withCString { open($0, flags, 0o666) }
    #else
      return -1
    #endif
  }

  /// Whether a file without a name can be given one. The variable is there for the tests, which
  /// would otherwise see one of the two ways on each system.
  private static let canName =
    access("/proc/self/fd", X_OK) == 0 && Terminal.variable("CONVFILTER_NAMED_TEMPORARIES") == nil

  private static let serial = Atomic<Int>(0)

  private static func temporaryName(in folder: FilePath) -> FilePath {
    let number = serial.wrappingAdd(1, ordering: .relaxed).newValue
    return folder.appending(Array(".convfilter-\(getpid())-\(number)".utf8))
  }
}
