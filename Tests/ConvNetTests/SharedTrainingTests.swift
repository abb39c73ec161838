import ConvNet
import Raster
import Synchronization
import Testing

/// Ranks that are threads of one process.
private final class ThreadRanks: @unchecked Sendable {
  // Safety: the letters are read and written with the monitor held.
  let count: Int
  private let monitor = Monitor()
  private var letters: [[Int]: [[UInt8]]] = [:]

  init(_ count: Int) { self.count = count }

  func post(_ bytes: UnsafeRawBufferPointer, from: Int, to: Int) {
    monitor.lock()
    letters[[from, to], default: []].append(Array(bytes))
    monitor.wakeAll()
    monitor.unlock()
  }

  func take(from: Int, to: Int) -> [UInt8] {
    monitor.lock()
    defer { monitor.unlock() }
    while letters[[from, to], default: []].isEmpty { monitor.wait() }
    return letters[[from, to]]!.removeFirst()
  }

  /// Runs `body` as each rank.
  func run<Answer: Sendable>(
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

@Suite("Training on several ranks")
struct SharedTrainingTests {
  private static let deep = """
    conv 8 3x3 same; batchnorm; relu; depthwise 3x3 same; batchnorm; relu
    residual { conv 8 3x3 same nobias; batchnorm; relu; conv 8 1x1 } shortcut { conv 8 1x1 } relu
    gate { globalavgpool; dense 3 relu; dense 8 sigmoid }; residual { conv 8 1x1; droppath 0.3 }
    conv 8 3x3 same groups 2; maxpool 2; flatten; dense 16 relu; batchnorm; dropout 0.2; dense 2
    """

  private static func settings(batch: Int) -> TrainingSettings {
    var settings = barSettings()
    settings.epochs = 2
    settings.batch = batch
    settings.clip = 1
    return settings
  }

  private static func trainer(
    _ layers: String, batch: Int, threads: Int, _ ranks: (any RankLink)?
  ) throws -> Trainer {
    let training = try bars(83, seed: 1)
    return try Trainer(
      Network(Architecture(layers), input: training.shape), settings: settings(batch: batch),
      classNames: ["lying", "upright"], normalization: .unit(channels: 1), training: training,
      validation: bars(20, seed: 2), team: .forNetworks(threads: threads), ranks: ranks)
  }

  @Test(
    "any number of ranks and threads gives the same weights and figures",
    arguments: ["conv 8 3x3 relu; maxpool 2; flatten; dense 2", everything, deep])
  func same(layers: String) throws {
    // The last batch of an epoch has fewer examples than some of these have ranks.
    for (batch, counts) in [(20, [2, 3, 4, 7]), (27, [5, 16, 19])] {
      let one = try Self.trainer(layers, batch: batch, threads: 1, nil).run()
      for count in counts {
        let threads = count < 4 ? 2 : 1
        let all = try ThreadRanks(count).run { link in
          try Self.trainer(layers, batch: batch, threads: threads, link).run()
        }
        for result in all {
          #expect(result.last.weights == one.last.weights, "\(count) ranks, batch \(batch)")
          #expect(result.history == one.history)
        }
      }
    }
  }

  @Test("a run goes on from a checkpoint on another number of ranks")
  func resumed() throws {
    let one = try Self.trainer(Self.deep, batch: 20, threads: 1, nil).run()
    let bytes = try ThreadRanks(3).run { link in
      let trainer = try Self.trainer(Self.deep, batch: 20, threads: 1, link)
      var steps = 0
      // One rank's wish to stop is all ranks'.
      let result = try trainer.run(shouldStop: {
        steps += 1
        return link.rank == 1 && steps == 3
      })
      #expect(result.end == .cancelled(step: 3))
      return trainer.checkpoint.encoded()
    }
    #expect(bytes[0] == bytes[1] && bytes[1] == bytes[2])
    for count in [1, 2, 4] {
      let all = try ThreadRanks(count).run { link in
        try Trainer(
          resuming: Checkpoint(bytes[0]), training: bars(83, seed: 1),
          validation: bars(20, seed: 2), team: .forNetworks(threads: 1), ranks: link
        ).run()
      }
      #expect(all.allSatisfy { $0.last.weights == one.last.weights })
    }
  }
}
