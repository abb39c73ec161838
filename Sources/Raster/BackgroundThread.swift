/// A thread that does one piece of work at a time while its owner goes on.
///
/// The owner alone calls it, from one thread at a time.
package final class BackgroundThread: Sendable {
  private let shared: Shared

  /// - Parameter onStart: run once on the new thread (to set the floating-point mode, say).
  package init(onStart: @escaping @Sendable () -> Void = {}) {
    let shared = Shared()
    self.shared = shared
    shared.hasThread = startThread {
      onStart()
      shared.serve()
    }
  }

  deinit { shared.stop() }

  /// Begins a piece of work; the one before has been waited for.
  package func start(_ work: @escaping @Sendable () -> Void) { shared.start(work) }

  /// Waits until the work is done; returns at once where there is none.
  package func wait() { shared.wait() }

  private final class Shared: @unchecked Sendable {
    // Safety: every field but `hasThread`, which is set before the first call, is used with the
    // monitor held.
    var hasThread = false
    private let monitor = Monitor()
    private var work: (@Sendable () -> Void)?
    private var isStopped = false

    func start(_ work: @escaping @Sendable () -> Void) {
      // Where the system has no thread left, the owner does the work.
      if !hasThread { return work() }
      monitor.lock()
      precondition(self.work == nil, "one piece of work at a time")
      self.work = work
      monitor.wakeAll()
      monitor.unlock()
    }

    func wait() {
      monitor.lock()
      while work != nil { monitor.wait() }
      monitor.unlock()
    }

    func stop() {
      monitor.lock()
      isStopped = true
      monitor.wakeAll()
      monitor.unlock()
    }

    func serve() {
      monitor.lock()
      while true {
        while work == nil, !isStopped { monitor.wait() }
        guard let current = work else { break }
        monitor.unlock()
        current()
        monitor.lock()
        work = nil
        monitor.wakeAll()
      }
      monitor.unlock()
    }
  }
}
