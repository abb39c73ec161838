import ConvNet
import Raster
import TestSupport
import Testing

@Suite("Ranks that change weights for each other")
struct DividedTrainingTests {
  private static let layers = "conv 8 3x3 same relu; flatten; dense 128 relu; dense 2"
  private static let kernels = """
    conv 32 3x3 same relu; conv 48 3x3; relu; conv 64 3x3; globalavgpool; dense 2
    """

  enum Course: CaseIterable, Sendable {
    case adam, sgd, average, lookahead, frozen, clipped
  }

  private static func settings(_ course: Course) -> TrainingSettings {
    var settings = barSettings()
    settings.epochs = 2
    settings.batch = 80
    switch course {
    case .adam: settings.optimizer = .adam()
    case .sgd: settings.optimizer = .sgd()
    case .average: settings.average = 0.5
    case .lookahead: settings.lookahead = Lookahead(interval: 3)
    case .frozen: settings.groups = [ParameterGroup("dense1.weight", epochs: 1)]
    case .clipped: settings.clip = 1
    }
    return settings
  }

  private static func trainer(
    _ layers: String, _ settings: TrainingSettings, threads: Int = 1, _ ranks: (any RankLink)?
  ) throws -> Trainer {
    let training = try bars(250, seed: 1)
    return try Trainer(
      Network(Architecture(layers), input: training.shape), settings: settings,
      classNames: ["lying", "upright"], normalization: .unit(channels: 1), training: training,
      validation: bars(20, seed: 2), team: .forNetworks(threads: threads), ranks: ranks)
  }

  @Test("whatever changes them, they are those of one rank", arguments: Course.allCases)
  func dense(course: Course) throws {
    let settings = Self.settings(course)
    let one = try Self.trainer(Self.layers, settings, nil).run()
    for (count, isOneMachine) in [(2, true), (2, false), (3, true), (7, false), (16, true)] {
      let all = try ThreadRanks(count, isOneMachine: isOneMachine).run { link in
        let trainer = try Self.trainer(Self.layers, settings, threads: count < 4 ? 2 : 1, link)
        #expect(trainer.divided == ["dense1.weight"])
        return try trainer.run()
      }
      for result in all {
        #expect(result.last.weights == one.last.weights, "\(count) ranks")
        #expect(result.history == one.history)
      }
    }
  }

  @Test("a rank may have none of the weights, or all", arguments: [Course.adam, .clipped])
  func few(course: Course) throws {
    let layers = "conv 8 3x3 relu; globalavgpool; dense 2000 relu; dense 2"
    let settings = Self.settings(course)
    let one = try Self.trainer(layers, settings, nil).run()
    let all = try ThreadRanks(2).run { link in
      let trainer = try Self.trainer(layers, settings, link)
      #expect(trainer.divided.contains("dense1.weight"))
      return try trainer.run()
    }
    #expect(all.allSatisfy { $0.last.weights == one.last.weights })
  }

  @Test("kernels that Muon moves go to one rank each")
  func muon() throws {
    var settings = barSettings()
    settings.epochs = 1
    settings.batch = 50
    settings.optimizer = .muon()
    settings.rate = 0.1
    let fixed = settings
    let one = try Self.trainer(Self.kernels, fixed, nil).run()
    for count in [2, 3] {
      let all = try ThreadRanks(count).run { link in
        let trainer = try Self.trainer(Self.kernels, fixed, link)
        #expect(trainer.divided.sorted() == ["conv2.weight", "conv3.weight"])
        return try trainer.run()
      }
      #expect(all.allSatisfy { $0.last.weights == one.last.weights }, "\(count) ranks")
    }
  }

  @Test("a checkpoint holds what the optimiser of every rank remembers")
  func resumed() throws {
    let settings = Self.settings(.adam)
    @Sendable func stopped(_ link: (any RankLink)?) throws -> [UInt8] {
      let trainer = try Self.trainer(Self.layers, settings, link)
      var steps = 0
      let result = try trainer.run(shouldStop: {
        steps += 1
        return steps == 3
      })
      #expect(result.end == .cancelled(step: 3))
      return trainer.checkpoint.encoded()
    }
    let one = try Self.trainer(Self.layers, settings, nil).run()
    let alone = try stopped(nil)
    let bytes = try ThreadRanks(3).run { try stopped($0) }
    #expect(bytes.allSatisfy { $0 == alone })
    for count in [1, 2, 4] {
      let all = try ThreadRanks(count).run { link in
        try Trainer(
          resuming: Checkpoint(alone), training: bars(250, seed: 1),
          validation: bars(20, seed: 2), team: .forNetworks(threads: 1), ranks: link
        ).run()
      }
      #expect(all.allSatisfy { $0.last.weights == one.last.weights })
    }
  }

  @Test("pairs are mixed across ranks", arguments: [20, 27])
  func mixup(batch: Int) throws {
    var settings = barSettings()
    settings.epochs = 2
    settings.batch = batch
    settings.mixup = 0.8
    let fixed = settings
    let layers = "conv 8 3x3 relu; maxpool 2; flatten; dense 2"
    let one = try Self.trainer(layers, fixed, nil).run()
    for count in [2, 3, 8, 19] {
      let all = try ThreadRanks(count).run { try Self.trainer(layers, fixed, $0).run() }
      for result in all {
        #expect(result.last.weights == one.last.weights, "\(count) ranks")
        #expect(result.history == one.history)
      }
    }
  }

  @Test("gradients told as bf16 give the same weights for any number of threads, on all ranks")
  func rounded() throws {
    for course in [Course.adam, .clipped] {
      var settings = Self.settings(course)
      let exact = try Self.trainer(Self.layers, settings, nil).run()
      settings.gradients = .bf16
      let fixed = settings
      let alone = try Self.trainer(Self.layers, fixed, nil).run()
      #expect(alone.last.weights == exact.last.weights, "one rank tells nothing")
      for count in [2, 3, 5] {
        let runs = try [1, 2].map { threads in
          try ThreadRanks(count).run {
            try Self.trainer(Self.layers, fixed, threads: threads, $0).run()
          }
        }
        let first = runs[0][0]
        for result in runs.joined() {
          #expect(result.last.weights == first.last.weights)
          #expect(result.history == first.history)
        }
        #expect(first.last.weights != exact.last.weights, "\(count) ranks round")
        #expect(abs(first.history[1].loss - exact.history[1].loss) < 0.05)
      }
    }
  }
}
