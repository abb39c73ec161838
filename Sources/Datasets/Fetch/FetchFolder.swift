import ImageCodecs
import Libc
import Raster

/// The folder into which a data set is fetched: what is written there, and how it gets its name.
///
/// Everything is put together in a hidden folder beside the place where it will stand, which stays
/// when a download breaks off, so that the next one goes on from there.
struct FetchFolder {
  let target: DataFolder
  /// The hidden folder: `.mnist.partial`.
  let partial: DataFolder
  private let lock: Int32
  private let lockPath: FilePath

  /// Makes the folders and keeps other processes out.
  ///
  /// - Throws: `DatasetError.cannotWrite`, `.beingFetched`.
  init(_ target: DataFolder, name: String) throws(DatasetError) {
    self.target = target
    partial = target.folder(".\(name).partial")
    try Self.make(target.path)
    lockPath = target.path.appending(".\(name).lock")
    let lock = lockPath.withCString { open($0, O_RDWR | O_CREAT | O_CLOEXEC, 0o644) }
    guard lock >= 0 else { throw .cannotWrite(file: "\(target.path)", code: errno) }
    // Whoever has just removed the file lets nobody in by it any more.
    var (mine, there) = (stat(), stat())
    guard flock(lock, LOCK_EX | LOCK_NB) == 0, fstat(lock, &mine) == 0,
      lockPath.withCString({ stat($0, &there) }) == 0, mine.st_ino == there.st_ino
    else {
      close(lock)
      throw .beingFetched(name: name)
    }
    self.lock = lock
  }

  /// Lets other processes in again, and removes what holds nothing: the lock, and downloads that have not begun.
  func unlock() {
    if let entries = try? partial.entries() {
      for name in entries.files + entries.hidden {
        let path = partial.path.appending(name.bytes)
        var status = stat()
        if path.withCString({ lstat($0, &status) }) == 0, status.st_size == 0 {
          Self.removeAll(path)
        }
      }
    }
    _ = partial.path.withCString { rmdir($0) }
    _ = lockPath.withCString { unlink($0) }
    close(lock)
  }

  /// Opens a file in the hidden folder to write at its end.
  func append(_ name: String) throws(DatasetError) -> Int32 {
    try Self.make(partial.path)
    let path = partial.path.appending(name)
    let file = path.withCString { open($0, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644) }
    guard file >= 0 else { throw .cannotWrite(file: "\(path)", code: errno) }
    return file
  }

  /// Writes a whole file in the hidden folder.
  func write(_ bytes: ArraySlice<UInt8>, to name: String) throws(DatasetError) {
    remove(name)
    let file = try append(name)
    defer { close(file) }
    try write(bytes, to: file, name)
  }

  /// Writes bytes to a file that `append` has opened.
  func write(_ bytes: ArraySlice<UInt8>, to file: Int32, _ name: String) throws(DatasetError) {
    let failure = bytes.withUnsafeBytes { Descriptor.write($0, to: file) }
    if failure != 0 {
      throw .cannotWrite(file: "\(partial.path.appending(name))", code: failure)
    }
  }

  /// Gives a finished file its name within the hidden folder.
  func rename(_ from: String, to name: String) throws(DatasetError) {
    try Self.move(partial.path.appending(from), partial.path.appending(name))
  }

  func remove(_ name: String) { Self.removeAll(partial.path.appending(name)) }

  /// Removes the hidden folder.
  func clear() { Self.removeAll(partial.path) }

  /// Puts finished files of the hidden folder in their place, each in one step.
  ///
  /// - Parameters:
  ///   - files: what they are called.
  ///   - name: the folder within the target.
  func place(_ files: [String], in name: String) throws(DatasetError) {
    let folder = target.path.appending(name)
    try Self.make(folder)
    for file in files {
      try Self.move(partial.path.appending(file), folder.appending(file))
    }
    clear()
  }

  /// Moves a file that is not the published one out of the way, keeping it.
  ///
  /// - Returns: its new name.
  func setAside(_ file: String, in name: String) throws(DatasetError) -> String {
    let folder = target.folder(name)
    var number = 1
    while folder.size("\(file).old\(number)") != nil { number += 1 }
    let kept = "\(file).old\(number)"
    try Self.move(folder.path.appending(file), folder.path.appending(kept))
    return kept
  }

  /// Removes a damaged file that another takes the place of.
  func discard(_ file: String, in name: String) {
    Self.removeAll(target.folder(name).path.appending(file))
  }

  /// Makes a folder and those that lead to it.
  private static func make(_ path: FilePath) throws(DatasetError) {
    if path.withCString({ mkdir($0, 0o755) }) == 0 || DataFolder(path).exists { return }
    // Asked again: to look whether it exists has changed what `errno` says.
    if path.withCString({ mkdir($0, 0o755) }) == 0 { return }
    let code = errno
    let parent = path.parent
    guard code == ENOENT, parent != path else {
      throw .cannotWrite(file: "\(path)", code: code)
    }
    try make(parent)
    if path.withCString({ mkdir($0, 0o755) }) != 0, errno != EEXIST {
      throw .cannotWrite(file: "\(path)", code: errno)
    }
  }

  private static func move(_ from: FilePath, _ to: FilePath) throws(DatasetError) {
    let result = from.withCString { from in
      to.withCString { to in
        Libc.rename(from, to)
      }
    }
    if result != 0 { throw .cannotWrite(file: "\(to)", code: errno) }
  }

  private static func removeAll(_ path: FilePath) {
    if path.withCString({ unlink($0) }) == 0 { return }
    if let entries = try? DataFolder(path).entries() {
      for name in entries.files + entries.folders + entries.others + entries.hidden {
        removeAll(path.appending(name.bytes))
      }
    }
    _ = path.withCString { rmdir($0) }
  }
}
