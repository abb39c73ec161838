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
    } catch .unwritable(let reason) where Self.foreign.contains(reason) {
      throw CommandFailure(
        "stands where a training keeps its lock, and is none; remove or rename it, or name another file "
          + "with --output", at: "\(files.lock)")
    } catch {
      throw CommandFailure("\(error)", at: "\(files.model)")
    }
  }

  /// What `errno` says of something else under the name of the lock: a file with contents or a pipe, a
  /// folder, a link, a socket.
  private static let foreign = [EEXIST, EISDIR, ELOOP, ENXIO]

  /// The descriptor of the file with its lock, or -1 with `errno`.
  private static func lock(_ name: UnsafePointer<CChar>) -> Int32 {
    while true {
      let file = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o644)
      if file < 0 { return -1 }
      var (opened, named) = (stat(), stat())
      // Locks are empty files, those that killed trainings have left, too: anything else is another's.
      guard fstat(file, &opened) == 0, opened.st_mode & S_IFMT == S_IFREG, opened.st_size == 0
      else {
        close(file)
        errno = EEXIST
        return -1
      }
      if flock(file, LOCK_EX | LOCK_NB) != 0 {
        let failure = errno
        close(file)
        errno = failure
        return -1
      }
      // Who had the lock before may have removed the file since it was opened.
      if lstat(name, &named) == 0, Self.isSame(opened, named) { return file }
      close(file)
    }
  }

  private static func isSame(_ first: stat, _ second: stat) -> Bool {
    first.st_dev == second.st_dev && first.st_ino == second.st_ino
  }

  /// Lets other trainings have the names.
  func release() {
    var (opened, named) = (stat(), stat())
    path.withCString { name in
      // What has come up in its place is another's.
      if fstat(descriptor, &opened) == 0, lstat(name, &named) == 0, Self.isSame(opened, named) {
        unlink(name)
      }
    }
    close(descriptor)
  }
}
