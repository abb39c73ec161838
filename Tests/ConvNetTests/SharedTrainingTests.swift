import ConvNet
import Raster
import TestSupport
import Testing

@Suite("Training on several ranks")
struct SharedTrainingTests {
  private static let deep = """
    conv 8 3x3 same; batchnorm; relu; depthwise 3x3 same; batchnorm; relu
    residual { conv 8 3x3 same nobias; batchnorm; relu; conv 8 1x1 } shortcut { conv 8 1x1 } relu
    gate { globalavgpool; dense 3 relu; dense 8 sigmoid }; residual { conv 8 1x1; droppath 0.3 }
    conv 8 3x3 same groups 2; maxpool 2; flatten; dense 16 relu; batchnorm; dropout 0.2; dense 2
    """

  /// Weights so large that one process takes their gradients plane by plane.
  private static let large = """
    conv 16 3x3; maxpool 2; conv 112 3x3 same; relu; conv 112 3x3 same nobias; batchnorm; relu
    globalavgpool; dense 2
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
    arguments: ["conv 8 3x3 relu; maxpool 2; flatten; dense 2", everything, deep, large])
  func same(layers: String) throws {
    // The last batch of an epoch has fewer examples than some of these have ranks.
    for (batch, counts) in [(20, [2, 3, 4, 7]), (27, [5, 8, 16, 19])] {
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

  @Test("a dense layer of which each rank sums a part gives the same weights")
  func divided() throws {
    let layers = "conv 8 3x3 same relu; flatten; dense 128 relu; dense 2"
    let one = try Self.trainer(layers, batch: 80, threads: 1, nil).run()
    for count in [2, 3, 7, 16] {
      let all = try ThreadRanks(count).run { link in
        try Self.trainer(layers, batch: 80, threads: count < 4 ? 2 : 1, link).run()
      }
      #expect(all.allSatisfy { $0.last.weights == one.last.weights }, "\(count) ranks")
    }
  }

  @Test("batches of more leaves give the same weights, too", .timeLimit(.minutes(5)))
  func manyLeaves() throws {
    @Sendable func trainer(_ ranks: (any RankLink)?) throws -> Trainer {
      let training = try bars(1300, seed: 1)
      return try Trainer(
        Network(
          Architecture("conv 4 3x3; batchnorm; relu; maxpool 2; flatten; dense 2"),
          input: training.shape),
        settings: Self.settings(batch: 600), classNames: ["lying", "upright"],
        normalization: .unit(channels: 1), training: training, team: .forNetworks(threads: 1),
        ranks: ranks)
    }
    let one = try trainer(nil).run()
    for count in [3, 8] {
      let all = try ThreadRanks(count).run { try trainer($0).run() }
      #expect(all.allSatisfy { $0.last.weights == one.last.weights }, "\(count) ranks")
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
