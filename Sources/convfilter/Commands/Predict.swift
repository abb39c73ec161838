import ArgumentParser
import ConvNet
import Raster
import Reports
import Text

/// `convfilter predict`.
struct Predict: ParsableCommand {
  static let configuration = CommandConfiguration.subcommand(
    "predict", abstract: "Tell the classes of pictures with a trained model.",
    discussion: """
      Pictures are files, folders, or - for standard input. They are brought to the model's size \
      and channels as its training images were.

      Examples:
        convfilter predict digits-digits-conv.safetensors digit.png
        convfilter predict cats.safetensors pictures/ --top 3 --json
        curl -s https://example.org/cat.jpg | convfilter predict cats.safetensors -
      """)

  @Argument(help: ArgumentHelp("A model file.", valueName: "model"), completion: .file())
  var model: String

  @Argument(
    help: ArgumentHelp("Pictures, folders of them, or -.", valueName: "image"),
    completion: .file())
  var images: [String]

  @Flag(name: .shortAndLong, help: "Go into the folders of folders too.")
  var recursive = false

  @Option(help: ArgumentHelp("Classes to tell of each picture, likeliest first.", valueName: "n"))
  var top = 1

  @Option(
    help: ArgumentHelp(
      "Pictures made of each picture to be judged together: 1, 2 (with its mirror image) or 6 (moved "
        + "by a pixel, too) (default: as the model was trained to be used).", valueName: "n"))
  var views: ViewsChoice?

  @OptionGroup(title: "Output") var report: NetworkReportArguments

  func validate() throws {
    if top < 1 { throw ValidationError("--top \(top): must be 1 or more") }
  }

  func run() throws {
    let diagnostics = report.diagnostics
    let model = try NetworkFile.model(model, memory: report.memory, batch: 1)
    let predictor = Predictor(
      model, batch: 1, views: views?.value ?? model.views, team: report.team)
    let pictures = ModelPictures(model, memory: report.memory)
    let files = try pictures.files(images, recursive: recursive)
    if files.isEmpty {
      diagnostics.error(
        "no pictures found; name files, or folders that hold some"
          + (recursive ? "" : " (--recursive goes into the folders of folders)"))
      throw ExitCode(ExitStatus.nothingToDo)
    }
    let width = files.map { "\($0)".count }.max() ?? 0
    var failures = 0
    for file in files {
      do {
        let levels = try pictures.levels(of: file)
        let guesses = predictor.guesses(levels, top: min(top, model.classNames.count))[0]
        try StandardOutput.write(
          report.json ? Self.json(file, guesses) : Self.line(file, guesses, width: width))
      } catch {
        diagnostics.error("\(error)", at: "\(file)")
        failures += 1
      }
    }
    if failures > 0 { throw ExitCode(ExitStatus.failure) }
  }

  private static func line(_ file: FilePath, _ guesses: [Predictor.Guess], width: Int) -> String {
    let name = "\(file)"
    return name + String(repeating: " ", count: max(0, width - name.count) + 2)
      + guesses.map { "\($0.name.visible) \(NumberText.percent(Double($0.probability)))" }
      .joined(separator: "  ") + "\n"
  }

  private static func json(_ file: FilePath, _ guesses: [Predictor.Guess]) -> String {
    JSON.object(
      JSON.members("file", file) + [
        (
          "guesses",
          .array(
            guesses.map {
              ["class": .string($0.name), "probability": .number(Double($0.probability))]
            })
        )
      ]
    ).line + "\n"
  }
}
