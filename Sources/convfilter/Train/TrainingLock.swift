#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Keeps the names of a training for one process at a time, however it ends.
final class TrainingLock {
  private let descriptor: Int32
  private let path: FilePath
  private let guarded: Interruption.Guarded

  /// - Throws: where another training has the names, or nothing can be written beside the model.
  init(_ files: TrainingFiles) throws {
    path = files.lock
    guarded = Interruption.Guarded(path)
    while true {
      let file = path.withCString { open($0, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644) }
      if file < 0 {
        throw CommandFailure("\(FileError.unwritable(reason: errno))", at: "\(files.model)")
      }
      if flock(file, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
        close(file)
        throw CommandFailure(
          "another training is writing it; wait for its end, or name another file with --output",
          at: "\(files.model)")
      }
      // Who had the lock before may have removed the file since it was opened.
      if try FileStatus(path)?.identity == FileStatus(descriptor: file).identity {
        descriptor = file
        return
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
