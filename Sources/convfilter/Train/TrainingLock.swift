import Libc
import Raster

/// Keeps the names of a training for one process at a time, however it ends.
final class TrainingLock {
  private let descriptor: Int32
  private let path: FilePath
  private let guarded: GuardedName

  /// - Throws: where another training has the names, or nothing can be written beside the model.
  init(_ files: TrainingFiles) throws {
    path = files.lock
    var descriptor: Int32 = -1
    do {
      guarded = try GuardedName(path) { name in
        descriptor = Self.lock(name)
        return descriptor
      }
      self.descriptor = descriptor
    } catch .unwritable(EWOULDBLOCK) {
      throw CommandFailure(
        "another training is writing it; wait for its end, or name another file with --output",
        at: "\(files.model)")
    } catch {
      throw CommandFailure("\(error)", at: "\(files.model)")
    }
  }

  /// The descriptor of the file with its lock, or -1 with `errno`.
  private static func lock(_ name: UnsafePointer<CChar>) -> Int32 {
    while true {
      let file = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
      if file < 0 { return -1 }
      var (opened, named) = (stat(), stat())
      if flock(file, LOCK_EX | LOCK_NB) != 0 {
        let failure = errno
        close(file)
        errno = failure
        return -1
      }
      // Who had the lock before may have removed the file since it was opened.
      if fstat(file, &opened) == 0, stat(name, &named) == 0, opened.st_dev == named.st_dev,
        opened.st_ino == named.st_ino
      {
        return file
      }
      close(file)
    }
  }

  /// Lets other trainings have the names.
  func release() {
    _ = path.withCString { unlink($0) }
    close(descriptor)
  }
}
