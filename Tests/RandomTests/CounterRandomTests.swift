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

  /// The known answers of the authors' own program for SplitMix64 (`splitmix64.c`, seed 1234567).
  @Test("gives the known answers")
  func knownAnswers() {
    let random = CounterRandom(key: 1_234_567)
    #expect(
      (0..<5).map { random.bits($0) } == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
        4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
      ])
  }

  @Test("other seeds, purposes and places give other numbers")
  func independent() {
    let streams = [
      CounterRandom(seed: 1, .shuffle, 0, 0), CounterRandom(seed: 2, .shuffle, 0, 0),
      CounterRandom(seed: 1 << 32 | 1, .shuffle, 0, 0), CounterRandom(seed: 1, .split, 0, 0),
      CounterRandom(seed: 1, .shuffle, 1, 0), CounterRandom(seed: 1, .shuffle, 0, 1),
      CounterRandom(seed: 1, .shuffle, 0),
    ]
    #expect(Set(streams.map { $0.bits(0) }).count == streams.count)
  }

  @Test("a shuffle is a permutation, differs from stream to stream, and puts everything everywhere")
  func shuffle() {
    for count in [0, 1, 2, 3, 5, 1000] {
      let order = CounterRandom(seed: 7, .shuffle, 3).order(of: count)
      #expect(order.sorted() == (0..<Int32(count)).map { $0 })
    }
    let orders = (0..<6000).map { CounterRandom(seed: 7, .shuffle, $0).order(of: 3) }
    for permutation in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
      // 1000 expected, deviation 29: five deviations either way.
      let count = orders.count { $0 == permutation.map(Int32.init) }
      #expect((855...1145).contains(count))
    }
  }
}
