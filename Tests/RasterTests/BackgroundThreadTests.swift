import Raster
import Synchronization
import Testing

@Suite("A thread beside its owner")
struct BackgroundThreadTests {
  @Test("work is done when it has been waited for, piece after piece")
  func pieces() {
    let thread = BackgroundThread()
    thread.wait()
    let sum = Atomic<Int>(0)
    for number in 1...100 {
      thread.start { sum.add(number, ordering: .relaxed) }
      thread.wait()
      #expect(sum.load(ordering: .relaxed) == number * (number + 1) / 2)
    }
  }

  @Test("the owner goes on meanwhile")
  func meanwhile() {
    let thread = BackgroundThread()
    let monitor = Monitor()
    let isAllowed = Mutex(false)
    thread.start {
      monitor.lock()
      while !isAllowed.withLock({ $0 }) { monitor.wait() }
      monitor.unlock()
    }
    // The work waits for what its owner does now.
    monitor.lock()
    isAllowed.withLock { $0 = true }
    monitor.wakeAll()
    monitor.unlock()
    thread.wait()
  }
}
