import ArgumentParser
import ConvEngine
import ConvNet
import Foundation
import Raster

/// One job of ours in a process of its own, so that its memory is its own.
///
/// Answers "ready" with a JSON list of numbers that rivals must find, too, then each line with the seconds
/// of one run. "peak" is answered with the largest resident set in MiB.
struct NetworkWorker: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "network-worker", abstract: "Run one job of 'networks', told by lines.",
    shouldDisplay: false)

  @Argument(help: "A job in JSON.") var job: String
  @Flag(help: "Write what rivals start from to the folder, and end.") var prepare = false
  @Argument(help: "The folder of files that rivals read.") var folder: String

  func run() throws {
    let job = try NetworkJob(json: job)
    let network = try job.network()
    let model = try job.model(network)
    if prepare { return try write(job, model) }
    let team = ThreadTeam.forNetworks(threads: job.threads)
    if job.isTraining { try train(job, model, team) } else { try predict(job, model, team) }
  }

  private func write(_ job: NetworkJob, _ model: Model) throws {
    func write(_ bytes: [UInt8], _ name: String) throws {
      try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    }
    try write(ModelFile.encode(model), "model.safetensors")
    try write(Array(PyTorchSource.text(model, weights: "model.safetensors").utf8), "model.py")
    try write(ONNXFile.encode(model), "model.onnx")
    try write(job.images(model.network), "images")
    let labels = (0..<job.batch).map { job.label($0, model.network) }
    try write(labels.flatMap { withUnsafeBytes(of: $0.littleEndian, Array.init) }, "labels")
    let frozen = model.network.slots.filter { $0.shape.isTrained && !$0.shape.learns }.map(\.name)
    try write(Array(frozen.joined(separator: "\n").utf8), "frozen")
  }

  /// Answers the line that asks; ends where nobody asks any more.
  private static func ask() -> Bool {
    while let line = readLine() {
      if line != "peak" { return true }
      say("\(Command.ownPeak)")
    }
    return false
  }

  private static func say(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
  }

  private func predict(_ job: NetworkJob, _ model: Model, _ team: ThreadTeam) throws {
    let predictor = Predictor(model, batch: job.batch, team: team)
    let images = job.images(model.network).map { Float($0) }
    let first = predictor.probabilities(images)[0]
    Self.say("[\(first.map { "\($0)" }.joined(separator: ","))]")
    let clock = ContinuousClock()
    while Self.ask() {
      let start = clock.now
      _ = predictor.probabilities(images)
      Self.say("\((clock.now - start).seconds)")
    }
  }

  private func train(_ job: NetworkJob, _ model: Model, _ team: ThreadTeam) throws {
    var settings = TrainingSettings()
    settings.batch = job.batch
    settings.epochs = 1
    settings.optimizer = .sgd(momentum: NetworkJob.momentum, nesterov: true)
    settings.rate = NetworkJob.rate
    settings.weightDecay = 0
    settings.schedule = .constant
    settings.precision = Precision(rawValue: job.precision) ?? .f32
    let examples = SameExamples(job, model)
    let trainer = try Trainer(
      model.network, settings: settings, classNames: model.classNames,
      normalization: model.normalization, weights: model.weights, training: examples, team: team)
    let clock = ContinuousClock()
    var start = clock.now
    var losses: [Double] = []
    var isOver = false
    _ = try trainer.run(
      shouldStop: { isOver },
      onEvent: { event in
        guard case .step(let report) = event else { return }
        let seconds = (clock.now - start).seconds
        losses.append(report.loss)
        if losses.count < 2 { return }
        Self.say(losses.count == 2 ? "[\(losses[0]),\(losses[1])]" : "\(seconds)")
        isOver = !Self.ask()
        start = clock.now
      })
  }
}

/// The same batch, again and again.
private struct SameExamples: BatchSource {
  let shape: FeatureShape
  let classCount: Int
  let batch: Int
  let images: [Float]
  let labels: [Int32]
  /// More than anybody has the patience for.
  var count: Int { batch << 20 }

  init(_ job: NetworkJob, _ model: Model) {
    shape = model.network.input
    classCount = model.classNames.count
    batch = job.batch
    images = model.normalization.apply(job.images(model.network).map { Float($0) })
    labels = (0..<job.batch).map { job.label($0, model.network) }
  }

  func load(
    _ positions: Range<Int>, epoch: Int?, images: UnsafeMutableBufferPointer<Float>,
    labels: UnsafeMutableBufferPointer<Int32>
  ) {
    for (place, position) in positions.enumerated() {
      let own = position % batch * shape.count
      _ = UnsafeMutableBufferPointer(rebasing: images[(place * shape.count)...])
        .update(fromContentsOf: self.images[own..<own + shape.count])
      labels[place] = self.labels[position % batch]
    }
  }
}
