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

  @Test("run returns only when all tasks are done, a thousand times over")
  func joins() {
    let team = ThreadTeam(threads: 4)
    for _ in 0..<1000 {
      let counter = Counter()
      team.run(16) { _ in counter.value.wrappingAdd(1, ordering: .relaxed) }
      #expect(counter.value.load(ordering: .relaxed) == 16)
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
