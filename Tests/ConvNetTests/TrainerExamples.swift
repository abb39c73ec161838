import ConvNet
import Random
import Raster
import Testing

/// Small examples made by rule: a bright bar, upright or lying, at a random place.
func bars(_ count: Int, side: Int = 8, seed: UInt64) throws -> MemoryExamples {
  let random = CounterRandom(key: seed)
  func below(_ bound: Int, _ counter: UInt64) -> Int {
    Int(random.bits(counter).multipliedFullWidth(by: UInt64(bound)).high)
  }
  var images: [Float] = []
  var labels: [Int32] = []
  for example in 0..<count {
    let label = below(2, UInt64(example) * 1000)
    let place = below(side, UInt64(example) * 1000 + 1)
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

/// Layers of many kinds in one small network.
let everything = """
  conv 8 3x3 same; batchnorm; gelu; dropout 0.1
  residual { conv 8 3x3 same relu; conv 8 3x3 same; droppath 0.2 }
  gate { globalavgpool; dense 2 relu; dense 8 sigmoid }
  maxpool 2; flatten; dense 16 tanh; dense 2
  """
