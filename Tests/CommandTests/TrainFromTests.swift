import ConvNet
import Libc
import TestSupport
import Testing

@Suite("train, from a trained model")
struct TrainFromTests {
  let training: SmallTraining
  var folder: ScratchFolder { training.folder }

  init() throws {
    training = try SmallTraining()
    try training.trainDigits(
      "digits.safetensors",
      layers:
        "conv 4 3x3 same; batchnorm; relu; conv 6 3x3; relu; globalavgpool; dropout 0.1; dense 10"
    )
    try training.writePictures("pictures")
  }

  private func values(_ model: Model, _ name: String) throws -> [Float] {
    Array(model.weights.values(of: try #require(model.network.slots.first { $0.name == name })))
  }

  @Test("only the last layer learns unless more is asked for")
  func freezing() throws {
    let start = try training.model("digits.safetensors")
    for (freeze, moves) in [
      ("all", [false, false, false]), ("relu1", [false, true, true]), ("none", [true, true, true]),
    ] {
      let result = try training.run(
        "train", "pictures", "--from", "digits.safetensors", "--freeze", freeze, "--epochs", "4",
        "--output", "\(freeze).safetensors")
      #expect(result.status == .exited(0), "\(result.errors)")
      let model = try training.model("\(freeze).safetensors")
      #expect(model.classNames == ["dark", "gray", "light"])
      #expect(model.normalization == start.normalization)
      #expect(model.facts["from"] == "digits" && model.facts["freeze"] == freeze)
      for (name, moves) in zip(["conv1.weight", "conv2.weight", "conv2.bias"], moves) {
        #expect(try (values(model, name) != values(start, name)) == moves, "\(freeze) \(name)")
      }
      #expect(
        try (values(model, "batchnorm1.running_mean") != values(start, "batchnorm1.running_mean"))
          == (freeze == "none"))
      // The model that is written says what the training said of the one that it trained.
      let judged = try training.run(
        "evaluate", "\(freeze).safetensors", "pictures", "--split", "validation", "--json")
      #expect(judged.status == .exited(0), "\(judged.errors)")
      let accuracy = try #require(judged.text.split(separator: "\"accuracy\": ").dropFirst().first)
      let told = try training.run(
        "evaluate", "\(freeze).safetensors", "pictures", "--split", "train")
      #expect(told.status == .exited(0))
      #expect(accuracy.first == "1" || accuracy.first == "0")
    }
  }

  @Test("an interrupted training behind frozen layers goes on to the very same weights")
  func resume() throws {
    func start(_ output: String) throws -> RunningCommand {
      try training.start(
        "train", "pictures", "--from", "digits.safetensors", "--epochs", "400", "--batch", "8",
        "--augment", "flip=random", "--output", output)
    }
    #expect(try start("whole.safetensors").wait().status == .exited(0))
    let running = try start("m.safetensors")
    for _ in 0..<2000 where !folder.files.contains("m-log.jsonl") { usleep(1000) }
    running.signal(SIGINT)
    let stopped = running.wait()
    #expect(stopped.status == .exited(130), "\(stopped.errors)")
    let unusable = try training.run("predict", "m.checkpoint.safetensors", "pictures/dark/0.png")
    #expect(unusable.errors.contains("takes 6 values, no pictures"), "\(unusable.errors)")
    let resumed = try training.run(
      "train", "pictures", "--resume", "m.checkpoint.safetensors")
    #expect(resumed.status == .exited(0), "\(resumed.errors)")
    #expect(folder.read("m.safetensors") == folder.read("whole.safetensors"))
    #expect(folder.read("m.safetensors") != nil)
  }

  @Test("what cannot be is said before the work")
  func mistakes() throws {
    func errors(_ words: String...) throws -> String {
      let result = try training.run(["train", "pictures", "--output", "x.safetensors"] + words)
      #expect(result.status != .exited(0))
      return result.errors
    }
    #expect(
      try errors("--from", "digits.safetensors", "--freeze", "conv9")
        .contains("no layer \"conv9\"; it has conv1, batchnorm1"))
    #expect(
      try errors("--from", "digits.safetensors", "--freeze", "dense1")
        .contains("nothing is left to learn"))
    #expect(
      try errors("--from", "digits.safetensors", "--augment", "shift=1").contains("only flip"))
    #expect(try errors("--freeze", "all").contains("add --from FILE"))
    #expect(
      try errors("--from", "digits.safetensors", "--layers", "dense 3").contains(
        "exclude each other"))
    try folder.write([0x50, 0x4b, 3, 4] + [UInt8](repeating: 0, count: 40), to: "net.pth")
    #expect(
      try errors("--from", "net.pth").contains("a file of PyTorch (.pth), not safetensors"))
    #expect(
      try errors("--from", "digits.safetensors", "--color", "rgb").contains("takes gray images"))
  }
}
