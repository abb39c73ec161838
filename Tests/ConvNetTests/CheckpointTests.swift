import ConvNet
import Raster
import Testing

/// Keeps what is saved.
final class MemoryStore: CheckpointStore {
  var saved: [(kind: CheckpointKind, bytes: [UInt8])] = []
  func save(_ bytes: [UInt8], as kind: CheckpointKind) { saved.append((kind, bytes)) }
}

@Suite("Checkpoints")
struct CheckpointTests {
  static func settings(_ optimizer: Optimizer) -> TrainingSettings {
    var settings = barSettings()
    settings.epochs = 3
    settings.optimizer = optimizer
    settings.average = 0.9
    settings.clip = 1
    settings.rate = 3e-3
    return settings
  }

  static let training = try! bars(150, seed: 1)
  static let validation = try! bars(60, seed: 2)

  static func trainer(_ settings: TrainingSettings) throws -> Trainer {
    try Trainer(
      Network(Architecture(everything), input: training.shape), settings: settings,
      classNames: ["lying", "upright"], normalization: .unit(channels: 1), training: training,
      validation: validation, facts: ["data set": "bars"], team: .forNetworks(threads: 2))
  }

  @Test(
    "a run stopped anywhere and resumed ends with the very same weights",
    arguments: [.sgd(), .adam(), .adamW()] as [Optimizer], [1, 5, 7, 14])
  func resumes(optimizer: Optimizer, stop: Int) throws {
    let whole = try Self.trainer(Self.settings(optimizer)).run()
    let store = MemoryStore()
    var steps = 0
    let first = try Self.trainer(Self.settings(optimizer)).run(
      store: store,
      shouldStop: {
        steps += 1
        return steps == stop
      })
    #expect(first.end == .cancelled(step: stop))
    let checkpoint = try Checkpoint(store.saved.last { $0.kind == .last }!.bytes)
    #expect(checkpoint.step == stop)
    let second = try Trainer(
      resuming: checkpoint, training: Self.training, validation: Self.validation,
      team: .forNetworks(threads: 1)
    ).run()
    #expect(second.end == .finished)
    #expect(second.last.weights == whole.last.weights)
    #expect(second.best.weights == whole.best.weights)
    #expect(second.bestEpoch == whole.bestEpoch)
    #expect(second.history == whole.history)
  }

  @Test("each epoch saves a checkpoint, and the best a model before it")
  func saves() throws {
    let store = MemoryStore()
    let result = try Self.trainer(Self.settings(.adamW())).run(store: store, saveEvery: 2)
    let kinds = store.saved.map(\.kind)
    // 5 steps an epoch: checkpoints after steps 2, 4, 5, 6, 8, 10, 12, 14, 15.
    #expect(kinds.filter { $0 == .last }.count == 9)
    #expect(kinds.filter { $0 == .best }.count == result.history.filter(\.isBest).count)
    let best = try ModelFile.decode(store.saved.last { $0.kind == .best }!.bytes)
    #expect(best.weights == result.best.weights)
    #expect(best.facts == ["data set": "bars"])
    // A checkpoint is a model too.
    let last = try ModelFile.decode(store.saved.last { $0.kind == .last }!.bytes)
    #expect(last.classNames == ["lying", "upright"])
  }

  @Test("the file of a checkpoint is a function of the run alone")
  func bytes() throws {
    let stores = [MemoryStore(), MemoryStore()]
    for store in stores { _ = try Self.trainer(Self.settings(.adamW())).run(store: store) }
    #expect(stores[0].saved.map(\.bytes) == stores[1].saved.map(\.bytes))
  }

  @Test("models and other data are refused")
  func refusals() throws {
    let trainer = try Self.trainer(Self.settings(.adamW()))
    let checkpoint = trainer.checkpoint
    #expect(throws: NetworkError.notACheckpoint) {
      try Checkpoint(ModelFile.encode(checkpoint.model))
    }
    #expect(throws: NetworkError.self) {
      try Trainer(
        resuming: checkpoint, training: bars(151, seed: 1), team: .forNetworks(threads: 1))
    }
    var file = try Safetensors(checkpoint.encoded())
    file.tensors.removeAll { $0.name == "resume.optimizer1" }
    #expect(throws: NetworkError.missingTensor("resume.optimizer1")) {
      try Checkpoint(file.encoded())
    }
  }

  @Test(
    "a checkpoint that contradicts itself is refused",
    arguments: [
      ("examples", "0"), ("examples", "9223372036854775807"),
      ("progress", "\"step\":16"), ("progress", "\"best_epoch\":3"),
      ("settings", "\"batch\":0"), ("settings", "\"batch\":99999"),
      ("settings", "\"epochs\":9007199254740992"),
    ])
  func contradictions(name: String, value: String) throws {
    let store = MemoryStore()
    _ = try Self.trainer(Self.settings(.adamW())).run(store: store)
    var file = try Safetensors(store.saved.last { $0.kind == .last }!.bytes)
    let index = file.metadata.firstIndex { $0.name == name }!
    let old = file.metadata[index].value
    if let colon = value.firstIndex(of: ":") {
      let start = old.firstRange(of: value[...colon])!
      let rest = old[start.upperBound...]
      file.metadata[index].value = old[..<start.lowerBound] + value + rest.drop { $0 != "," }
    } else {
      file.metadata[index].value = value
    }
    #expect(file.metadata[index].value != old)
    #expect(throws: NetworkError.self) { try Checkpoint(file.encoded()) }
  }

  @Test(
    "settings survive the file",
    arguments: [
      .constant, .cosine, .oneCycle, Schedule(.step(factor: 0.3, epochs: 2), warmUp: 0.1),
    ])
  func settings(schedule: Schedule) throws {
    var settings = Self.settings(.sgd(momentum: 0.7, nesterov: false))
    settings.schedule = schedule
    settings.classWeights = [0.3, 1.7]
    settings.seed = .max
    settings.patience = 4
    settings.initialization = .he
    let checkpoint = try Checkpoint(Self.trainer(settings).checkpoint.encoded())
    #expect(checkpoint.settings == settings)
  }
}
