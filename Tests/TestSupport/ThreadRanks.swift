package import Raster
import Synchronization

/// Ranks that are threads of one process.
package final class ThreadRanks: @unchecked Sendable {
  // Safety: the letters are read and written with the monitor held.
  package let count: Int
  /// Whether they see each other's memory, as processes of one machine do.
  fileprivate let isOneMachine: Bool
  private let monitor = Monitor()
  private var letters: [[Int]: [[UInt8]]] = [:]

  package init(_ count: Int, isOneMachine: Bool = true) {
    self.count = count
    self.isOneMachine = isOneMachine
  }

  fileprivate func post(_ bytes: UnsafeRawBufferPointer, from: Int, to: Int, number: Int) {
    monitor.lock()
    letters[[from, to, number], default: []].append(Array(bytes))
    monitor.wakeAll()
    monitor.unlock()
  }

  /// - Returns: nil where there is no letter, and it is not to wait for one.
  fileprivate func take(from: Int, to: Int, number: Int, waits: Bool) -> [UInt8]? {
    monitor.lock()
    defer { monitor.unlock() }
    while letters[[from, to, number], default: []].isEmpty {
      if !waits { return nil }
      monitor.wait()
    }
    return letters[[from, to, number]]!.removeFirst()
  }

  /// Runs `body` as each rank.
  package func run<Answer: Sendable>(
    _ body: @escaping @Sendable (any RankLink) throws -> Answer
  ) throws -> [Answer] {
    let answers = Mutex<[Int: Result<Answer, any Error>]>([:])
    ThreadTeam(threads: count).run(count) { rank in
      let answer = Result { try body(Link(rank, self)) }
      answers.withLock { $0[rank] = answer }
    }
    let all = answers.withLock { $0 }
    return try (0..<count).map { try all[$0]!.get() }
  }

  private final class Link: RankLink {
    let rank: Int
    let ranks: ThreadRanks
    var count: Int { ranks.count }

    init(_ rank: Int, _ ranks: ThreadRanks) { (self.rank, self.ranks) = (rank, ranks) }

    func start(_ letters: RankLetters, number: Int) -> any RankDelivery {
      for letter in letters.sent {
        ranks.post(letter.bytes, from: rank, to: letter.rank, number: number)
      }
      return Delivery(letters.received, to: self, number)
    }

    func window(bytes: Int) -> RankWindow? {
      if !ranks.isOneMachine { return nil }
      let own = UnsafeMutableRawPointer.allocate(byteCount: bytes + 128, alignment: 64)
      own.initializeMemory(as: UInt8.self, repeating: 0, count: bytes + 128)
      var places = [UInt](repeating: UInt(bitPattern: own), count: count)
      places.withUnsafeMutableBufferPointer {
        exchange($0, parts: (0..<count).map { $0..<$0 + 1 })
      }
      return RankWindow(
        own: own, places: places.map { UnsafeRawPointer(bitPattern: $0)! }, close: own.deallocate)
    }

    func exchange(_ bytes: UnsafeMutableRawBufferPointer, parts: [Range<Int>]) {
      // Numbers of letters are not below 0.
      let number = -1
      for other in 0..<count where other != rank {
        ranks.post(
          UnsafeRawBufferPointer(rebasing: bytes[parts[rank]]), from: rank, to: other,
          number: number)
      }
      for other in 0..<count where other != rank {
        UnsafeMutableRawBufferPointer(rebasing: bytes[parts[other]]).copyBytes(
          from: ranks.take(from: other, to: rank, number: number, waits: true)!)
      }
    }
  }

  private final class Delivery: RankDelivery {
    private var open: [(bytes: UnsafeMutableRawBufferPointer, rank: Int)]
    private let link: Link
    private let number: Int

    init(
      _ letters: [(bytes: UnsafeMutableRawBufferPointer, rank: Int)], to link: Link, _ number: Int
    ) {
      (open, self.link, self.number) = (letters, link, number)
    }

    func isDone() -> Bool { take(waits: false) }

    func wait() { _ = take(waits: true) }

    private func take(waits: Bool) -> Bool {
      while let (bytes, rank) = open.first {
        guard let letter = link.ranks.take(from: rank, to: link.rank, number: number, waits: waits)
        else { return false }
        precondition(letter.count == bytes.count, "a letter of the length that is waited for")
        bytes.copyBytes(from: letter)
        open.removeFirst()
      }
      return true
    }
  }
}
