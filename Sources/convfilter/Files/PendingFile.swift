import ImageCodecs
import Libc
import Raster

/// A file being written, which appears under its name whole or not at all.
///
/// Where the file system allows it the file has no name while it is written, so that nothing is
/// left whatever happens; else it is a hidden `.convfilter-…` file in the folder of the target.
struct PendingFile: ~Copyable {
  private let file: OpenFile
  private let target: FilePath
  private var temporary: TemporaryName?

  /// Where to write.
  var descriptor: Int32 { file.descriptor }

  /// - Parameter target: the name to appear under; links are followed already.
  init(_ target: FilePath) throws(FileError) {
    self.target = target
    var descriptor = Self.openNameless(in: target.parent)
    temporary = nil
    if descriptor < 0 {
      temporary = try TemporaryName(in: target.parent) { name in
        if descriptor >= 0 { close(descriptor) }
        descriptor = Self.openNamed(name)
        return descriptor
      }
    }
    file = OpenFile(descriptor: descriptor)
  }

  /// Gives the file the permissions, the owner, the group, the extended attributes and the access
  /// lists of the one it replaces.
  func adopt(_ status: FileStatus) {
    let replaced = target.withCString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    Self.adopt(status, of: replaced, by: descriptor)
    if replaced >= 0 { close(replaced) }
  }

  private static func adopt(_ status: FileStatus, of source: Int32, by target: Int32) {
    // Only a privileged user may give files away; the permissions matter more.
    _ = fchown(target, status.owner, status.group)
    _ = fchmod(target, status.permissions)
    if source >= 0 { FileAttributes.copy(from: source, to: target) }
  }

  /// Gives the file the times of another.
  func adoptTimes(_ status: FileStatus) { _ = futimens(descriptor, status.times) }

  /// Makes the file appear.
  ///
  /// - Parameters:
  ///   - replacing: whether an existing file gives way.
  ///   - durable: whether to wait until the bytes are on the disk, so that a power failure leaves
  ///     the old file or the new one.
  /// - Throws: `FileError.exists`, or `.unwritable`.
  consuming func publish(replacing: Bool, durable: Bool) throws(FileError) {
    try Self.settle(descriptor, durable: durable)
    if var name = temporary.take() {
      try Self.move(&name, to: target, replacing: replacing)
    } else {
      let failure = Self.link(descriptor, to: target)
      if failure == EEXIST, !replacing { throw .exists }
      if failure != 0 {
        var name = try Self.name(descriptor, beside: target, durable: durable)
        try Self.move(&name, to: target, replacing: replacing)
      }
    }
    if durable { Self.settle(target.parent) }
  }
}

extension PendingFile {
  private static func move(
    _ name: inout TemporaryName, to target: FilePath, replacing: Bool
  ) throws(FileError) {
    let failure = name.move(to: target, replacing: replacing)
    if failure == EEXIST { throw .exists }
    if failure != 0 { throw .unwritable(reason: failure) }
  }

  /// Waits for what can still go wrong: network file systems write when a descriptor is closed.
  private static func settle(_ descriptor: Int32, durable: Bool) throws(FileError) {
    if durable, fsync(descriptor) != 0, errno != EINVAL { throw .unwritable(reason: errno) }
    let copy = dup(descriptor)
    if copy >= 0, close(copy) != 0, errno != EINTR { throw .unwritable(reason: errno) }
  }

  /// Waits until the names in a folder are on the disk.
  private static func settle(_ folder: FilePath) {
    let descriptor = folder.withCString { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    if descriptor < 0 { return }
    // The file is there: a folder that cannot be synced is no reason to say that it is not.
    fsync(descriptor)
    close(descriptor)
  }

  /// A name of its own for a file that has none.
  private static func name(
    _ nameless: Int32, beside target: FilePath, durable: Bool
  ) throws(FileError) -> TemporaryName {
    let source = strdup(place(of: nameless))!
    defer { free(source) }
    do {
      return try TemporaryName(in: target.parent) { link(source, to: $0) == 0 ? nameless : -1 }
    } catch {
      // Some systems refuse the link; what was worked out is not to be lost for that.
      return try copy(nameless, beside: target, durable: durable)
    }
  }

  private static func copy(
    _ nameless: Int32, beside target: FilePath, durable: Bool
  ) throws(FileError) -> TemporaryName {
    var descriptor: Int32 = -1
    let name = try TemporaryName(in: target.parent) { name in
      if descriptor >= 0 { close(descriptor) }
      descriptor = openNamed(name)
      return descriptor
    }
    let copy = OpenFile(descriptor: descriptor)
    let status = try FileStatus(descriptor: nameless)
    lseek(nameless, 0, SEEK_SET)
    try OpenFile.forEachBlock(of: nameless) { block throws(FileError) in
      try ResultFile.write(block, to: copy.descriptor)
      return true
    }
    adopt(status, of: nameless, by: copy.descriptor)
    _ = futimens(copy.descriptor, status.times)
    try settle(copy.descriptor, durable: durable)
    return name
  }

  /// Gives a nameless file its name: 0, or what `errno` said.
  private static func link(_ descriptor: Int32, to name: FilePath) -> Int32 {
    name.withCString { link(place(of: descriptor), to: $0) }
  }

  private static func link(
    _ place: UnsafePointer<CChar>, to name: UnsafePointer<CChar>
  ) -> Int32 {
    linkat(AT_FDCWD, place, AT_FDCWD, name, Int32(AT_SYMLINK_FOLLOW)) == 0 ? 0 : errno
  }

  private static func place(of descriptor: Int32) -> String { "/proc/self/fd/\(descriptor)" }

  private static func openNamed(_ name: UnsafePointer<CChar>) -> Int32 {
    open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
  }

  /// A file without a name in `folder`, or a negative number where there is no such thing.
  private static func openNameless(in folder: FilePath) -> Int32 {
    #if canImport(Glibc)
      // `O_TMPFILE` is hidden from Swift; its value is the same on all Linux architectures but
      // for `O_DIRECTORY`. Read, too: it may have to be copied.
      guard canName else { return -1 }
      let flags = 0o20_000_000 | O_DIRECTORY | O_RDWR | O_CLOEXEC
      return folder.withCString { open($0, flags, 0o666) }
    #else
      return -1
    #endif
  }

  /// Whether a file without a name can be given one. The variable is there for the tests, which
  /// would otherwise see one of the two ways on each system.
  private static let canName =
    access("/proc/self/fd", X_OK) == 0 && Terminal.variable("CONVFILTER_NAMED_TEMPORARIES") == nil
}
