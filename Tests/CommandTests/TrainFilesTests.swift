import ConvNet
import Libc
import PictureSupport
import TestSupport
import Testing

@Suite("train and the files that are there already")
struct TrainFilesTests {
  let training: SmallTraining
  var folder: ScratchFolder { training.folder }

  init() throws { training = try SmallTraining() }

  private static let layers = ["--layers", "flatten; dense 10"]

  private func train(_ arguments: String...) throws -> CommandResult {
    try CommandRunner.run(["train", "digits"] + Self.layers + arguments, folder: folder.path)
  }

  /// A training that has ended one epoch and goes on until it is killed.
  private func begin(_ output: String) throws -> RunningCommand {
    let running = try CommandRunner.start(
      ["train", "digits"] + Self.layers + ["--epochs", "100000", "--output", output],
      folder: folder.path)
    let log = output.split(separator: ".")[0] + "-log.jsonl"
    for _ in 0..<20000 where !folder.files.contains("\(log)") { usleep(1000) }
    return running
  }

  private func kill(_ running: RunningCommand) {
    running.signal(SIGKILL)
    _ = running.wait()
  }

  @Test("the checkpoint of a run that was killed is not given up without --force")
  func interrupted() throws {
    kill(try begin("m.safetensors"))
    let before = folder.read("m.checkpoint.safetensors")
    let log = folder.read("m-log.jsonl")
    let refused = try train("--epochs", "1", "--output", "m.safetensors")
    #expect(refused.status == .exited(1))
    #expect(
      refused.errors.hasPrefix(
        "m.checkpoint.safetensors: error: holds a training that was interrupted after "))
    #expect(refused.errors.contains(" of 1,200,000 steps; "))
    #expect(
      refused.errors.hasSuffix(
        "go on with --resume m.checkpoint.safetensors, or start anew with --force\n"))
    #expect(folder.read("m.checkpoint.safetensors") == before && before != nil)
    #expect(folder.read("m-log.jsonl") == log)
    let anew = try train("--epochs", "1", "--output", "m.safetensors", "--force")
    #expect(anew.status == .exited(0), "\(anew.errors)")
    #expect(
      folder.files == [
        "m-confusion.png", "m-curves.png", "m-last.safetensors", "m-log.jsonl", "m-report.html",
        "m.safetensors",
      ])
  }

  @Test("two trainings do not write the same files at once")
  func together() throws {
    let first = try begin("m.safetensors")
    for options in [[], ["--force"]] {
      let second = try CommandRunner.run(
        ["train", "digits"] + Self.layers + ["--epochs", "1", "--output", "m.safetensors"]
          + options, folder: folder.path)
      #expect(second.status == .exited(1))
      #expect(
        second.errors.contains("m.safetensors: error: another training is writing it; wait"))
    }
    #expect(try train("--epochs", "1", "--output", "n.safetensors").status == .exited(0))
    kill(first)
    // The lock has died with the process.
    let resumed = try CommandRunner.start(
      ["train", "digits", "--resume", "m.checkpoint.safetensors"], folder: folder.path)
    usleep(500_000)
    resumed.signal(SIGINT)
    let result = resumed.wait()
    #expect(result.status == .exited(130), "\(result.errors)")
    #expect(!folder.files.contains(".m.lock"))
  }

  @Test(
    "a training that fails leaves the model that was there, or none, and stands in nobody's way",
    arguments: [["--optimizer", "sgd", "--rate", "30"], ["--rate", "1e30"]])
  func failure(options: [String]) throws {
    func run(_ more: String...) throws -> CommandResult {
      try CommandRunner.run(
        ["train", "digits", "--epochs", "3"] + options + more, folder: folder.path)
    }
    try training.trainDigits("old.safetensors", epochs: 1)
    let old = folder.read("old.safetensors")
    let second = try run("--force", "--output", "old.safetensors")
    #expect(second.status == .exited(1))
    #expect(second.errors.contains("the loss is no longer a number"), "\(second.errors)")
    #expect(second.errors.contains("Use a lower --rate"))
    #expect(folder.read("old.safetensors") == old)
    let first = try run("--output", "new.safetensors")
    #expect(first.status == .exited(1))
    #expect(first.errors.contains("no epoch had ended, so no model is written"), "\(first.errors)")
    #expect(!folder.files.contains { $0.hasPrefix("new.") })
    let next = try train("--epochs", "1", "--output", "new.safetensors")
    #expect(next.status == .exited(0), "\(next.errors)")
  }

  @Test("a decay that takes more than the weights away is named as what makes a training fail")
  func decay() throws {
    let result = try train("--epochs", "1", "--decay", "1e30")
    #expect(result.status == .exited(1))
    #expect(
      result.errors.hasSuffix("no model is written. Use a lower --decay\n"), "\(result.errors)")
  }

  @Test("a training needs no more stack than other programs", arguments: ["1", "2"])
  func stack(threads: String) throws {
    let result = try RunningCommand(
      "/bin/sh",
      [
        "-c", "ulimit -s 64; exec \"$0\" \"$@\"", CommandRunner.program, "train", "digits",
        "--epochs", "1", "--threads", threads, "--output", "m.safetensors",
      ] + Self.layers, folder: folder.path
    ).wait()
    #expect(result.status == .exited(0), "\(result.errors)")
  }

  @Test("a copy of a checkpoint is not overwritten by the model")
  func copy() throws {
    kill(try begin("m.safetensors"))
    let bytes = try #require(folder.read("m.checkpoint.safetensors"))
    try folder.write(bytes, to: "ep10.safetensors")
    let refused = try training.run("train", "digits", "--resume", "ep10.safetensors")
    #expect(refused.status == .exited(1))
    #expect(refused.errors.hasPrefix("ep10.safetensors: error: exists already; use --force"))
    #expect(refused.errors.contains("--output"))
    // Neither is the checkpoint of the other run.
    let other = try training.run(
      "train", "digits", "--resume", "ep10.safetensors", "--output", "m.safetensors")
    #expect(other.status == .exited(1))
    #expect(other.errors.hasPrefix("m.checkpoint.safetensors: error: holds a training"))
    #expect(folder.read("ep10.safetensors") == bytes)
    #expect(folder.read("m.checkpoint.safetensors") == bytes)
  }

  @Test(
    "what a checkpoint says of its augmentation is checked as the option is",
    arguments: [
      ("crop=64", "crop=64: the images have only 8x8 pixels; 8 is the most"),
      ("shift=8", "shift=8: the images have only 8x8 pixels; 7 is the most"),
      ("crop=-1", "its augmentation is unreadable"), ("crop=4", "the model takes 8×8×1 images"),
    ])
  func augmentation(text: String, message: String) throws {
    kill(try begin("m.safetensors"))
    var file = try Safetensors(#require(folder.read("m.checkpoint.safetensors")))
    let index = try #require(file.metadata.firstIndex { $0.name == "facts" })
    let facts = file.metadata[index].value
    let old = try #require(facts.firstRange(of: "\"augmentation\":\"shift=1"))
    let end = try #require(facts[old.upperBound...].firstIndex(of: "\""))
    file.metadata[index].value.replaceSubrange(
      old.lowerBound..<end, with: "\"augmentation\":\"\(text)")
    try folder.write(file.encoded(), to: "m.checkpoint.safetensors")
    let result = try training.run("train", "digits", "--resume", "m.checkpoint.safetensors")
    #expect(result.status == .exited(1), "\(result.errors)")
    #expect(result.errors.contains(message), "\(result.errors)")
  }

  @Test(
    "whatever stands where a training would write is refused before the first step",
    arguments: [
      "-curves.png", "-confusion.png", "-report.html", "-log.jsonl", ".safetensors",
      "-last.safetensors",
    ])
  func figures(suffix: String) throws {
    try folder.write([1, 2, 3], to: "m" + suffix)
    let refused = try train("--epochs", "1", "--output", "m.safetensors")
    #expect(refused.status == .exited(1))
    #expect(
      refused.errors
        == "m\(suffix): error: exists already; use --force to overwrite it or --output "
        + "to name another\n")
    #expect(folder.files == ["m" + suffix] && folder.read("m" + suffix) == [1, 2, 3])
    #expect(
      try train("--epochs", "1", "--output", "m.safetensors", "--force").status == .exited(0))
    #expect(folder.read("m" + suffix) != [1, 2, 3])
  }

  @Test(
    "what stands where the lock goes and is none is left alone, and named",
    arguments: ["file", "pipe", "folder", "link"])
  func foreignLock(kind: String) throws {
    switch kind {
    case "file": try folder.write([1, 2, 3], to: ".m.lock")
    case "pipe": #expect(mkfifo(folder(".m.lock"), 0o600) == 0)
    case "folder": #expect(mkdir(folder(".m.lock"), 0o755) == 0)
    default: #expect(symlink("nowhere", folder(".m.lock")) == 0)
    }
    var (before, after) = (stat(), stat())
    #expect(lstat(folder(".m.lock"), &before) == 0)
    let refused = try train("--epochs", "1", "--output", "m.safetensors", "--force")
    #expect(refused.status == .exited(1))
    #expect(
      refused.errors.hasPrefix(".m.lock: error: stands where a training keeps its lock"),
      "\(refused.errors)")
    #expect(lstat(folder(".m.lock"), &after) == 0 && after.st_ino == before.st_ino)
    #expect(kind != "file" || folder.read(".m.lock") == [1, 2, 3])
  }

  @Test("the lock that a killed training has left is in nobody's way")
  func leftLock() throws {
    try folder.write([], to: ".m.lock")
    let result = try train("--epochs", "1", "--output", "m.safetensors")
    #expect(result.status == .exited(0), "\(result.errors)")
    #expect(!folder.files.contains(".m.lock"))
  }

  @Test("links to nowhere and folders are refused before the first step")
  func links() throws {
    #expect(symlink("nowhere", folder("m-curves.png")) == 0)
    let link = try train("--epochs", "1", "--output", "m.safetensors", "--force")
    #expect(link.errors.hasPrefix("m-curves.png: error: is a link to a file that does not exist"))
    #expect(mkdir(folder("n-report.html"), 0o755) == 0)
    let place = try train("--epochs", "1", "--output", "n.safetensors", "--force")
    #expect(place.errors.hasPrefix("n-report.html: error: is a folder"))
    let missing = try train("--epochs", "1", "--output", "none/m.safetensors")
    #expect(missing.errors.hasPrefix("none/m.safetensors: error: cannot be written"))
    #expect(missing.errors.contains("make the folder first"))
    #expect(folder.files == ["m-curves.png"])
  }

  @Test("the line that says how to go on names the file where it is not the usual one")
  func continuation() throws {
    let running = try begin("m.model")
    running.signal(SIGINT)
    let result = running.wait()
    #expect(
      result.errors.hasSuffix(
        "\n  convfilter train digits --resume m.checkpoint.safetensors --output m.model\n"))
  }

  @Test("evaluate and features look at what they would overwrite before they work")
  func drawings() throws {
    try training.trainDigits("m.safetensors", epochs: 1)
    try folder.write([7], to: "c.png")
    let refused = try training.run("evaluate", "m.safetensors", "digits", "--png", "c.png")
    #expect(refused.status == .exited(1))
    #expect(refused.errors.hasPrefix("c.png: error: exists already"))
    #expect(folder.read("c.png") == [7])
    let lost = try training.run("evaluate", "m.safetensors", "digits", "--png", "none/c.png")
    #expect(lost.status == .exited(1) && lost.errors.hasPrefix("none/c.png: error: cannot be"))
    try folder.write(TestPictures.pattern(8, 8), to: "digit.png")
    try folder.write([7], to: "maps/02-conv1.png")
    let maps = try training.run("features", "m.safetensors", "digit.png", "maps")
    #expect(maps.status == .exited(1))
    #expect(maps.errors.hasPrefix("maps/02-conv1.png: error: exists already"), "\(maps.errors)")
    #expect(folder.files.filter { $0.hasPrefix("maps/") } == ["maps/02-conv1.png"])
  }
}
