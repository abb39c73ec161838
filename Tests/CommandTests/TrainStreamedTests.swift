import Libc
import TestSupport
import Testing

@Suite("train, on pictures that do not fit beside the training")
struct TrainStreamedTests {
  let training: SmallTraining
  var folder: ScratchFolder { training.folder }

  init() throws { training = try SmallTraining() }

  /// The training needs 509 KiB, the images and those held out of them twice 169 KiB besides.
  private static let limit = ["--limit-memory", "560k"]

  private func words(_ output: String, epochs: Int = 2) -> [String] {
    [
      "train", "set", "--layers", "maxpool 2; flatten; dense 3", "--batch", "8", "--epochs",
      "\(epochs)", "--augment", "flip", "--threads", "2", "--output", output,
    ]
  }

  @Test("they are decoded anew, to the weights of a run with all in memory")
  func same() throws {
    try training.writePictures("set", count: 300, color: .rgb)
    let whole = try training.run(words("whole.safetensors"))
    #expect(whole.status == .exited(0), "\(whole.errors)")
    #expect(!whole.errors.contains("decoded anew") && !whole.errors.contains("waiting"))
    let streamed = try training.run(words("m.safetensors") + Self.limit)
    #expect(streamed.status == .exited(0), "\(streamed.errors)")
    #expect(
      streamed.errors.contains("set: the images take 169 KiB and what is done with them "),
      "\(streamed.errors)")
    #expect(streamed.errors.contains("of it waiting for pictures"))
    #expect(folder.read("m.safetensors") == folder.read("whole.safetensors"))
    #expect(folder.read("m.safetensors") != nil)
    // The limit that is named is enough.
    let enough = try #require(
      streamed.errors.split(separator: "--limit-memory ").dropFirst().first?.prefix { $0 != " " })
    let kept = try training.run(
      words("k.safetensors", epochs: 1) + ["--limit-memory", "\(enough)"])
    #expect(kept.status == .exited(0) && !kept.errors.contains("decoded anew"), "\(kept.errors)")
    let little = try training.run(
      words("l.safetensors", epochs: 1) + ["--limit-memory", "500k"])
    #expect(little.errors.contains("training in steps of 8 images needs"), "\(little.errors)")
    let judged = try training.run("evaluate", "m.safetensors", "set", "--json")
    let anew = try training.run(
      "evaluate", "m.safetensors", "set", "--json", "--limit-memory", "400k")
    #expect(anew.status == .exited(0) && anew.text == judged.text, "\(anew.errors)")
    #expect(!judged.errors.contains("decoded anew") && anew.errors.contains("decoded anew"))
  }

  @Test("interrupted, it goes on to the same weights, with or without the room")
  func resume() throws {
    try training.writePictures("set", count: 300, color: .rgb)
    for (streams, first, second) in [(true, Self.limit, []), (false, [], Self.limit)] {
      // One that was over before it could be interrupted begins again with more to do.
      for epochs in [12, 60, 300, 1500] {
        let name = "\(streams)\(epochs)"
        let running = try CommandRunner.start(
          words("\(name).safetensors", epochs: epochs) + ["--save-every", "20"] + first,
          folder: folder.path)
        for _ in 0..<30_000 where folder.read("\(name)-log.jsonl") == nil { usleep(1000) }
        running.signal(SIGINT)
        let stopped = running.wait()
        if stopped.status == .exited(0), epochs < 1500 { continue }
        #expect(stopped.status == .exited(130), "\(stopped.errors)")
        #expect(stopped.errors.contains("decoded anew") == streams)
        let resumed = try training.run(
          ["train", "set", "--resume", "\(name).checkpoint.safetensors"] + second)
        #expect(resumed.status == .exited(0), "\(resumed.errors)")
        #expect(resumed.errors.contains("decoded anew") != streams, "\(resumed.errors)")
        let whole = try training.run(words("whole\(name).safetensors", epochs: epochs))
        #expect(whole.status == .exited(0), "\(whole.errors)")
        let wanted = try #require(folder.read("whole\(name).safetensors"))
        #expect(folder.read("\(name).safetensors") == wanted)
        break
      }
    }
  }

  @Test("behind frozen layers, too")
  func frozen() throws {
    try training.trainDigits(
      "digits.safetensors", epochs: 1,
      layers: "conv 4 3x3 same relu; conv 6 3x3; relu; globalavgpool; dense 10")
    try training.writePictures("set", count: 300)
    func run(_ output: String, _ options: String...) throws -> CommandResult {
      try training.run(
        ["train", "set", "--from", "digits.safetensors", "--epochs", "2", "--output", output]
          + options)
    }
    let whole = try run("whole.safetensors")
    #expect(whole.status == .exited(0) && !whole.errors.contains("features ("), "\(whole.errors)")
    let streamed = try run("m.safetensors", "--limit-memory", "150k", "--threads", "2")
    #expect(streamed.status == .exited(0), "\(streamed.errors)")
    #expect(streamed.errors.contains("pictures are decoded anew"), "\(streamed.errors)")
    #expect(streamed.errors.contains("\nfeatures (train): "), "\(streamed.errors)")
    #expect(folder.read("m.safetensors") == folder.read("whole.safetensors"))
  }
}
