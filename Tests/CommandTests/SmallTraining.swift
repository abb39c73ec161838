import ConvNet
import ImageCodecs
import PictureSupport
import Raster
import TestSupport
import Testing

/// A folder in which small trainings run: fractions of a second each.
struct SmallTraining {
  let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  /// Runs `convfilter COMMAND …` in the folder, without data sets and without a network.
  @discardableResult
  func run(
    _ arguments: String..., input: [UInt8] = [], environment: [String: String] = [:],
    terminal: Bool = false
  ) throws -> CommandResult {
    try CommandRunner.run(
      arguments, input: input, environment: Self.environment.merging(environment) { $1 },
      folder: folder.path, terminal: terminal)
  }

  @discardableResult
  func run(_ arguments: [String]) throws -> CommandResult {
    try CommandRunner.run(arguments, environment: Self.environment, folder: folder.path)
  }

  func start(_ arguments: String...) throws -> RunningCommand {
    try CommandRunner.start(arguments, environment: Self.environment, folder: folder.path)
  }

  private static let environment = [
    "CONVFILTER_DATA": "nowhere", "CONVFILTER_MIRROR": "", "TERM": "xterm",
  ]

  /// Trains a model of a few weights on the digits.
  func trainDigits(
    _ output: String, epochs: Int = 3, layers: String = "conv 4 3x3 relu; flatten; dense 10"
  ) throws {
    let result = try run(
      "train", "digits", "--layers", layers, "--epochs", "\(epochs)", "--output", output, "--quiet")
    try #require(result.status == .exited(0), "\(result.errors)")
  }

  func model(_ name: String) throws -> Model {
    try ModelFile.decode(#require(folder.read(name)))
  }

  /// Pictures of three classes, told apart by their brightness: `PATH/dark/0.png` and so on.
  func writePictures(
    _ path: String, count: Int = 10, width: Int = 8, height: Int = 8, color: ColorModel = .gray
  ) throws {
    for (label, name) in ["dark", "gray", "light"].enumerated() {
      for index in 0..<count {
        let noise = TestPictures.noise(
          width * height * color.channels, 1000 * label + index + path.utf8.count)
        let samples = noise.map { $0 / 4 + UInt8(85 * label) }
        try folder.write(
          TestPictures.png(width, height, color, samples), to: "\(path)/\(name)/\(index).png")
      }
    }
  }
}
