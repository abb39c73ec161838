import Libc
import Raster
import Synchronization

/// The name of a file that goes with its value, and when a signal ends the program.
///
/// All such names stand where a signal handler finds them: no lock, no allocation. What goes is the
/// file that was made, never another one of its name.
struct GuardedName: ~Copyable {
  private let place: Int

  /// - Parameter make: makes the file under the name, or says with `errno` why not, and returns its
  ///   descriptor or -1; it must not allocate memory.
  /// - Throws: `FileError.unwritable`.
  init(_ path: FilePath, make: (UnsafePointer<CChar>) -> Int32) throws(FileError) {
    Interruption.prepare()
    let (place, failure) = Interruption.withoutSignals { Self.register(path, make) }
    if failure != 0 { throw .unwritable(reason: failure) }
    self.place = place
  }

  deinit { Self.release(place) }
}

extension GuardedName {
  /// More than there are threads that write files.
  private static let count = 2048
  private static let longest = Int(PATH_MAX)

  private static let free = 0
  /// A file may come up under the name at any moment.
  private static let making = 1
  /// The file is there.
  private static let made = 2

  private struct Entry: ~Copyable {
    let state = Atomic<Int>(GuardedName.free)
    var device: dev_t = 0
    var node: ino_t = 0
  }

  // Safety: whoever has turned the state of an entry from free to making has it, and its name, for
  // himself until he frees it; others read them only while the file is there.
  private nonisolated(unsafe) static let entries: UnsafeMutablePointer<Entry> = {
    let entries = UnsafeMutablePointer<Entry>.allocate(capacity: count)
    for place in 0..<count { (entries + place).initialize(to: Entry()) }
    return entries
  }()
  private nonisolated(unsafe) static let names =
    calloc(count, longest)!.assumingMemoryBound(to: CChar.self)
  /// Places beyond this were never taken.
  private static let end = Atomic<Int>(0)

  /// Allocates what the handler reads.
  static func prepare() { _ = (entries, names, end.load(ordering: .relaxed)) }

  /// Makes the file, known to the handler from its first moment.
  ///
  /// - Returns: its place, and 0 or `errno`.
  private static func register(
    _ path: FilePath, _ make: (UnsafePointer<CChar>) -> Int32
  ) -> (Int, Int32) {
    if path.bytes.count >= longest { return (0, ENAMETOOLONG) }
    guard let place = (0..<count).first(where: { take($0) }) else { return (0, EMFILE) }
    if place >= end.load(ordering: .relaxed) {
      end.max(place + 1, ordering: .sequentiallyConsistent)
    }
    if Interruption.isPending {
      entries[place].state.store(free, ordering: .sequentiallyConsistent)
      Interruption.yield()
    }
    // Nothing is allocated from here on: the handler may have interrupted whoever holds that lock.
    let name = names + place * longest
    path.bytes.withUnsafeBytes { _ = memcpy(name, $0.baseAddress!, $0.count) }
    name[path.bytes.count] = 0
    let descriptor = make(name)
    var failure = descriptor < 0 ? errno : 0
    var status = stat()
    if failure == 0, fstat(descriptor, &status) != 0 { failure = errno }
    entries[place].device = status.st_dev
    entries[place].node = status.st_ino
    entries[place].state.store(failure == 0 ? made : free, ordering: .sequentiallyConsistent)
    return (place, failure)
  }

  private static func take(_ place: Int) -> Bool {
    entries[place].state.compareExchange(
      expected: free, desired: making, ordering: .sequentiallyConsistent
    ).exchanged
  }

  private static func release(_ place: Int) {
    unlinkOwn(place)
    entries[place].state.store(free, ordering: .sequentiallyConsistent)
  }

  /// Removes all; called once no other can be made.
  static func removeAll() {
    // Whoever is at making one ends that soon, unless the file system hangs: two seconds in all.
    var patience = 2000
    for place in 0..<end.load(ordering: .sequentiallyConsistent) {
      while entries[place].state.load(ordering: .sequentiallyConsistent) == making, patience > 0 {
        usleep(1000)
        patience -= 1
      }
      if entries[place].state.load(ordering: .sequentiallyConsistent) == made { unlinkOwn(place) }
    }
  }

  /// Removes the name, if it is that of the file that was made.
  private static func unlinkOwn(_ place: Int) {
    let name = names + place * longest
    var status = stat()
    if lstat(name, &status) == 0, status.st_dev == entries[place].device,
      status.st_ino == entries[place].node
    {
      unlink(name)
    }
  }
}
