import ArgumentParser
import Comparison
import ImageCodecs
import Raster

/// Compares pictures.
struct Diff: ParsableCommand {
  static let configuration = CommandConfiguration.subcommand(
    "diff", abstract: "Measure how far pictures are apart.",
    discussion: """
      Two pictures, or two folders whose pictures have the same names. Differences are in levels \
      (0 to 255, or 65535 with 16 bits; floats as they are) over all channels, alpha too: the largest \
      and where it is, the mean, RMSE (root of the mean square) and PSNR. SSIM and MS-SSIM compare \
      structure: 1 for equal pictures; Gaussian windows of 11x11, five scales, the mean over the channels.

      Of floats, NaN is equal to NaN, and infinity to itself. A number beside NaN differs, exceeds every \
      --fail-above, and counts in no other figure; windows that hold NaN or infinity are left out.

      Examples:
        convfilter diff before.png after.png
        convfilter diff before.png after.png --output apart.png --gain 8
        convfilter diff -r expected/ results/ --fail-above 1 --json
        convfilter diff before.tif after.npy --data-range 4095

      The status is 0, or 1 where a largest difference exceeds --fail-above, where pictures cannot \
      be compared, or where one has no partner in the other folder; 2 where folders hold no \
      picture, 64 for wrong usage.
      """)

  @Argument(
    help: ArgumentHelp("A picture, a folder, or - for standard input.", valueName: "a"),
    completion: .file())
  var first: String

  @Argument(
    help: ArgumentHelp("The same, to compare it with.", valueName: "b"), completion: .file())
  var second: String

  @Flag(name: .shortAndLong, help: "Go into the folders of folders too.")
  var recursive = false

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp(
      "Write a picture of the differences; a folder where folders are compared.", valueName: "file"),
    completion: .file())
  var output: String?

  @Option(
    help: ArgumentHelp("Factor of the differences in that picture, from 1.", valueName: "factor"))
  var gain = 1

  @Option(
    help: ArgumentHelp(
      "Status 1 where a sample differs by more than so many levels.", valueName: "levels"))
  var failAbove: NumberValue?

  @Option(
    help: ArgumentHelp(
      "Levels from black to white, for PSNR and SSIM (default: 255, 65535 with 16 bits, 1 for floats).",
      valueName: "levels"))
  var dataRange: NumberValue?

  @Flag(
    help:
      "Compare 8 with 16 bits as 16, with floats as 0 to 1: white is 65535, or 1 (default: an error)."
  )
  var commonScale = false

  @Option(
    help: ArgumentHelp(
      "Compare this picture of files with several, from 1 (default: such files are an error).",
      valueName: "number"))
  var page: Int?

  @OptionGroup
  var bounds: LimitArguments

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Threads (default: one a processor).", valueName: "count"))
  var threads: Int?

  @Flag(name: .shortAndLong, help: "Overwrite files that exist (default: an error).")
  var force = false

  @Flag(help: "Print one JSON object a pair on standard output.")
  var json = false

  @Flag(name: .shortAndLong, help: "Say errors only; the status tells the rest.")
  var quiet = false

  func validate() throws {
    if gain < 1 { throw ValidationError("--gain \(gain): must be 1 or more") }
    try failAbove?.check("--fail-above", "0 or more") { $0.value >= 0 }
    try dataRange?.check("--data-range", "more than 0 (1e-100 to 1e100)") {
      (1e-100...1e100).contains($0.value)
    }
    try ThreadCounts.check(threads)
    try PageNumber.check(page)
    if output == nil && gain != 1 {
      throw ValidationError(
        "--gain is that of the picture of the differences; name it with --output")
    }
    if first == "-" && second == "-" {
      throw ValidationError("standard input (-) can be read only once")
    }
  }

  private func settings() throws -> PicturePair.Settings {
    PicturePair.Settings(
      limits: try bounds.limits(), memory: try bounds.memory(), page: page,
      hasCommonScale: commonScale, dataRange: dataRange?.value,
      gain: gain, force: force)
  }

  func run() throws {
    let pairs = try PairList(
      FilePath(argument: first), FilePath(argument: second), isRecursive: recursive,
      output: output.map { FilePath(argument: $0) })
    if pairs.isEmpty {
      Diagnostics().error("there is no picture in the folders; --recursive goes deeper")
      throw ExitCode(ExitStatus.nothingToDo)
    }
    let settings = try settings()
    let team = ThreadTeam(threads: threads ?? availableProcessors())
    let diagnostics = Diagnostics(quiet: quiet)
    var report = DiffReport(isFolder: pairs.isFolder, failAbove: failAbove?.value)
    for pair in pairs.all {
      report.add(pair, pair.measure(settings, team), diagnostics)
      if json, !quiet { try StandardOutput.write(report.lastLine) }
    }
    if !json, !quiet { try StandardOutput.write(report.text) }
    if report.hasFailed { throw ExitCode(ExitStatus.failure) }
  }
}
