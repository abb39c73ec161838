package import Raster
import Synchronization

/// Ranks that are threads of one process.
package final class ThreadRanks: @unchecked Sendable {
  // Safety: the letters are read and written with the monitor held.
  package let count: Int
  private let monitor = Monitor()
  private var letters: [[Int]: [[UInt8]]] = [:]

  package init(_ count: Int) { self.count = count }

  fileprivate func post(_ bytes: UnsafeRawBufferPointer, from: Int, to: Int) {
    monitor.lock()
    letters[[from, to], default: []].append(Array(bytes))
    monitor.wakeAll()
    monitor.unlock()
  }

  fileprivate func take(from: Int, to: Int) -> [UInt8] {
    monitor.lock()
    defer { monitor.unlock() }
    while letters[[from, to], default: []].isEmpty { monitor.wait() }
    return letters[[from, to]]!.removeFirst()
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

    func send(_ bytes: UnsafeRawBufferPointer, to rank: Int) {
      ranks.post(bytes, from: self.rank, to: rank)
    }

    func receive(_ bytes: UnsafeMutableRawBufferPointer, from rank: Int) {
      let letter = ranks.take(from: rank, to: self.rank)
      precondition(letter.count == bytes.count, "a letter of the length that is waited for")
      bytes.copyBytes(from: letter)
    }

    func broadcast(_ bytes: UnsafeMutableRawBufferPointer, from rank: Int) {
      if rank != self.rank { return receive(bytes, from: rank) }
      for other in 0..<count where other != rank { send(UnsafeRawBufferPointer(bytes), to: other) }
    }

    func exchange(_ bytes: UnsafeMutableRawBufferPointer, parts: [Range<Int>]) {
      for (rank, part) in parts.enumerated() {
        broadcast(UnsafeMutableRawBufferPointer(rebasing: bytes[part]), from: rank)
      }
    }
  }
}
