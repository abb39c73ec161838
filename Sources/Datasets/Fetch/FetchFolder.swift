#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The folder into which a data set is fetched: what is written there, and how it gets its name.
///
/// Everything is put together in a hidden folder beside the place where it will stand, which stays
/// when a download breaks off, so that the next one goes on from there.
struct FetchFolder {
  let target: DataFolder
  /// The hidden folder: `.mnist.partial`.
  let partial: DataFolder
  private let lock: Int32

  /// Makes the folders and keeps other processes out.
  ///
  /// - Throws: `DatasetError.cannotWrite`, `.beingFetched`.
  init(_ target: DataFolder, name: String) throws(DatasetError) {
    self.target = target
    partial = target.folder(".\(name).partial")
    try Self.make(target.path)
    lock = open(target.path + "/.\(name).lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard lock >= 0 else { throw Self.failure(".\(name).lock") }
    guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
      close(lock)
      throw .beingFetched(name: name)
    }
    do { try Self.make(partial.path) } catch {
      close(lock)
      throw error
    }
  }

  /// Lets other processes in again.
  func unlock() { close(lock) }

  /// Gives a finished file its name within the hidden folder.
  func rename(_ from: String, to name: String) throws(DatasetError) {
    guard Self.move(partial.path + "/" + from, partial.path + "/" + name) else {
      throw Self.failure(name)
    }
  }

  func remove(_ name: String) { Self.removeAll(partial.path + "/" + name) }

  func make(_ name: String) throws(DatasetError) { try Self.make(partial.path + "/" + name) }

  /// Puts a folder of finished files in its place.
  ///
  /// In one step where nothing stands there; else file by file, each in one step.
  ///
  /// - Parameters:
  ///   - source: a folder within the hidden one.
  ///   - name: what it is called within the target.
  func place(_ source: String, as name: String) throws(DatasetError) {
    let (from, to) = (partial.path + "/" + source, target.path + "/" + name)
    if !Self.move(from, to) {
      for file in try partial.folder(source).entries().files {
        guard Self.move(from + "/" + file, to + "/" + file) else {
          throw Self.failure(name + "/" + file)
        }
      }
    }
    Self.removeAll(partial.path)
  }

  /// Makes a folder and those that lead to it.
  private static func make(_ path: String) throws(DatasetError) {
    var made = path.hasPrefix("/") ? "" : "."
    for part in path.split(separator: "/") {
      made += "/" + part
      if mkdir(made, 0o755) != 0 && errno != EEXIST && !DataFolder(made).exists {
        throw failure(String(part))
      }
    }
  }

  private static func move(_ from: String, _ to: String) -> Bool {
    #if canImport(Glibc)
      Glibc.rename(from, to) == 0
    #else
      Darwin.rename(from, to) == 0
    #endif
  }

  private static func removeAll(_ path: String) {
    if unlink(path) == 0 { return }
    if let entries = try? DataFolder(path).entries() {
      for name in entries.files + entries.folders + entries.hidden { removeAll(path + "/" + name) }
    }
    rmdir(path)
  }

  private static func failure(_ file: String) -> DatasetError {
    .cannotWrite(file: file, reason: String(cString: strerror(errno)))
  }
}
