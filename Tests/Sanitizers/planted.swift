// Counts with three threads, under a lock or, where asked for `race`, without: the thread sanitizer
// must be silent about the one and report the other, else its silence about the rest means nothing.

import Glibc
import Synchronization

enum Counter {
  static let guarded = Mutex(0)
  nonisolated(unsafe) static var bare = 0
  static let races = CommandLine.arguments.contains("race")

  static let count: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { _ in
    for _ in 0..<100_000 {
      if races { bare += 1 } else { guarded.withLock { $0 += 1 } }
    }
    return nil
  }

  static func run() {
    var threads = [pthread_t](repeating: pthread_t(), count: 3)
    for index in threads.indices { pthread_create(&threads[index], nil, count, nil) }
    for thread in threads { pthread_join(thread, nil) }
    print(races ? bare : guarded.withLock { $0 })
  }
}

Counter.run()
