import ImageCodecs
import Libc
import Raster

/// A `.convfilter-update`: what is known of the results in a folder. It grows by a line a result, so that
/// nothing is lost however the program ends, and is one run's at a time.
final class UpdateFile {
  private let path: FilePath
  /// Locked as long as it is open; -1 for none.
  private var descriptor: Int32 = -1
  private(set) var records: [FilePath: UpdateRecord] = [:]
  /// The results by their nodes.
  private var results: [UInt64: FileStamp] = [:]
  private var lines = 0
  /// What must be written before the next line.
  private var missing: [UInt8] = []

  /// - Parameter isRead: whether nothing will be noted.
  /// - Throws: `FileError.updating`, `.noRecord`, `.unreadable`.
  init(_ path: FilePath, isRead: Bool) throws(FileError) {
    self.path = path
    let found: Int32
    do {
      found = try Self.open(path, isRead ? O_RDONLY : O_RDWR | O_APPEND, isLocked: !isRead)
    } catch .unwritable(ENOENT), .unwritable(ENOTDIR) {
      return
    } catch  where !isRead && error != .updating {
      // Where nothing can be written there may be nothing to write.
      found = try Self.open(path, O_RDONLY, isLocked: false)
    }
    defer { if descriptor < 0 { close(found) } }
    let text = try OpenFile.contents(of: found, limit: 1 << 30)
    if UpdateText.head.starts(with: text) {
      // The program ended with the first line.
      if !isRead, ftruncate(found, 0) != 0 { throw .unwritable(reason: errno) }
      missing = UpdateText.head
    } else {
      guard let known = UpdateText.records(text) else { throw .noRecord }
      (records, lines) = known
      if text.last != UInt8(ascii: "\n") { missing = [UInt8(ascii: "\n")] }
      results.reserveCapacity(records.count)
      for record in records.values { results[record.output.node] = record.output }
    }
    if !isRead { descriptor = found }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Whether a file is one of the results, under whatever name.
  func isResult(_ stamp: FileStamp) -> Bool { results[stamp.node] == stamp }

  /// Adds a line.
  ///
  /// - Parameter durable: whether it must outlive a power failure.
  func append(_ record: UpdateRecord, _ name: FilePath, durable: Bool) throws(FileError) {
    if descriptor < 0 {
      descriptor = try Self.open(path, O_RDWR | O_APPEND | O_CREAT, isLocked: true)
      // Another run may have made it since, and left.
      let isNew = lseek(descriptor, 0, SEEK_END) == 0
      missing = isNew ? UpdateText.head : [UInt8(ascii: "\n")]
    }
    let line = missing + UpdateText.line(record, name)
    missing = [UInt8(ascii: "\n")]
    try ResultFile.write(line, to: descriptor)
    if durable, fsync(descriptor) != 0 { throw .unwritable(reason: errno) }
    missing = []
    lines += 1
    if let old = records.updateValue(record, forKey: name) {
      results[old.output.node] = nil
    }
    results[record.output.node] = record.output
  }

  /// Writes the file anew where most of it no longer holds.
  func shorten() {
    guard descriptor >= 0, lines > 2 * records.count + 100 else { return }
    let names = records.keys.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    let text = UpdateText.head + names.flatMap { UpdateText.line(records[$0]!, $0) }
    // A long record is as good as a short one.
    if (try? WholeFile.write(text, to: path, replacing: true)) != nil { lines = records.count }
  }

  /// - Throws: `FileError.updating` where another process has it locked, `.unwritable`.
  private static func open(
    _ path: FilePath, _ flags: Int32, isLocked: Bool
  ) throws(FileError) -> Int32 {
    while true {
      // A pipe in its place would wait for somebody at the other end.
      let file = path.withCString {
        Libc.open($0, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o666)
      }
      if file < 0 {
        throw [ELOOP, EISDIR, ENXIO].contains(errno) ? .noRecord : .unwritable(reason: errno)
      }
      guard try FileStatus(descriptor: file).kind == .regular else {
        close(file)
        throw .noRecord
      }
      if !isLocked { return file }
      // File systems without locks are trusted.
      if flock(file, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
        close(file)
        throw .updating
      }
      // Who had the lock before may have written the file anew since it was opened.
      if let named = try FileStatus(path)?.identity,
        try named == FileStatus(descriptor: file).identity
      {
        return file
      }
      close(file)
    }
  }
}
