import Raster

/// What changes when a file does: its size and the time of its last change.
struct FileStamp: Hashable, Sendable {
  var seconds: Int
  var nanoseconds: Int
  /// In bytes.
  var size: Int
  /// The file itself, whatever its name; that of a copy is another one.
  var node: UInt64

  init(seconds: Int, nanoseconds: Int, size: Int, node: UInt64) {
    (self.seconds, self.nanoseconds, self.size, self.node) = (seconds, nanoseconds, size, node)
  }

  init(_ status: FileStatus) {
    let change = status.times[1]
    self.init(
      seconds: Int(change.tv_sec), nanoseconds: Int(change.tv_nsec), size: status.size,
      node: status.identity.node)
  }

  /// Whether the contents are the same, as far as times and sizes tell.
  func isSameContent(as other: FileStamp) -> Bool {
    seconds == other.seconds && nanoseconds == other.nanoseconds && size == other.size
  }
}
