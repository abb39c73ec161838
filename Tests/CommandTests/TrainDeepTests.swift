import ConvNet
import PictureSupport
import TestSupport
import Testing

@Suite("train with the recipes of deep networks")
struct TrainDeepTests {
  let training: SmallTraining
  var folder: ScratchFolder { training.folder }

  init() throws { training = try SmallTraining() }

  private static let layers =
    "conv 8 2x2 whitened gelu; conv 8 3x3 same nobias dirac; maxpool 2; batchnorm noscale; hardswish; "
    + "flatten; dense 10 nobias unit; scale 1/16"

  private func train(_ arguments: String...) throws -> CommandResult {
    try training.run(
      ["train", "digits", "--layers", Self.layers, "--epochs", "1", "-o", "m.safetensors"]
        + arguments)
  }

  @Test("Muon, groups, lookahead and whole steps are said, done and kept in the last state")
  func recipe() throws {
    let result = try train(
      "--optimizer", "muon", "--group", "conv1.bias:epochs=1,fade", "--group",
      "batchnorm*:rate=4,decay=0.5", "--lookahead", "3", "--drop-last", "--batch", "64",
      "--schedule",
      "one-cycle:0.1,0.2")
    #expect(result.status == .exited(0), "\(result.errors)")
    #expect(
      result.errors.contains(
        "muon with momentum 0.6 (Nesterov) for kernels, sgd with momentum 0.85 for the rest, rate 0.24 "
          + "(one-cycle:0.1,0.2), weight decay 0, lookahead every 3 steps, whole steps only, "
          + "conv1.bias:epochs=1,fade, batchnorm*:rate=4,decay=0.5"), "\(result.errors)")
    let last = try Checkpoint(#require(folder.read("m-last.safetensors")))
    #expect(last.settings.lookahead == Lookahead(interval: 3) && last.settings.dropsLast)
    #expect(last.settings.groups.map(\.pattern) == ["conv1.bias", "batchnorm*"])
    // 1,500 images: 23 steps of 64.
    #expect(last.isComplete && last.steps == 23)
    let model = try ModelFile.decode(#require(folder.read("m.safetensors")))
    #expect(model.weights == last.model.weights)
  }

  @Test("more epochs go on from the last state; without --force the results stay")
  func extends() throws {
    #expect(try train().status == .exited(0))
    let before = folder.read("m.safetensors")
    func goOn(_ arguments: String...) throws -> CommandResult {
      try training.run(["train", "digits", "--resume", "m-last.safetensors"] + arguments)
    }
    let refused = try goOn("--epochs", "2")
    #expect(refused.status == .exited(1) && refused.errors.contains("m.safetensors: error: exists"))
    #expect(folder.read("m.safetensors") == before)
    let none = try goOn("--epochs", "1", "--force")
    #expect(
      none.errors.contains("--epochs 1: error: the training was planned for 1 epochs; name more"))
    let longer = try goOn("--epochs", "2", "--force")
    #expect(longer.status == .exited(0), "\(longer.errors)")
    #expect(longer.errors.contains("epoch 2/2") && !longer.errors.contains("epoch 1/2"))
    #expect(folder.read("m.safetensors") != before)
    // Both say how long the whole training was.
    for name in ["m.safetensors", "m-last.safetensors"] {
      #expect(try training.model(name).facts["epochs"] == "2")
    }
    #expect(try Checkpoint(#require(folder.read("m-last.safetensors"))).history.count == 2)
  }

  @Test("views: digits are others when mirrored, which all say; models judge as they were trained")
  func views() throws {
    let warning = "--views: warning: digits are others when mirrored, and half of all"
    let warned = try train("--views", "2")
    #expect(warned.status == .exited(0) && warned.errors.contains(warning), "\(warned.errors)")
    #expect(try training.model("m.safetensors").facts["views"] == "2")
    let judged = try training.run("evaluate", "m.safetensors", "digits", "--views", "2")
    #expect(judged.status == .exited(0) && judged.errors.contains(warning), "\(judged.errors)")
    #expect(try train("--force").status == .exited(0))
    try folder.write(TestPictures.pattern(8, 8), to: "in.png")
    let predicted = try training.run("predict", "m.safetensors", "in.png", "--views", "6")
    #expect(predicted.status == .exited(0) && predicted.errors.contains(warning))
    func accuracy(_ arguments: String...) throws -> String {
      try training.run(["evaluate", "m.safetensors", "digits"] + arguments).text
    }
    let plain = try accuracy()
    #expect(try accuracy("--views", "1") == plain && accuracy("--views", "6") != plain)
    var model = try ModelFile.decode(#require(folder.read("m.safetensors")))
    model.facts["views"] = "6"
    try folder.write(ModelFile.encode(model), to: "m.safetensors")
    #expect(try accuracy() == accuracy("--views", "6") && accuracy("--views", "1") == plain)
  }

  @Test(
    "what is written wrongly is refused",
    arguments: [
      ["--group", "conv1.bias"], ["--group", "conv1:rate=0"], ["--group", "conv1:fade"],
      ["--lookahead", "0"], ["--schedule", "plateau:2,3"], ["--schedule", "one-cycle:1"],
      ["--views", "3"], ["--momentum", "0.5"],
    ])
  func refusals(arguments: [String]) throws {
    let result = try training.run(["train", "digits", "--layers", Self.layers] + arguments)
    #expect(result.status == .exited(64), "\(result.errors)")
  }

  @Test("a plateau needs validation images, as the test images must not decide")
  func plateau() throws {
    let refused = try train("--schedule", "plateau:0.5,2")
    #expect(refused.status == .exited(64))
    #expect(refused.errors.contains("--schedule: error: there are no validation images"))
    let judged = try train("--schedule", "plateau:0.5,2", "--validation", "0.1")
    #expect(judged.status == .exited(0), "\(judged.errors)")
  }
}
