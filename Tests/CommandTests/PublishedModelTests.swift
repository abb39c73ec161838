import ConvNet
import TestSupport
import Testing

@Suite("Models of others whose tensors are alike")
struct PublishedModelTests {
  let training: SmallTraining
  var folder: ScratchFolder { training.folder }

  init() throws { training = try SmallTraining() }

  @Test("which of them it is says the command line, or a file beside them; else it is asked for")
  func timm() throws {
    let text = try #require(
      ScratchFolder.contents(TestData.package + "/Tests/ConvNetTests/Goldens/timm-lite0.txt"))
    let tensors = String(decoding: text, as: UTF8.self).split(separator: "\n").map { line in
      let words = line.split(separator: " ")
      let shape = words.dropFirst().map { Int($0)! }
      return Safetensors.Tensor(
        String(words[0]), shape: shape,
        values: [Float](repeating: 0.5, count: shape.reduce(1, *)))
    }
    try folder.write(
      Safetensors(metadata: [("format", "pt")], tensors: tensors).encoded(),
      to: "timm/model.safetensors")
    func export(_ name: String, as output: String) throws -> (known: String?, errors: String) {
      let result = try training.run("export", name, output)
      #expect(result.status == .exited(0), "\(result.errors)")
      return (try training.model(output).facts["model"], result.errors)
    }
    let bare = try export("timm/model.safetensors", as: "a.safetensors")
    #expect(bare.known == "efficientnet-lite0")
    #expect(
      bare.errors.contains(
        "timm/model.safetensors: warning: has the tensors of tf_efficientnet_lite0 and of "
          + "efficientnet_lite0 alike"), "\(bare.errors)")
    #expect(bare.errors.contains(" name it efficientnet-lite0-timm:timm/model.safetensors, else "))
    let said = try export("efficientnet-lite0-timm:timm/model.safetensors", as: "b.safetensors")
    #expect(said.known == "efficientnet-lite0-timm" && !said.errors.contains("warning"))
    try folder.write(
      Array(#"{"architecture": "efficientnet_lite0", "num_classes": 1000}"#.utf8),
      to: "timm/config.json")
    let beside = try export("timm/model.safetensors", as: "c.safetensors")
    #expect(beside.known == "efficientnet-lite0-timm" && !beside.errors.contains("warning"))
    let summary = try training.run("summary", "efficientnet-lite0:timm/model.safetensors")
    #expect(summary.status == .exited(0) && summary.errors == "", "\(summary.errors)")
    let missing = try training.run("summary", "efficientnet-lite0:none.safetensors")
    #expect(missing.errors.contains("none.safetensors: error: "), "\(missing.errors)")
  }
}
