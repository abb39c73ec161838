import Libc
import TestSupport
import Testing

@Suite("train, interrupted")
struct TrainResumeTests {
  let training: SmallTraining
  var folder: ScratchFolder { training.folder }
  let whole: [UInt8]
  /// Of the uninterrupted run, in seconds.
  let duration: Double

  private static let layers = "conv 8 3x3 same relu; dropout 0.2; flatten; dense 10"

  init() throws {
    training = try SmallTraining()
    let start = Self.now()
    let result = try Self.start(training, "whole.safetensors").wait()
    try #require(result.status == .exited(0), "\(result.errors)")
    duration = Self.now() - start
    whole = try #require(training.folder.read("whole.safetensors"))
  }

  /// Momentum, averages, augmentation and the best epoch: all that a checkpoint must hold.
  private static func start(_ training: SmallTraining, _ output: String) throws -> RunningCommand {
    try training.start(
      "train", "digits", "--layers", layers, "--epochs", "12", "--batch", "32", "--ema", "0.99",
      "--augment", "shift=1,cutout=2", "--validation", "0.2", "--save-every", "7", "--output",
      output)
  }

  private func resume() throws -> RunningCommand {
    try training.start(
      "train", "digits", "--resume", "m.checkpoint.safetensors", "--save-every", "7")
  }

  @Test("killed again and again, it goes on to the very same weights")
  func kills() throws {
    var kills = 0
    for round in 0..<60 {
      let isBegun = folder.files.contains("m.checkpoint.safetensors")
      // Killed between its last deed, to remove the checkpoint, and its end, it lacks nothing.
      if !isBegun, folder.files.contains("m.safetensors") { break }
      let running =
        isBegun
        ? try resume() : try Self.start(training, "m.safetensors")
      // Later and later, so that it gets to its end.
      usleep(UInt32(duration * 1e6 * Double(round % 12 + 1) / 12))
      running.signal(SIGKILL)
      let result = running.wait()
      if result.status == .exited(0) { break }
      #expect(result.status == .killed(SIGKILL), "\(result.errors)")
      kills += 1
    }
    #expect(kills >= 3)
    #expect(folder.read("m.safetensors") == whole)
    #expect(!folder.files.contains("m.checkpoint.safetensors"))
  }

  @Test("an interrupt saves and says how to go on", arguments: [SIGINT, SIGTERM])
  func interrupt(signal: Int32) throws {
    let running = try Self.start(training, "m.safetensors")
    for _ in 0..<2000 where !folder.files.contains("m-log.jsonl") { usleep(1000) }
    running.signal(signal)
    let stopped = running.wait()
    #expect(stopped.status == .exited(128 + signal), "\(stopped.errors)")
    #expect(
      stopped.errors.hasSuffix(
        "the state is in m.checkpoint.safetensors. Go on with:\n"
          + "  convfilter train digits --resume m.checkpoint.safetensors --save-every 7\n"))
    #expect(folder.read("m.safetensors") == nil)
    let resumed = try resume().wait()
    #expect(resumed.status == .exited(0))
    #expect(resumed.errors.contains("going on after step "))
    #expect(folder.read("m.safetensors") == whole)
  }

  @Test("a checkpoint goes on with its own data and settings, or not at all")
  func mismatches() throws {
    let running = try Self.start(training, "m.safetensors")
    for _ in 0..<2000 where !folder.files.contains("m-log.jsonl") { usleep(1000) }
    running.signal(SIGINT)
    _ = running.wait()
    try training.writePictures("pictures", color: .rgb)
    let bytes = try #require(folder.read("m.checkpoint.safetensors"))
    try folder.write(Array(bytes.dropLast(100)), to: "cut.safetensors")
    func expect(_ arguments: String..., status: Int32, says: String) throws {
      let result = try CommandRunner.run(["train"] + arguments, folder: folder.path)
      #expect(result.status == .exited(status))
      #expect(result.errors.contains(says), "\(result.errors)")
    }
    let file = "m.checkpoint.safetensors"
    try expect("pictures", "--resume", file, status: 1, says: "its classes are not those of")
    try expect("digits", "--resume", "whole.safetensors", status: 1, says: "but no checkpoint")
    try expect("digits", "--resume", "cut.safetensors", status: 1, says: "it is cut off")
    try expect("digits", "--resume", "none.safetensors", status: 1, says: "no such file")
    try expect("digits", "--resume", file, "--batch", "3", status: 64, says: "drop --batch")
    try expect("digits", "--resume", file, "--epochs", "1", status: 64, says: "name more for the")
    try expect("digits", "--resume", file, "--size", "9x9", status: 64, says: "drop --size")
    try expect("digits", "--resume", file, "--model", "x", status: 64, says: "its own model")
    #expect(folder.read(file) == bytes)
  }

  @Test("pictures are taken as they were before the interruption")
  func pictures() throws {
    try training.writePictures("my pictures", width: 20, height: 14, color: .rgb)
    let running = try training.start(
      "train", "my pictures", "--size", "12x10", "--color", "gray", "--fit", "pad", "--layers",
      "flatten; dense 3", "--epochs", "30000", "--output", "p.safetensors", "--watch",
      "--limit-memory", "2G", "--threads", "2")
    for _ in 0..<2000 where !folder.files.contains("p-log.jsonl") { usleep(1000) }
    running.signal(SIGINT)
    let stopped = running.wait()
    #expect(
      stopped.errors.hasSuffix(
        "  convfilter train 'my pictures' --resume p.checkpoint.safetensors --watch "
          + "--limit-memory 2G --threads 2\n"), "\(stopped.errors)")
    let page = String(decoding: try #require(folder.read("p-report.html")), as: UTF8.self)
    #expect(page.contains("p.checkpoint.safetensors --watch --limit-memory 2G"))
    folder.delete("p-log.jsonl")
    let resumed = try training.start(
      "train", "my pictures", "--resume", "p.checkpoint.safetensors", "--watch")
    for _ in 0..<30_000 where folder.read("p-log.jsonl") == nil { usleep(1000) }
    resumed.signal(SIGINT)
    let result = resumed.wait()
    #expect(result.status == .exited(130), "\(result.errors)")
    #expect(result.errors.contains("training images of 12x10"), "\(result.errors)")
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
