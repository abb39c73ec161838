import ConvNet
import Libc
import TestSupport
import Testing

/// Trainings that the launchers of Open MPI and MPICH start.
@Suite("train, on several ranks", .serialized)
struct TrainRanksTests {
  static let plain = "conv 4 3x3 relu; maxpool 2; flatten; dense 3"
  static let normalized =
    "conv 4 3x3 same; batchnorm; relu; maxpool 2; flatten; dense 8; batchnorm; dense 3"

  /// The launchers that there are.
  private static let launchers: [String] = {
    let wanted = ["mpirun.openmpi", "mpirun.mpich"]
    let found = wanted.filter { access("/usr/bin/" + $0, X_OK) == 0 }
    for name in wanted where !found.contains(name) {
      print("no \(name): trainings on several ranks are not tested with it")
    }
    return found
  }()

  private static let environment = [
    "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "OMPI_MCA_rmaps_base_oversubscribe": "1", "CONVFILTER_DATA": "nowhere",
    "CONVFILTER_MIRROR": "",
  ]

  private func start(
    _ launcher: String, _ ranks: Int, _ arguments: [String], in training: SmallTraining,
    command: String = "train"
  ) throws -> RunningCommand {
    try RunningCommand(
      "/usr/bin/" + launcher,
      ["-n", "\(ranks)", CommandRunner.program, command] + arguments,
      environment: Self.environment.merging(["HOME": training.folder.path]) { $1 },
      folder: training.folder.path)
  }

  @Test("any number of ranks and threads gives the same file", arguments: [plain, normalized])
  func same(layers: String) throws {
    if Self.launchers.isEmpty { return }
    let training = try SmallTraining()
    try training.writePictures("pictures")
    let words = ["pictures", "--layers", layers, "--epochs", "2", "--batch", "7", "--quiet"]
    try training.run(["train"] + words + ["--output", "one.safetensors"])
    let one = try #require(training.folder.read("one.safetensors"))
    for launcher in Self.launchers {
      for (ranks, threads) in [(1, 2), (2, 2), (3, 1), (4, 1), (4, 2)] {
        let result = try start(
          launcher, ranks,
          words + ["--output", "many.safetensors", "--force", "--threads", "\(threads)"],
          in: training
        ).wait(timeout: 60)
        #expect(result.status == .exited(0), "\(result.errors)")
        #expect(
          training.folder.read("many.safetensors") == one,
          "\(launcher), \(ranks) ranks, \(threads) threads")
      }
    }
  }

  @Test("mixed pairs and divided weights are those of one rank, rounded gradients of any threads")
  func mixed() throws {
    if Self.launchers.isEmpty { return }
    let training = try SmallTraining()
    let layers = "conv 8 3x3 same relu; flatten; dense 128 relu; dense 10"
    let words = [
      "digits", "--layers", layers, "--epochs", "1", "--batch", "80", "--augment", "mixup=0.5",
      "--quiet", "--force",
    ]
    try training.run(["train"] + words + ["--output", "one.safetensors"])
    let one = try #require(training.folder.read("one.safetensors"))
    for launcher in Self.launchers {
      var rounded: Set<[UInt8]> = []
      for (ranks, threads, format) in [
        (2, 1, "f32"), (3, 2, "f32"), (2, 1, "bf16"), (2, 2, "bf16"),
      ] {
        let result = try start(
          launcher, ranks,
          words + [
            "--output", "many.safetensors", "--threads", "\(threads)", "--gradients", format,
          ], in: training
        ).wait(timeout: 120)
        #expect(result.status == .exited(0), "\(result.errors)")
        let many = try #require(training.folder.read("many.safetensors"))
        if format == "bf16" {
          rounded.insert(many)
        } else {
          #expect(many == one, "\(launcher), \(ranks) ranks, \(threads) threads")
        }
      }
      #expect(rounded.count == 1 && !rounded.contains(one))
    }
    let alone = try training.run(
      ["train"] + words.filter { $0 != "--quiet" } + [
        "--output", "alone.safetensors", "--gradients", "bf16",
      ])
    #expect(alone.errors.contains("--gradients bf16: warning: one process"))
    #expect(training.folder.read("alone.safetensors") == one)
  }

  @Test("the first rank alone speaks, and says how many there are")
  func voice() throws {
    let training = try SmallTraining()
    try training.writePictures("pictures")
    for launcher in Self.launchers {
      let result = try start(
        launcher, 3,
        [
          "pictures", "--layers", Self.plain, "--epochs", "1", "--output", "m.safetensors",
          "--force",
        ],
        in: training
      ).wait(timeout: 60)
      #expect(result.status == .exited(0), "\(result.errors)")
      let lines = result.errors.split(separator: "\n")
      #expect(lines.count { $0.contains("on 3 ranks") } == 1, "\(result.errors)")
      #expect(lines.count { $0.hasPrefix("epoch 1/1") } == 1, "\(result.errors)")
      let refused = try start(
        launcher, 2,
        ["pictures", "--layers", Self.plain, "--epochs", "1", "--output", "m.safetensors"],
        in: training
      ).wait(timeout: 60)
      #expect(refused.status != .exited(0))
      #expect(
        refused.errors.split(separator: "\n").count { $0.contains("m.safetensors: error: exists") }
          == 1, "\(refused.errors)")
    }
  }

  @Test("ranks judge a model together, with the figures and the list of one")
  func evaluation() throws {
    let training = try SmallTraining()
    try training.trainDigits("m.safetensors", epochs: 1)
    let words = ["m.safetensors", "digits", "--split", "all", "--force", "--list"]
    let one = try training.run(["evaluate"] + words + ["one.csv"])
    try training.writePictures("pictures")
    try training.folder.write([1, 2, 3], to: "pictures/gray/3.png")
    let predicting = ["m.safetensors", "pictures", "--recursive", "--csv", "--top", "2"]
    let alone = try training.run(["predict"] + predicting)
    for launcher in Self.launchers {
      let result = try start(
        launcher, 3, words + ["many.csv"], in: training, command: "evaluate"
      )
      .wait(timeout: 60)
      #expect(result.status == .exited(0), "\(result.errors)")
      #expect(result.text == one.text)
      #expect(training.folder.read("many.csv") == training.folder.read("one.csv"))
      let told = try start(launcher, 2, predicting, in: training, command: "predict")
        .wait(timeout: 60)
      #expect(told.status != .exited(0))
      #expect(told.text == alone.text)
      #expect(told.errors.contains(alone.errors))
    }
  }

  @Test("a checkpoint of three ranks, one of which was killed, goes on alone to the same weights")
  func killed() throws {
    guard let launcher = Self.launchers.first else { return }
    let training = try SmallTraining()
    let words = ["digits", "--layers", Self.normalized.replacing("dense 3", with: "dense 10")]
    try training.run(
      ["train"] + words + ["--epochs", "4", "--output", "one.safetensors", "--quiet"])
    let running = try start(
      launcher, 3,
      words + [
        "--epochs", "4", "--output", "m.safetensors", "--save-every", "3", "--threads", "1",
      ], in: training)
    // The last of them, once there is a checkpoint with steps in it.
    let script = """
      while ! [ -e m.checkpoint.safetensors ]; do sleep 0.05; done; sleep 1
      kill -9 $(pgrep -f 'train digits .*--output m.safetensors --save-every' | tail -1)
      """
    _ = try RunningCommand(
      "/bin/bash", ["-c", script], environment: [:], folder: training.folder.path
    ).wait(timeout: 60)
    let result = running.wait(timeout: 60)
    if result.status == .exited(0) {
      print("the training was faster than the kill")
    } else {
      let resumed = try training.run("train", "digits", "--resume", "m.checkpoint.safetensors")
      #expect(resumed.status == .exited(0), "\(resumed.errors)")
    }
    #expect(training.folder.read("m.safetensors") == training.folder.read("one.safetensors"))
  }
}
