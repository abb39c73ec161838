import ArgumentParser
import ConvNet
import Datasets
import KernelLanguage
import Raster
import Text

/// Seconds that an epoch of training takes.
struct Training: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Time the training of a preset on its data.",
    discussion: """
      Prints one JSON object as the rivals in Rivals/ do: program, seconds of each epoch, \
      parameters, mean loss of the last epoch. bench_train.py runs them all.
      """)

  @Argument(help: "mnist-dense, mnist-conv, cifar-conv, cifar-pool or cifar-deep.")
  var model: String

  @Option(help: "Folder of the data sets, as for convfilter.")
  var data: String

  @Option(help: "Examples of an epoch (default: all).")
  var examples: Int?

  @Option(help: "Epochs.")
  var epochs = 2

  @Option(help: "Threads.")
  var threads = 2

  func validate() throws {
    if Preset.named(model) == nil || dataSet == nil {
      throw ValidationError(
        "MODEL is mnist-dense, mnist-conv, cifar-conv, cifar-pool or cifar-deep")
    }
  }

  func run() throws {
    let batches = try batches()
    let shape = FeatureShape(
      height: batches.height, width: batches.width, channels: batches.channels)
    var settings = Preset.named(model)!.settings
    // As Keras has it where nobody says anything.
    settings.optimizer = .adam()
    settings.rate = 1e-3
    settings.schedule = .constant
    settings.weightDecay = 0
    settings.epochs = epochs
    settings.batch = 128
    let network = try Network(Preset.named(model)!.architecture(classes: 10), input: shape)
    let trainer = try Trainer(
      network, settings: settings, classNames: (0..<10).map { "\($0)" },
      normalization: batches.normalization,
      training: Examples(batches: batches, shape: shape), team: .forNetworks(threads: threads))
    let clock = ContinuousClock()
    let start = clock.now
    var (seconds, loss) = ([Double](), 0.0)
    _ = try trainer.run(
      clock: { Double((clock.now - start) / .seconds(1)) },
      onEvent: { event in
        if case .epoch(let report) = event {
          seconds.append(report.seconds)
          loss = report.loss
        }
      })
    let times = seconds.map { "\($0)" }.joined(separator: ", ")
    print(
      """
      {"program": "convfilter", "seconds": [\(times)], "parameters": \(Summary(network).trainable), \
      "loss": \(loss)}
      """)
  }

  private var dataSet: KnownDataset? {
    model.hasPrefix("mnist")
      ? .named("mnist") : model.hasPrefix("cifar") ? .named("cifar10") : nil
  }

  private func batches() throws -> Batches {
    let known = dataSet!
    let folder = DataFolder(data)
    let own = known.folderName.map { folder.folder($0) }
    let place = [own, folder].compactMap { $0 }.first { known.missingFiles(in: $0).isEmpty }
    var images = try known.load(from: place ?? own ?? folder).train
    if let examples, examples < images.count {
      images = images.selecting(Array(0..<max(examples, 1)))
    }
    return Batches(images, normalization: images.normalization(), seed: 1)
  }

  /// The joint between data and network.
  private struct Examples: BatchSource {
    let batches: Batches
    let shape: FeatureShape
    var count: Int { batches.count }
    var classCount: Int { 10 }

    func load(
      _ positions: Range<Int>, epoch: Int?, images: UnsafeMutableBufferPointer<Float>,
      labels: UnsafeMutableBufferPointer<Int32>
    ) throws {
      try batches.fill(positions: positions, epoch: epoch, images: images, labels: labels)
    }
  }
}
