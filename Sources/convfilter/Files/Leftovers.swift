import Libc
import Raster
import Synchronization

/// Temporary files that killed programs have left.
enum Leftovers {
  private static let seen = Mutex<Set<FilePath>>([])

  /// Removes those in a folder that are ours and that nobody writes; once for each folder.
  static func remove(in folder: FilePath) {
    guard seen.withLock({ $0.insert(folder).inserted }) else { return }
    guard let stream = folder.withCString({ opendir($0) }) else { return }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if let process = process(of: name), process != getpid() {
        folder.appending(name).withCString { removeIfLeft($0, process) }
      }
    }
  }

  /// The process that a name `.convfilter-PID-N` speaks of, nil for other names.
  static func process(of name: [UInt8]) -> pid_t? {
    guard name.starts(with: TemporaryName.prefix) else { return nil }
    let numbers = name.dropFirst(TemporaryName.prefix.count)
      .split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard numbers.count == 2,
      numbers.allSatisfy({ !$0.isEmpty && $0.allSatisfy { (0x30...0x39).contains($0) } })
    else { return nil }
    return pid_t(String(decoding: numbers[0], as: UTF8.self))
  }

  private static func removeIfLeft(_ name: UnsafePointer<CChar>, _ process: pid_t) {
    if kill(process, 0) == 0 || errno != ESRCH { return }
    let file = open(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    if file < 0 { return }
    defer { close(file) }
    var status = stat()
    // A process of another machine or container that writes it holds a lock.
    if fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(),
      flock(file, LOCK_EX | LOCK_NB) == 0
    {
      unlink(name)
    }
  }
}
