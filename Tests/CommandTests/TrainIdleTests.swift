import ConvNet
import TestSupport
import Testing

@Suite("train, asked for what changes nothing")
struct TrainIdleTests {
  let training: SmallTraining

  init() throws { training = try SmallTraining() }

  private func train(_ arguments: String...) throws -> CommandResult {
    try training.run(
      [
        "train", "digits", "--epochs", "1", "-o", "m.safetensors", "--force",
      ] + (arguments.contains("--layers") ? [] : ["--layers", "flatten; dense 10"]) + arguments)
  }

  @Test(
    "a start or an end that a schedule does not have is refused",
    arguments: [
      (["constant:1,0"], "a constant rate ends where its peak is; write constant:1,1"),
      (["cosine:0,0"], "without a warm-up the rate starts at its peak; write cosine:1,0, or say"),
      (["one-cycle:0.2,0", "--warm-up", "0"], "write one-cycle:1,0, or say with --warm-up for"),
    ])
  func schedules(value: [String], message: String) throws {
    let result = try training.run(["train", "digits", "--schedule"] + value)
    #expect(result.status == .exited(64) && result.errors.contains(message), "\(result.errors)")
  }

  @Test(
    "a start and an end that it has are taken",
    arguments: [
      ["constant:1,1"], ["constant:0,1", "--warm-up", "0.1"], ["cosine:1,0.1"],
      ["cosine:0,0.1", "--warm-up", "0.5"], ["one-cycle:1,0", "--warm-up", "0"],
    ])
  func goodSchedules(value: [String]) throws {
    let result = try training.run(
      [
        "train", "digits", "--layers", "flatten; dense 10", "--epochs", "1", "-o", "m.safetensors",
        "--schedule",
      ] + value)
    #expect(result.status == .exited(0), "\(result.errors)")
  }

  @Test(
    "changes of images stand once, with numbers that change something",
    arguments: [
      ("shift=2,shift=3", "each once, above 0"), ("flip,flip=random", "each once, above 0"),
      ("mixup=0", "expected a number above 0 to 4"), ("hue=0", "expected a number above 0 to 0.5"),
      ("rotate=0", "expected a number above 0 to 180"), ("cutout=0", "pixels from 1 to 4096"),
    ])
  func changes(list: String, reason: String) throws {
    let result = try train("--augment", list)
    #expect(
      result.status == .exited(64) && result.errors.contains(reason), "\(result.errors)")
  }

  @Test("gray images have no colours to change, and that is said")
  func colors() throws {
    let gray = try train("--augment", "hue=0.1,saturation=0.2,contrast=0.1")
    #expect(gray.status == .exited(0))
    #expect(
      gray.errors.contains(
        "--augment: warning: hue and saturation: gray images have no colours to change"))
    try training.writePictures("pictures", color: .rgb)
    let color = try training.run(
      "train", "pictures", "--layers", "flatten; dense 3", "--epochs", "1", "--augment", "hue=0.1")
    #expect(color.status == .exited(0) && !color.errors.contains("warning"), "\(color.errors)")
  }

  @Test("a path that nothing goes past is warned of, and not one in a residual block")
  func paths() throws {
    let lone = "conv 4 3x3 same; droppath 0.1; flatten; dense 10"
    let warning = "droppath1: stands in no residual block"
    #expect(try train("--layers", lone).errors.contains("warning: \(warning)"))
    let shown = try training.run("summary", "--layers", lone, "--input", "8x8x1")
    #expect(shown.status == .exited(0) && shown.errors.contains(warning))
    for (layers, isLone) in [
      ("residual { conv 1 3x3 same; droppath 0.1 }; flatten; dense 10", false),
      ("residual { gate { conv 1 1x1; droppath 0.1 } }; flatten; dense 10", false),
      ("residual { conv 1 3x3 same } shortcut { droppath 0.1 }; flatten; dense 10", true),
    ] {
      let result = try training.run("summary", "--layers", layers, "--input", "8x8x1")
      #expect(result.errors.contains(warning) == isLone, "\(layers): \(result.errors)")
    }
  }

  @Test("docs/networks.md has every option of how a network learns, and every change of images")
  func page() throws {
    let page = String(
      decoding: try #require(ScratchFolder.contents(TestData.package + "/docs/networks.md")),
      as: UTF8.self)
    let help = try training.run("help", "train").text
    let start = try #require(help.firstRange(of: "\nTRAINING:\n")).upperBound
    let end = try #require(help[start...].firstRange(of: "\n\n")).lowerBound
    let section = help[start..<end]
    let options = section.split(whereSeparator: \.isNewline).compactMap { line -> Substring? in
      let words = line.split { " /,".contains($0) }
      return line.hasPrefix("  --") ? words.first : nil
    }
    #expect(options.count > 20)
    for option in options { #expect(page.contains("`\(option)"), "\(option)") }
    let preset = try training.run("summary", "cifar-94", "--description").text
    #expect(page.contains(try #require(preset.split(separator: "\n").first) + "\n"))
    // The list of changes, as the help has it.
    let list = try #require(
      section.split(separator: "--augment").last?.split(separator: "--views").first)
    let changes = list.split { !$0.isLetter && $0 != "=" }.filter { $0.contains("=") }
    #expect(changes.count > 10)
    for change in changes {
      let word = change.prefix { $0 != "=" }
      #expect(page.contains("`\(word)=") || page.contains("`\(word)`"), "\(word)")
    }
  }

  @Test("a batch of more images than there are is said to be smaller")
  func batches() throws {
    let words =
      "--batch: warning: there are 1,500 images to learn from, and each step takes them all"
    let dropping = try train("--batch", "5000", "--drop-last")
    #expect(dropping.errors.contains(words + "; none is left out\n"), "\(dropping.errors)")
    #expect(try train("--batch", "5000").errors.contains(words + "\n"))
    #expect(!(try train("--batch", "1500", "--drop-last").errors.contains("warning")))
  }

  @Test("an equal average begins within the training, and not beside a moving one")
  func averages() throws {
    let late = try train("--swa", "2")
    #expect(late.status == .exited(64))
    #expect(late.errors.contains("--swa 2: error: the training ends after epoch 1"))
    let both = try train("--swa", "1", "--ema", "0.9")
    #expect(both.status == .exited(64) && both.errors.contains("exclude each other"))
    let one = try train("--swa", "1")
    #expect(one.status == .exited(0) && one.errors.contains("equal average from epoch 1 on"))
    let last = try Checkpoint(#require(training.folder.read("m-last.safetensors")))
    #expect(last.settings.averagesFrom == 1)
  }
}
