import ConvNet
import Random
import Raster
import Testing

/// What a plan says before the first step.
extension TrainerTests {
  @Test("memory is counted by the layers: what is kept for every example, and the weights' copies")
  func memory() throws {
    let network = try Network(
      Architecture("conv 4 3x3 relu; maxpool 2; flatten; dense 2"),
      input: FeatureShape(height: 8, width: 8, channels: 1))
    var settings = TrainingSettings()
    settings.optimizer = .sgd(momentum: 0)
    // The input, the pooled map (flattening it costs nothing), the outputs, and twice the widest gradient.
    let memory = TrainingMemory(network, settings: settings)
    #expect(memory.perExample == 4 * (64 + 36 + 2 + 2 * 36))
    // Nine copies while a checkpoint is encoded, and twice the places of the largest tensor.
    let order = 2 * 8 * 3 * 3 * 4 * 2
    #expect(memory.weights == 4 * 9 * network.trainedCount + order)
    // The weights as they are applied: those of the convolution in whole registers.
    let maps = 4 * 256 * (64 + 2 * 36)
    let (least, most) = (4 * (36 + 72), 4 * (9 * 64 + 72))
    #expect(memory.evaluation >= maps + least && memory.evaluation <= maps + most)
    #expect(
      memory.bytes(batch: 10) == 10 * memory.perExample + memory.weights + memory.evaluation)
    #expect(memory.largestBatch(within: memory.bytes(batch: 10)) == 10)
    #expect(memory.largestBatch(within: memory.weights - 1) == 0)
    #expect(memory.bytes(batch: .max) == .max)
    settings.optimizer = .adamW()
    settings.average = 0.9
    #expect(
      TrainingMemory(network, settings: settings).weights == 4 * 18 * network.trainedCount + order)
  }

  @Test(
    "a single example at the end of an epoch joins the batch before it where values are compared")
  func singleExample() throws {
    var settings = barSettings()
    settings.epochs = 2
    settings.batch = 8
    func trainer(_ count: Int, _ layers: String) throws -> Trainer {
      let training = try bars(count, seed: 1)
      return try Trainer(
        Network(Architecture(layers), input: training.shape), settings: settings,
        classNames: ["lying", "upright"], normalization: .unit(channels: 1), training: training,
        validation: bars(20, seed: 2), team: .forNetworks(threads: 2))
    }
    let flat = "flatten; dense 8; batchnorm; relu; dense 2"
    // 17 = 8 + 9, and of the running variance nothing is lost.
    #expect(try trainer(17, flat).plan.stepsPerEpoch == 2)
    // There is room for the largest step, and no more than there are examples.
    #expect(try trainer(17, flat).plan.largestBatch == 9)
    #expect(try trainer(18, flat).plan.largestBatch == 8)
    #expect(try trainer(3, flat).plan.largestBatch == 3)
    let result = try trainer(17, flat).run()
    let variance = result.last.network.slots.first { $0.shape.suffix == "running_var" }!
    let before = try trainer(16, flat).run().last.weights.values(of: variance)
    let ratios = zip(result.last.weights.values(of: variance), before).map { $0 / $1 }
    #expect(ratios.allSatisfy { $0 > 0.5 && $0 < 2 })
    #expect(try trainer(18, flat).plan.stepsPerEpoch == 3)
    #expect(try trainer(17, "conv 4 3x3; batchnorm; flatten; dense 2").plan.stepsPerEpoch == 3)
    settings.batch = 1
    #expect(throws: NetworkError.singleExample(layer: "batchnorm1")) { try trainer(17, flat) }
    settings.batch = 8
    #expect(throws: NetworkError.singleExample(layer: "batchnorm1")) { try trainer(1, flat) }
    #expect(
      try trainer(9, "globalavgpool; batchnorm; dense 2").run().history.allSatisfy {
        $0.loss.isFinite
      })
  }

  @Test("a run that explodes is told at once, one too short for its average at its start")
  func warnings() throws {
    var settings = barSettings()
    settings.epochs = 1
    settings.optimizer = .sgd(momentum: 0)
    settings.rate = 1e6
    settings.schedule = .constant
    settings.average = 0.9999
    var warnings: [TrainingWarning] = []
    _ = try trainer("flatten; dense 2", settings).run(onEvent: {
      if case .warning(let warning) = $0 { warnings.append(warning) }
    })
    #expect(
      warnings.first == .shortAverage(steps: 10, decay: 0.9999, reached: Float(10) / Float(19)))
    guard warnings.count > 1, case .exploding(let step, let loss, _) = warnings[1] else {
      Issue.record("\(warnings)")
      return
    }
    #expect(step <= 3 && loss > 14)
    let text = "\(TrainingWarning.exploding(step: 3, loss: 8.4e13, chance: 2.3026))"
    #expect(
      text == "after 3 steps the loss (8.4e+13) is far beyond that of guessing (2.303);"
        + " try a lower rate, or shortened gradients (clip 1)")
  }

  @Test("a fall from where the weights have burst is no fall to start from")
  func fallAfterBurst() {
    let losses = [2.3, 2.3, 2.3, 2.2, 2.0, 1.8, 1.7, 1.7, 9, 30, 12, 4]
    let rates = [1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1, 3]
    let search = RateSearch(zip(rates, losses).map { RateSearch.Point(rate: $0, loss: $1) })
    // The fall from 2.2 to 2.0.
    #expect(search.steepest == 1e-3)
    #expect(search.tenthOfLowest == 1e-3)
    #expect(search.recommended == 0.002)
  }
}
