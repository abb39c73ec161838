import ConvNet
import Raster
import Testing

/// Small examples made by rule: a bright bar, upright or lying, at a random place.
func bars(_ count: Int, side: Int = 8, seed: UInt64) throws -> MemoryExamples {
  let random = CounterRandom(key: seed)
  var images: [Float] = []
  var labels: [Int32] = []
  for example in 0..<count {
    let label = random.below(2, UInt64(example) * 1000)
    let place = random.below(side, UInt64(example) * 1000 + 1)
    for y in 0..<side {
      for x in 0..<side {
        let noise = random.uniform(UInt64(example * 1000 + 2 + y * side + x)) - 0.5
        images.append(noise + ((label == 0 ? y : x) == place ? 1 : 0))
      }
    }
    labels.append(Int32(label))
  }
  return try MemoryExamples(
    shape: FeatureShape(height: side, width: side, channels: 1), classCount: 2, images: images,
    labels: labels, seed: seed)
}

func barSettings() -> TrainingSettings {
  var settings = TrainingSettings()
  settings.epochs = 6
  settings.batch = 32
  settings.rate = 1e-2
  return settings
}

/// Layers of every kind in one small network.
let everything = """
  conv 8 3x3 same; batchnorm; gelu; dropout 0.1
  residual { conv 8 3x3 same relu; conv 8 3x3 same }
  maxpool 2; flatten; dense 16 tanh; dense 2
  """

@Suite("Training")
struct TrainingTests {
  func trainer(
    _ layers: String, _ settings: TrainingSettings = barSettings(), threads: Int = 2
  ) throws -> Trainer {
    let training = try bars(320, seed: 1)
    return try Trainer(
      Network(Architecture(layers), input: training.shape), settings: settings,
      classNames: ["lying", "upright"], normalization: .unit(channels: 1), training: training,
      validation: bars(100, seed: 2), team: .forNetworks(threads: threads))
  }

  @Test(
    "a small network learns bars",
    arguments: ["conv 8 3x3 relu; maxpool 2; flatten; dense 2", everything])
  func learns(layers: String) throws {
    let result = try trainer(layers).run()
    #expect(result.end == .finished)
    #expect(result.history.count == 6)
    #expect(result.history.last!.validationAccuracy! > 0.9)
    #expect(result.history.last!.loss < result.history.first!.loss)
  }

  @Test("the number of threads doesn't change a bit of the weights")
  func threads() throws {
    let one = try trainer(everything, threads: 1).run()
    let three = try trainer(everything, threads: 3).run()
    #expect(one.last.weights == three.last.weights)
    #expect(one.history == three.history)
  }
}
