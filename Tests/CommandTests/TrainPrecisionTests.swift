import ConvEngine
import ConvNet
import TestSupport
import Testing

@Suite("train with products of bfloat16")
struct TrainPrecisionTests {
  let training: SmallTraining
  var folder: ScratchFolder { training.folder }

  init() throws { training = try SmallTraining() }

  private func train(
    _ arguments: String..., precision: String = "bf16", environment: [String: String] = [:]
  ) throws -> CommandResult {
    try CommandRunner.run(
      [
        "train", "digits", "--layers", "conv 8 3x3 relu; conv 8 3x3 stride 2; flatten; dense 10",
        "--epochs", "2", "--precision", precision,
      ] + arguments,
      environment: ["CONVFILTER_DATA": "nowhere"].merging(environment) { $1 },
      folder: folder.path)
  }

  @Test("refused where there are no instructions for it, before anything is done")
  func refused() throws {
    // The baseline has none on any processor.
    let result = try train(environment: ["CONVFILTER_INSTRUCTION_SET": "baseline"])
    #expect(result.status == .exited(64))
    #expect(
      result.errors.contains(
        "--precision bf16: error: this processor has no instructions for products of bfloat16 "
          + "(AVX512-BF16); take f32, which is as fast here, or set CONVFILTER_BF16=emulate"),
      "\(result.errors)")
    #expect(ScratchFolder.files(in: folder.path).isEmpty)
    #expect(try train(precision: "f16").status == .exited(64))
  }

  @Test(
    "emulated, it is said, kept in the model and the checkpoint, and goes on with the same bytes")
  func emulated() throws {
    let emulate = ["CONVFILTER_BF16": "emulate"]
    let whole = try train("-o", "a.safetensors", environment: emulate)
    #expect(whole.status == .exited(0), "\(whole.errors)")
    #expect(whole.errors.contains("products in bf16"), "\(whole.errors)")
    let model = try training.model("a.safetensors")
    #expect(model.facts["precision"] == "bf16")
    let last = try Checkpoint(#require(folder.read("a-last.safetensors")))
    #expect(last.settings.precision == .bf16)
    let page = String(decoding: try #require(folder.read("a-report.html")), as: UTF8.self)
    #expect(page.contains("products in bf16"))
    let single = try train("-o", "b.safetensors", precision: "f32")
    #expect(single.status == .exited(0) && !single.errors.contains("bf16"))
    #expect(try training.model("b.safetensors").weights != model.weights)
    #expect(try training.model("b.safetensors").facts["precision"] == nil)

    let longer = ["train", "digits", "--resume", "a-last.safetensors", "--epochs", "3", "--force"]
    let refused = try CommandRunner.run(
      longer,
      environment: ["CONVFILTER_DATA": "nowhere", "CONVFILTER_INSTRUCTION_SET": "baseline"],
      folder: folder.path)
    #expect(refused.status == .exited(1))
    #expect(
      refused.errors.contains("a-last.safetensors: error: this processor has no instructions"))
    // Judged as it was trained, and in single precision where nothing is said.
    func judged(_ arguments: String...) throws -> String {
      try CommandRunner.run(
        ["evaluate", "a.safetensors", "digits", "--json"] + arguments,
        environment: ["CONVFILTER_DATA": "nowhere"].merging(emulate) { $1 }, folder: folder.path
      ).text
    }
    let report = try train("-o", "c.safetensors", "--json", environment: emulate).text
    func loss(_ text: String) -> Substring? {
      text.split(separator: "{").first { $0.hasPrefix("\"split\": \"test\", \"loss\"") }
    }
    #expect(loss(report) != nil)
    #expect(try loss(report) == loss(judged("--precision", "bf16")))
    #expect(try loss(report) != loss(judged()))
    let guesses = try ["f32", "bf16"].map {
      try CommandRunner.run(
        ["predict", "a.safetensors", "a-curves.png", "--precision", $0], environment: emulate,
        folder: folder.path)
    }
    #expect(guesses.allSatisfy { $0.status == .exited(0) }, "\(guesses[1].errors)")
    let without = try CommandRunner.run(
      ["predict", "a.safetensors", "a-curves.png", "--precision", "bf16"],
      environment: ["CONVFILTER_INSTRUCTION_SET": "baseline"], folder: folder.path)
    #expect(without.status == .exited(64) && without.errors.contains("take f32"))
    let fixed = try CommandRunner.run(
      longer + ["--precision", "f32"], environment: emulate, folder: folder.path)
    #expect(fixed.errors.contains("drop --precision"))
    let goesOn = try CommandRunner.run(longer, environment: emulate, folder: folder.path)
    #expect(goesOn.status == .exited(0), "\(goesOn.errors)")
    #expect(
      try Checkpoint(#require(folder.read("a-last.safetensors"))).settings.precision == .bf16)
  }
}
