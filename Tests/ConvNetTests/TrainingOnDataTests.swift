import ConvNet
import Raster
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Training on whole data sets: minutes, so only where the environment names the folder that
/// make-datasets.sh made: CONVFILTER_TRAINING_DATA.
private let folder = getenv("CONVFILTER_TRAINING_DATA").map { String(cString: $0) }

@Suite("Training on whole data sets", .enabled(if: folder != nil), .serialized)
struct TrainingOnDataTests {
  @Test(
    "presets reach their accuracy",
    arguments: [
      ("mnist-dense", "mnist", 0.93), ("mnist-conv", "mnist", 0.98),
      ("cifar-conv", "cifar-10-batches-bin", 0.58), ("cifar-pool", "cifar-10-batches-bin", 0.65),
      ("cifar-deep", "cifar-10-batches-bin", 0.72), ("fashion-deep", "fashion-mnist", 0.91),
    ])
  func accuracy(name: String, data: String, atLeast goal: Double) throws {
    if let only = getenv("CONVFILTER_TRAINING_ONLY"), String(cString: only) != name { return }
    let isCifar = data.hasPrefix("cifar")
    let (training, normalization) = try Self.load(data, isCifar, isTraining: true, nil)
    let (test, _) = try Self.load(data, isCifar, isTraining: false, normalization)
    let preset = Preset.named(name)!
    var settings = preset.settings
    if let epochs = getenv("CONVFILTER_TRAINING_EPOCHS") {
      settings.epochs = Int(String(cString: epochs))!
    }
    if let rate = getenv("CONVFILTER_TRAINING_RATE") {
      settings.rate = Float(String(cString: rate))!
    }
    let trainer = try Trainer(
      Network(preset.architecture(classes: 10), input: training.shape), settings: settings,
      classNames: (0..<10).map { "\($0)" }, normalization: normalization, training: training,
      validation: test, team: .forNetworks(threads: availableProcessors()))
    let result = try trainer.run(
      clock: {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
      },
      onEvent: { event in
        if case .epoch(let report) = event { print(name, report) }
        if case .warning(let warning) = event { print(name, warning) }
      })
    #expect(result.last.network.output.count == 10)
    #expect(result.history.last!.validationAccuracy! >= goal)
  }

  static func load(
    _ name: String, _ isCifar: Bool, isTraining: Bool, _ known: Normalization?
  ) throws -> (MemoryExamples, Normalization) {
    var levels: [UInt8] = []
    var labels: [Int32] = []
    var shape = FeatureShape(height: 28, width: 28, channels: 1)
    if isCifar {
      shape = FeatureShape(height: 32, width: 32, channels: 3)
      let files = isTraining ? (1...5).map { "data_batch_\($0).bin" } : ["test_batch.bin"]
      for file in files {
        let bytes = readFile("\(folder!)/\(name)/\(file)")
        for start in stride(from: 0, to: bytes.count, by: 3073) {
          labels.append(Int32(bytes[start]))
          for pixel in 0..<1024 {
            for c in 0..<3 { levels.append(bytes[start + 1 + c * 1024 + pixel]) }
          }
        }
      }
    } else {
      let kind = isTraining ? "train" : "t10k"
      levels = Array(readFile("\(folder!)/\(name)/\(kind)-images-idx3-ubyte").dropFirst(16))
      labels = readFile("\(folder!)/\(name)/\(kind)-labels-idx1-ubyte").dropFirst(8).map {
        Int32($0)
      }
    }
    let channels = shape.channels
    var sums = [Double](repeating: 0, count: channels)
    var squares = sums
    for (index, level) in levels.enumerated() {
      let value = Double(level) / 255
      sums[index % channels] += value
      squares[index % channels] += value * value
    }
    let count = Double(levels.count / channels)
    let normalization =
      known
      ?? Normalization(
        mean: sums.map { Float($0 / count) },
        deviation: zip(sums, squares).map {
          Float(($1 / count - $0 / count * $0 / count).squareRoot())
        })
    let images = normalization.apply(levels.map { Float($0) })
    return (
      try MemoryExamples(
        shape: shape, classCount: 10, images: images, labels: labels, seed: 1), normalization
    )
  }
}
