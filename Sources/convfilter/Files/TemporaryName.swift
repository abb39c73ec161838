import Libc
import Raster
import Synchronization

/// A name of its own for a file that is being written: `.convfilter-PID-N` beside its target.
///
/// It goes with its value, when a signal ends the program, and, after a `kill -9`, when a later run
/// writes into the same folder: a lock on the file, which ends with its process, tells those that
/// nobody writes any more.
struct TemporaryName: ~Copyable {
  let path: FilePath
  private let guarded: GuardedName

  static let prefix = Array(".convfilter-".utf8)
  private static let serial = Atomic<Int>(0)

  /// - Parameter make: makes the file under a name, or says with `errno` why not, and returns its
  ///   descriptor or -1; it must not allocate memory.
  /// - Throws: `FileError.unwritable`.
  init(
    in folder: FilePath, make: (UnsafePointer<CChar>) -> Int32
  ) throws(FileError) {
    Leftovers.remove(in: folder)
    while true {
      let number = Self.serial.wrappingAdd(1, ordering: .relaxed).newValue
      let path = folder.appending(Self.prefix + Array("\(getpid())-\(number)".utf8))
      do {
        guarded = try GuardedName(path) { name in Self.locked(make(name)) }
        self.path = path
        return
      } catch .unwritable(EEXIST) {
        continue
      }
    }
  }

  /// A later run that found the file before it was locked has taken it for a left one.
  private static func locked(_ descriptor: Int32) -> Int32 {
    if descriptor < 0 { return -1 }
    flock(descriptor, LOCK_EX | LOCK_NB)
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return -1 }
    if status.st_nlink > 0 { return descriptor }
    errno = EEXIST
    return -1
  }

  /// Makes the file appear under another name: 0, or what `errno` said.
  ///
  /// - Parameter replacing: whether a file of that name gives way.
  func move(to target: FilePath, replacing: Bool) -> Int32 {
    path.renamed(to: target, replacing: replacing)
  }
}
