import ImageCodecs
import Libc
import Raster

/// A folder of a data set, to read.
///
/// The one place of this room that opens files. Names are relative to the folder; which folder it
/// is, the caller decides.
public struct DataFolder: Sendable, Equatable {
  public let path: FilePath

  public init(_ path: FilePath) { self.path = path }

  public init(_ path: String) { self.init(FilePath(path)) }

  /// The folder of that name within this one.
  public func folder(_ name: FilePath) -> DataFolder { DataFolder(path.appending(name.bytes)) }

  public func folder(_ name: String) -> DataFolder { folder(FilePath(name)) }

  /// Whether the folder exists and may be read.
  public var exists: Bool {
    Self.kind(path) == .folder && path.withCString { access($0, R_OK | X_OK) } == 0
  }

  /// What a folder holds, each list in natural order.
  public struct Entries: Sendable, Equatable {
    public var folders: [FilePath] = []
    /// Files, and links to nowhere: to read one tells what is wrong with it.
    public var files: [FilePath] = []
    /// Pipes, sockets and devices.
    public var others: [FilePath] = []
    /// Names that begin with a point, and names that are bookkeeping of a desktop.
    public var hidden: [FilePath] = []
  }

  /// - Parameter folder: what it is called in messages.
  /// - Throws: `DatasetError.unreadable`.
  public func entries(called folder: FilePath = FilePath(".")) throws(DatasetError) -> Entries {
    guard let stream = path.withCString({ opendir($0) }) else { throw Self.failure(folder, errno) }
    defer { closedir(stream) }
    var entries = Entries()
    while true {
      // The end and a failure in the middle look the same but for this.
      errno = 0
      guard let entry = readdir(stream) else {
        if errno != 0 { throw Self.failure(folder, errno) }
        break
      }
      let name = FilePath(
        bytes: withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) })
      if name == FilePath(".") || name == FilePath("..") { continue }
      if name.bytes.first == UInt8(ascii: ".") || Self.bookkeeping.contains(name) {
        entries.hidden.append(name)
        continue
      }
      let place = path.appending(name.bytes)
      switch Self.kind(place) {
      case .folder: entries.folders.append(name)
      case .file: entries.files.append(name)
      case .other: entries.others.append(name)
      case nil:
        // Of a folder that may be listed but not entered nobody knows what it holds.
        if Self.isBarred(place) { throw Self.failure(folder, EACCES) }
        entries.files.append(name)
      }
    }
    entries.folders.sort(by: naturallyPrecedes)
    entries.files.sort(by: naturallyPrecedes)
    entries.others.sort(by: naturallyPrecedes)
    entries.hidden.sort(by: naturallyPrecedes)
    return entries
  }

  /// Refuses a folder in this one that is not looked into, where nobody could.
  ///
  /// - Throws: `DatasetError.unreadable`.
  func checkReadable(_ name: FilePath) throws(DatasetError) {
    let place = path.appending(name.bytes)
    if place.withCString({ access($0, R_OK | X_OK) }) != 0 { throw Self.failure(name, errno) }
  }

  /// Whether a name in the folder is that of a symbolic link.
  func isLink(_ name: FilePath) -> Bool { Self.isLink(path.appending(name.bytes)) }

  private static let bookkeeping = [FilePath("__MACOSX"), FilePath("Thumbs.db")]

  /// The size of a file, in bytes, or nil where there is no such file.
  public func size(_ name: String) -> Int? {
    var status = stat()
    guard path.appending(name).withCString({ stat($0, &status) }) == 0,
      status.st_mode & S_IFMT == S_IFREG
    else { return nil }
    return Int(status.st_size)
  }

  /// A whole file.
  ///
  /// - Throws: `DatasetError.unreadable`, with the reason that the system gives.
  public func read(_ name: FilePath) throws(DatasetError) -> [UInt8] {
    let descriptor = try open(name)
    defer { close(descriptor) }
    var status = stat()
    let size = fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    if size > Self.wholeLimit {
      throw .unreadable(
        file: "\(name)", reason: "it is longer than \(Self.wholeLimit >> 20) MiB")
    }
    var bytes: [UInt8] = []
    try read(descriptor, of: name, size: size, pieces: 1 << 20) { bytes += $0 }
    return bytes
  }

  /// Bytes of a file that is read whole: more than any picture here takes.
  private static let wholeLimit = 1 << 30

  public func read(_ name: String) throws(DatasetError) -> [UInt8] { try read(FilePath(name)) }

  /// Reads a file piece by piece.
  ///
  /// - Throws: `DatasetError.unreadable`.
  public func read(
    _ name: FilePath, pieces: Int = 1 << 20, _ body: (ArraySlice<UInt8>) -> Void
  ) throws(DatasetError) {
    let descriptor = try open(name)
    defer { close(descriptor) }
    var status = stat()
    let size = fstat(descriptor, &status) == 0 ? Int(status.st_size) : pieces
    try read(descriptor, of: name, size: size, pieces: pieces, body)
  }

  private func read(
    _ descriptor: Int32, of name: FilePath, size: Int, pieces: Int,
    _ body: (ArraySlice<UInt8>) -> Void
  ) throws(DatasetError) {
    // One byte more than there are shows the end without another round.
    var block = [UInt8](repeating: 0, count: max(4096, min(pieces, size + 1)))
    while true {
      let count = try read(descriptor, into: &block, of: name)
      if count == 0 { return }
      body(block[..<count])
    }
  }

  /// A part of a file.
  ///
  /// - Throws: `DatasetError.unreadable`, also where it ends before.
  public func read(
    _ name: FilePath, from offset: Int, count: Int
  ) throws(DatasetError) -> [UInt8] {
    let descriptor = try open(name)
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: count)
    if try read(descriptor, at: offset, into: &bytes, of: name) < count {
      throw .unreadable(file: "\(name)", reason: "it has become shorter")
    }
    return bytes
  }

  /// - Parameter offset: nil for where the descriptor stands.
  private func read(
    _ descriptor: Int32, at offset: Int? = nil, into bytes: inout [UInt8], of name: FilePath
  ) throws(DatasetError) -> Int {
    do throws(Descriptor.Failure) {
      return try Descriptor.read(descriptor, at: offset, into: &bytes)
    } catch {
      throw Self.failure(name, error.errno)
    }
  }

  /// Opens a file for reading; the caller closes it.
  ///
  /// - Throws: `DatasetError.unreadable`.
  func open(_ name: FilePath) throws(DatasetError) -> Int32 {
    let file = place(of: name)
    let descriptor = openFile(file)
    guard descriptor >= 0 else { throw Self.failure(name, errno, isLink: Self.isLink(file)) }
    // A list may name a device that never ends, or a pipe in which nothing ever comes.
    var status = stat()
    if fstat(descriptor, &status) == 0, ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT) {
      close(descriptor)
      throw .unreadable(file: "\(name)", reason: "it is a device or a pipe, no file")
    }
    return descriptor
  }

  /// A whole path is where it says, whatever the folder.
  func place(of name: FilePath) -> FilePath {
    name.bytes.first == UInt8(ascii: "/") ? name : path.appending(name.bytes)
  }

  private enum Kind { case folder, file, other }

  /// What a name leads to, nil where it leads nowhere.
  private static func kind(_ path: FilePath) -> Kind? {
    var status = stat()
    guard path.withCString({ stat($0, &status) }) == 0 else { return nil }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: return .folder
    case S_IFREG: return .file
    default: return .other
    }
  }

  /// Whether the folder of a name does not let anybody at it.
  private static func isBarred(_ path: FilePath) -> Bool {
    var status = stat()
    return path.withCString { lstat($0, &status) } != 0 && errno == EACCES
  }

  private static func isLink(_ path: FilePath) -> Bool {
    var status = stat()
    return path.withCString { lstat($0, &status) } == 0 && status.st_mode & S_IFMT == S_IFLNK
  }

  private static func failure(_ name: FilePath, _ code: Int32, isLink: Bool = false) -> DatasetError
  {
    let reason =
      isLink && code == ENOENT
      ? "a link to a file that does not exist" : String(cString: strerror(code))
    return .unreadable(file: "\(name)", reason: reason)
  }
}

/// `open(2)`, whose name a method of `DataFolder` hides.
private func openFile(_ path: FilePath) -> Int32 {
  path.withCString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
}
