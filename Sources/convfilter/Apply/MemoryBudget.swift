import Raster

/// Memory that pictures which are filtered at the same time share.
///
/// Each fits by itself; those that do not fit beside the others wait until some are done.
final class MemoryBudget: Sendable {
  private let limit: MemoryLimit
  private let monitor = Monitor()
  // Safety: read and written with the monitor held.
  nonisolated(unsafe) private var used = 0

  init(_ limit: MemoryLimit) { self.limit = limit }

  /// Waits until so many bytes are free, or nothing else is held.
  func take(_ bytes: Int) {
    monitor.lock()
    while used > 0, used.saturatingSum(bytes) > limit.bytes { monitor.wait() }
    // What is more than all memory is as much as that.
    used += min(bytes, Int.max - used)
    monitor.unlock()
  }

  /// Gives back what was taken.
  func give(_ bytes: Int) {
    monitor.lock()
    used -= min(bytes, used)
    monitor.wakeAll()
    monitor.unlock()
  }
}
