import ConvNet
import Raster
import Testing

@Suite("Agreement with PyTorch")
struct PyTorchTests {
  @Test("loss, outputs and every gradient are PyTorch's", arguments: Golden.names, [true, false])
  func gradients(name: String, fuses: Bool) throws {
    let golden = try Golden(name)
    let compiled = golden.compiled(fuses: fuses)
    let (tally, gradient) = compiled.gradient(golden.images, golden.labels, golden.loss)
    #expect(abs(tally.meanLoss - Double(golden.values("test.loss")[0])) < 1e-5)
    let expected = golden.weights("gradient.").trained
    for slot in golden.network.slots where slot.shape.isTrained {
      #expect(
        difference(Array(gradient[slot.range]), Array(expected[slot.range])) < 2e-4, "\(slot.name)")
    }
  }

  @Test(
    "three steps of the optimiser and inference afterwards are PyTorch's", arguments: Golden.names)
  func steps(name: String) throws {
    let golden = try Golden(name)
    var settings = TrainingSettings()
    settings.batch = golden.labels.count
    settings.epochs = 3
    settings.schedule = .constant
    settings.weightDecay = 0.1
    settings.smoothing = golden.loss.smoothing
    settings.classWeights = golden.loss.classWeights
    settings.clip = golden.file[metadata: "clip"].flatMap { Float($0) }
    switch golden.file[metadata: "optimizer"]! {
    case "sgd": (settings.optimizer, settings.rate) = (.sgd(momentum: 0.9, nesterov: true), 0.05)
    case "momentum":
      (settings.optimizer, settings.rate) = (.sgd(momentum: 0.8, nesterov: false), 0.05)
    case "adam": (settings.optimizer, settings.rate) = (.adam(), 0.01)
    default: (settings.optimizer, settings.rate) = (.adamW(), 0.01)
    }
    let classes = golden.loss.classes
    let source = try MemoryExamples(
      shape: golden.network.input, classCount: classes, images: golden.images,
      labels: golden.labels)
    let trainer = try Trainer(
      golden.network, settings: settings, classNames: (0..<classes).map { "\($0)" },
      normalization: .unit(channels: golden.network.input.channels), weights: golden.weights,
      training: source, team: .forNetworks(threads: 2))
    let result = try trainer.run()
    golden.check(result.last.weights)
  }

  @Test(
    "a model file holds the tensors under PyTorch's names and in its layouts",
    arguments: Golden.names)
  func layouts(name: String) throws {
    let golden = try Golden(name)
    let model = try Model(
      network: golden.network, weights: golden.weights,
      classNames: (0..<golden.loss.classes).map { "\($0)" },
      normalization: .unit(channels: golden.network.input.channels))
    let file = try Safetensors(ModelFile.encode(model))
    for tensor in file.tensors {
      #expect(tensor == golden.file.tensors.first { $0.name == tensor.name })
    }
    #expect(file.tensors.count == golden.network.slots.count)
  }
}
