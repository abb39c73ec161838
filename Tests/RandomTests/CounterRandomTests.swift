import Random
import Testing

@Suite("CounterRandom")
struct CounterRandomTests {
  @Test("uniform numbers fill 0 ..< 1 evenly, and streams differ")
  func uniform() {
    let random = CounterRandom(seed: 3, .dropout, 5)
    let numbers = (0..<100_000).map { random.uniform(UInt64($0)) }
    var bins = [Int](repeating: 0, count: 10)
    for number in numbers { bins[Int(number * 10)] += 1 }
    #expect(bins.allSatisfy { abs($0 - 10_000) < 400 })
    #expect(CounterRandom(seed: 3, .dropout, 6).key != random.key)
    #expect(CounterRandom(seed: 3, .weights, 5).key != random.key)
    #expect(CounterRandom(seed: 4, .dropout, 5).key != random.key)
  }
}
