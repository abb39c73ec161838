import Foundation
import Raster
import Synchronization
import Testing

@Suite("ThreadTeam")
struct ThreadTeamTests {
  @Test("every task runs exactly once", arguments: [1, 2, 3, 8])
  func everyTaskOnce(threads: Int) {
    let team = ThreadTeam(threads: threads)
    for tasks in [0, 1, 2, 7, 100] {
      let counts = (0..<max(tasks, 1)).map { _ in Counter() }
      team.run(tasks) { counts[$0].value.wrappingAdd(1, ordering: .relaxed) }
      let expected = tasks == 0 ? [0] : [Int](repeating: 1, count: tasks)
      #expect(counts.map { $0.value.load(ordering: .relaxed) } == expected)
    }
  }

  @Test(
    "run returns only when all tasks are done, a thousand times over", arguments: [0, 50, 10000])
  func joins(looks: Int) {
    let team = ThreadTeam(threads: 4, looks: looks)
    for _ in 0..<1000 {
      let counter = Counter()
      team.run(16) { _ in counter.value.wrappingAdd(1, ordering: .relaxed) }
      #expect(counter.value.load(ordering: .relaxed) == 16)
    }
  }

  @Test(
    "several threads may call run at once: each returns, with its own tasks done",
    .timeLimit(.minutes(1)))
  func severalCallers() async {
    // More helpers than callers, so that one helper may be the last of both jobs.
    let team = ThreadTeam(threads: 4)
    await withTaskGroup(of: Int.self) { group in
      for _ in 0..<2 {
        group.addTask {
          await withCheckedContinuation { continuation in
            // Threads of their own: a caller that hangs must not hold one that tests run on.
            Thread.detachNewThread {
              var done = 0
              for _ in 0..<5000 {
                let counter = Counter()
                team.run(8) { _ in counter.value.wrappingAdd(1, ordering: .relaxed) }
                done += counter.value.load(ordering: .relaxed)
              }
              continuation.resume(returning: done)
            }
          }
        }
      }
      for await done in group { #expect(done == 5000 * 8) }
    }
  }

  @Test("tasks of a thread's own share are its own in every call", arguments: [0, 10000])
  func shares(looks: Int) {
    let team = ThreadTeam(threads: 2, looks: looks)
    let caller = ObjectIdentifier(Thread.current)
    for _ in 0..<200 {
      let begun = Counter()
      let mine = Counter()
      team.run(2) { task in
        begun.value.wrappingAdd(1, ordering: .sequentiallyConsistent)
        // Neither thread comes to a second task before the other has its first.
        while begun.value.load(ordering: .sequentiallyConsistent) < 2 {}
        if task == 0, ObjectIdentifier(Thread.current) == caller {
          mine.value.wrappingAdd(1, ordering: .relaxed)
        }
      }
      #expect(mine.value.load(ordering: .relaxed) == 1)
    }
  }

  @Test("a split covers the range once, in parts no longer than the grain")
  func splits() {
    let team = ThreadTeam(threads: 2)
    let covered = Mutex<[Range<Int>]>([])
    team.split(3..<20, grain: 5) { part in covered.withLock { $0.append(part) } }
    let parts = covered.withLock { $0 }.sorted { $0.lowerBound < $1.lowerBound }
    #expect(parts == [3..<8, 8..<13, 13..<18, 18..<20])
  }
}

private final class Counter: Sendable {
  let value = Atomic<Int>(0)
}
