import ConvNet
import PictureSupport
import TestSupport
import Testing

@Suite("Models that ask for too much")
struct ModelMemoryTests {
  let training: SmallTraining
  var folder: ScratchFolder { training.folder }

  init() throws { training = try SmallTraining() }

  /// A model file of a description without a tensor: some 300 bytes.
  private func write(_ architecture: String, to name: String) throws {
    let metadata = [
      ("format", "convfilter"), ("format_version", "1"), ("kind", "model"),
      ("architecture", architecture), ("classes", "[\"a\",\"b\"]"), ("mean", "[0]"),
      ("deviation", "[1]"), ("facts", "{}"),
    ]
    try folder.write(
      Safetensors(metadata: metadata.map { (name: $0.0, value: $0.1) }, tensors: []).encoded(),
      to: name)
  }

  @Test("are refused within the limit, with what would help")
  func limit() throws {
    try write("input 4096x4096x1; maxpool 2; globalavgpool; dense 2", to: "bare.safetensors")
    try write("input 128x128x1; flatten; dense 32768; dense 2", to: "hollow.safetensors")
    try folder.write(TestPictures.pattern(8, 8), to: "p.png")
    // A process inherits the peak of the one that started it.
    let idle = try training.run(["kernels"]).peakMemory
    for command in [["predict", "p.png"], ["features", "p.png", "maps"], ["evaluate", "digits"]] {
      let words = [command[0], "hollow.safetensors"] + command.dropFirst()
      let hollow = try training.run(words)
      #expect(hollow.status == .exited(1))
      #expect(hollow.errors.contains("no tensor dense1.weight"), "\(hollow.errors)")
      #expect(hollow.peakMemory < idle + 150_000_000)
    }
    let dense = try SmallTraining()
    try dense.trainDigits("m.safetensors", epochs: 1)
    try dense.folder.write(TestPictures.pattern(2000, 2000), to: "large.png")
    for command in [["predict", "large.png"], ["features", "large.png", "maps"]] {
      let words = [command[0], "m.safetensors"] + command.dropFirst() + ["--limit-memory", "1M"]
      let result = try dense.run(words)
      #expect(result.status == .exited(1))
      #expect(
        result.errors.contains("the picture needs 3.8 MiB of memory, the limit is 1 MiB"),
        "\(result.errors)")
    }
    let model = try dense.run(
      ["predict", "m.safetensors", "large.png", "--limit-memory", "4k"])
    #expect(model.status == .exited(1))
    #expect(model.errors.contains("m.safetensors: error: the model needs "), "\(model.errors)")
    let resumed = try dense.run(
      ["train", "digits", "--resume", "m.safetensors", "--limit-memory", "4k"])
    #expect(resumed.status == .exited(1))
    #expect(resumed.errors.contains("m.safetensors: error: the model needs "), "\(resumed.errors)")
    let wrong = try dense.run(["predict", "m.safetensors", "large.png", "--limit-memory", "lots"])
    #expect(wrong.status == .exited(64) && wrong.errors.contains("--limit-memory lots: expected"))
  }

  @Test("a model is recognised by what is in it, a text by what is not")
  func names() throws {
    try training.trainDigits("m.safetensors", epochs: 1)
    try folder.write(#require(folder.read("m.safetensors")), to: "model.txt")
    let model = try training.run("summary", "model.txt")
    #expect(model.status == .exited(0), "\(model.errors)")
    #expect(model.text.contains("Conv2D(4, 3×3, ReLU)"))
    try folder.write(Array("residual{ relu }\nflatten; dense 10\n".utf8), to: "net")
    let words = ["--input", "8x8x1"]
    let text = try training.run(["summary", "net"] + words)
    #expect(text.status == .exited(0), "\(text.errors)")
    #expect(try training.run(["summary", "--architecture", "net"] + words).text == text.text)
    let both = try training.run(["summary", "net", "--architecture", "net"])
    #expect(both.status == .exited(64))
    let kernel = try training.run("apply", "-k", "m.safetensors", "a.png", "b.png")
    #expect(kernel.errors.contains("name one of its filters, as m.safetensors:conv1/0"))
  }
}
