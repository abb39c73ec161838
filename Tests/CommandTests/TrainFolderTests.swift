import ConvNet
import Libc
import PictureSupport
import TestSupport
import Testing

@Suite("train and evaluate on folders")
struct TrainFolderTests {
  let training: SmallTraining
  var folder: ScratchFolder { training.folder }

  init() throws { training = try SmallTraining() }

  private func train(_ set: String, _ options: String...) throws -> CommandResult {
    try CommandRunner.run(
      ["train", set, "--layers", "flatten; dense 3"]
        + (options.contains("--epochs") ? [] : ["--epochs", "2"]) + options,
      folder: folder.path, timeout: 240)
  }

  @Test("validation images choose, test images judge")
  func parts() throws {
    try training.writePictures("set/train")
    try training.writePictures("set/val", count: 3)
    try training.writePictures("set/test", count: 4)
    let result = try train("set", "--patience", "1")
    #expect(result.status == .exited(0), "\(result.errors)")
    #expect(result.errors.contains("30 training images of 8x8, 3 classes, 9 for validation"))
    let headlines = result.text.split(separator: "\n").filter { $0.contains(": accuracy ") }
    #expect(headlines.map { $0.prefix { $0 != ":" } } == ["train", "validation", "test"])
    #expect(result.text.contains("test: accuracy ") && result.text.contains("(support 12)"))
    let twice = try train("set", "--validation", "0.2", "--output", "b.safetensors")
    #expect(twice.status == .exited(64))
    #expect(twice.errors.contains("--validation: error: the data set has validation images of its"))
  }

  @Test("pictures of one row or one pixel are trained on as they are", arguments: [(9, 1), (1, 1)])
  func lines(width: Int, height: Int) throws {
    try training.writePictures("lines", count: 4, width: width, height: height)
    let result = try train("lines", "--epochs", "6")
    #expect(result.status == .exited(0), "\(result.errors)")
    let augmentation = width == 1 ? "flip" : "flip,shift=1"
    #expect(result.errors.contains("augmentation \(augmentation)\n"), "\(result.errors)")
  }

  @Test("few pictures: one a class is held out; with one a class, none is, with a warning")
  func few() throws {
    try training.writePictures("four", count: 4)
    let four = try train("four")
    #expect(four.status == .exited(0), "\(four.errors)")
    #expect(four.errors.contains("9 training images of 8x8, 3 classes, 3 for validation"))
    try training.writePictures("one", count: 1)
    let one = try train("one")
    #expect(one.status == .exited(0), "\(one.errors)")
    #expect(
      one.errors.contains(
        "one: warning: each class has one image; none is held out, and what is judged are the images "
          + "that were learnt from"))
    #expect(one.text.contains("train: accuracy "))
    #expect(one.errors.contains("3 training images of 8x8, 3 classes\n"))
    let none = try train("four", "--validation", "0", "--output", "n.safetensors")
    #expect(none.status == .exited(0), "\(none.errors)")
    #expect(none.errors.contains("12 training images of 8x8, 3 classes\n"))
    #expect(!none.errors.contains("warning"))
    let wrong = try train("four", "--validation", "1")
    #expect(wrong.status == .exited(64))
    #expect(wrong.errors.contains("--validation 1: must be 0 to below 1"))
  }

  @Test("what is held out is compared with what is learnt from")
  func twins() throws {
    try training.writePictures("set", count: 4)
    for name in ["dark", "gray", "light"] {
      for index in 0..<4 {
        try folder.write(
          try #require(folder.read("set/\(name)/\(index).png")), to: "set/\(name)/\(index) copy.png"
        )
      }
    }
    let result = try train("set")
    #expect(result.status == .exited(0), "\(result.errors)")
    #expect(result.errors.contains("3 pictures to judge by with the pixels of one to learn from"))
    try training.writePictures("other", count: 4)
    #expect(!(try train("other").errors.contains("judged too well")))
  }

  @Test("names, groups and holes that cannot be meant are refused before the first step")
  func refusals() throws {
    try training.writePictures("set", count: 4)
    for (options, reason) in [
      (["--output", "-"], "--output -: figures lie beside a model"),
      (["--output", "m.onnx"], "convfilter export makes .onnx"),
      (["--group", "conv*:rate=2"], "there are dense1.weight, dense1.bias"),
      (["--group", "dense1.*:rate=0"], "expected NAMES:SETTINGS"),
      (["--augment", "cutout=8"], "only 8x8 pixels"),
    ] {
      let result = try CommandRunner.run(
        ["train", "set", "--layers", "flatten; dense 3"] + options, folder: folder.path)
      #expect(result.status != .exited(0) && result.errors.contains(reason), "\(result.errors)")
    }
  }

  @Test("evaluate --split train takes the images that were learnt from, and no other")
  func learnt() throws {
    try training.writePictures("set", count: 10)
    let trained = try train("set", "--validation", "0.3")
    #expect(trained.status == .exited(0), "\(trained.errors)")
    let headline = trained.text.split(separator: "\n")[0]
    #expect(headline.hasPrefix("train: accuracy ") && headline.contains("(support 21)"))
    let judged = try training.run(
      "evaluate", "set-layers.safetensors", "set", "--split", "train")
    #expect(judged.text.split(separator: "\n").first == headline, "\(judged.errors)")
    #expect(!judged.errors.contains("warning"))
    // What was held out of another set, nobody knows.
    try training.writePictures("other", count: 10)
    let other = try training.run(
      "evaluate", "set-layers.safetensors", "other", "--split", "train")
    #expect(other.text.contains("(support 30)"), "\(other.errors)")
    #expect(
      other.errors.contains("other: warning: has changed since the model was trained on it, or"))
    let held = try training.run(
      "evaluate", "set-layers.safetensors", "other", "--split", "validation")
    #expect(held.status == .exited(1) && held.errors.contains("were held out cannot be told"))
  }

  @Test(
    "what a damaged model says of its training is a fault of the model, not of the data set",
    arguments: [
      ("\"validation\":\"0.3\"", "\"validation\":\"7.0\"", "share of images to hold out"),
      ("\"validation\":\"0.3\"", "\"validation\":\"x.y\"", "share of images to hold out"),
      ("\"seed\":\"1\"", "\"seed\":\"-\"", "seed"),
    ])
  func damaged(old: String, new: String, what: String) throws {
    try training.writePictures("set", count: 10)
    #expect(try train("set", "--validation", "0.3").status == .exited(0))
    let name = "set-layers.safetensors"
    var file = try Safetensors(#require(folder.read(name)))
    let index = try #require(file.metadata.firstIndex { $0.name == "facts" })
    #expect(file.metadata[index].value.contains(old))
    file.metadata[index].value = file.metadata[index].value.replacing(old, with: new)
    try folder.write(file.encoded(), to: name)
    let result = try training.run("evaluate", name, "set", "--split", "train")
    #expect(result.status == .exited(1))
    #expect(
      result.errors.contains("\(name): error: the file is damaged: its \(what) is unreadable"),
      "\(result.errors)")
  }

  @Test("pictures that take too much memory: fewer threads are advised where there are several")
  func largePictures() throws {
    for name in ["a", "b"] {
      try folder.write(
        TestPictures.png(3000, 3000, .gray, [UInt8](repeating: 7, count: 9_000_000)),
        to: "big/\(name)/1.png")
    }
    for (threads, advice) in [
      ("1", "half of what there is; make it smaller, or --limit-memory"),
      ("2", "as 2 are read at a time; use fewer --threads, or --limit-memory"),
    ] {
      let result = try train("big", "--size", "8x8", "-t", threads, "--limit-memory", "16M")
      #expect(result.status == .exited(1) && result.errors.contains(advice), "\(result.errors)")
    }
  }

  @Test("evaluate says of a folder that has changed which parts it cannot tell any more")
  func changed() throws {
    try training.writePictures("set", count: 10)
    #expect(try train("set").status == .exited(0))
    func judge(_ part: String) throws -> CommandResult {
      try training.run("evaluate", "set-layers.safetensors", "set", "--split", part)
    }
    #expect(try judge("train").text.contains("(support 27)"))
    #expect(try judge("validation").text.contains("(support 3)"))
    #expect(rename(folder("set/dark/0.png"), folder("set/dark/99.png")) == 0)
    let learnt = try judge("train")
    #expect(learnt.status == .exited(0) && learnt.text.contains("(support 30)"))
    #expect(
      learnt.errors.contains(
        "set: warning: has changed since the model was trained on it, or is another data set, so "
          + "which of its images were learnt from cannot be told: all 30 training images are judged"
      ),
      "\(learnt.errors)")
    let held = try judge("validation")
    #expect(held.status == .exited(1))
    #expect(
      held.errors.contains("which of its images were held out cannot be told; use --split all"),
      "\(held.errors)")
    // What folders keep apart can be told in any case.
    try training.writePictures("parts/train")
    try training.writePictures("parts/val", count: 2)
    let own = try training.run(
      "evaluate", "set-layers.safetensors", "parts", "--split", "validation")
    #expect(own.status == .exited(0) && own.text.contains("(support 6)"), "\(own.errors)")
  }

  @Test("a folder of test images alone can be judged by, not learnt from")
  func testAlone() throws {
    try training.writePictures("set", count: 4)
    #expect(try train("set").status == .exited(0))
    try training.writePictures("judge/Test", count: 4)
    let judged = try training.run("evaluate", "set-layers.safetensors", "judge")
    #expect(judged.status == .exited(0), "\(judged.errors)")
    #expect(judged.text.hasPrefix("test: accuracy "))
    let learned = try train("judge")
    #expect(learned.status == .exited(1))
    #expect(learned.errors.hasPrefix("judge: error: has no images to learn from"))
  }

  @Test("the files are called after the folder, also where it is named as a point")
  func point() throws {
    try training.writePictures("cats", count: 4)
    let result = try CommandRunner.run(
      ["train", ".", "--layers", "flatten; dense 3", "--epochs", "1"], folder: folder("cats"),
      timeout: 240)
    #expect(result.status == .exited(0), "\(result.errors)")
    #expect(folder.files.contains("cats/cats-layers.safetensors"))
  }

  @Test("texts from files come to the terminal with their control characters escaped")
  func escapes() throws {
    for name in ["a\u{1b}[31m", "b\u{9b}2J", "c\u{202e}"] {
      try folder.write(TestPictures.pattern(8, 8, seed: name.count), to: "set/\(name)/1\u{7}.png")
      try folder.write(TestPictures.pattern(8, 8, seed: 9), to: "set/\(name)/2.png")
    }
    try folder.write([1], to: "set/a\u{1b}[31m/bad\u{1b}c.png")
    func check(_ result: CommandResult) {
      for text in [result.text, result.errors] {
        let raw = text.unicodeScalars.filter {
          $0.value < 0x20 && $0 != "\n" || 0x7f..<0xa0 ~= $0.value || $0.value == 0x202e
        }
        #expect(raw.isEmpty, "\(text.debugDescription)")
      }
    }
    check(try train("set"))
    let trained = try train("set", "--skip-bad")
    #expect(trained.status == .exited(0), "\(trained.errors)")
    check(trained)
    check(try training.run("summary", "set-layers.safetensors"))
    check(try training.run("predict", "set-layers.safetensors", "set"))
    check(try training.run("predict", "set-layers.safetensors", "set", "--json"))
    check(try training.run("evaluate", "set-layers.safetensors", "set", "--skip-bad"))
    check(try training.run("evaluate", "set-layers.safetensors", "set", "--skip-bad", "--json"))
    check(try training.run("evaluate", "set-layers.safetensors", "digits"))
    check(try train("digits", "--layers", "flatten; \u{1b}]0;x\u{7} 3"))
  }

  @Test("a checkpoint goes on with the images that it was made with only")
  func otherImages() throws {
    try training.writePictures("set", count: 10)
    let running = try training.start(
      "train", "set", "--layers", "flatten; dense 3", "--epochs", "100000", "--output",
      "m.safetensors")
    for _ in 0..<60000 where !folder.files.contains("m-log.jsonl") { usleep(1000) }
    running.signal(SIGINT)
    _ = running.wait(timeout: 240)
    try folder.write(TestPictures.pattern(8, 8, seed: 77), to: "set/dark/0.png")
    let refused = try training.run("train", "set", "--resume", "m.checkpoint.safetensors")
    #expect(refused.status == .exited(1))
    #expect(
      refused.errors.hasPrefix(
        "set: error: its images are not those that the checkpoint was made with"),
      "\(refused.errors)")
  }
}
