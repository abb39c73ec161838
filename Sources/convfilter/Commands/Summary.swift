import ArgumentParser
import ConvNet
import Datasets
import Raster
import Reports
import Text

/// `convfilter summary`.
struct SummaryCommand: ParsableCommand {
  static let configuration = CommandConfiguration.subcommand(
    "summary", abstract: "Show the layers, shapes and parameters of a model.",
    discussion: """
      MODEL is a preset (\(Preset.all.map(\.name).joined(separator: ", "))), a model file, or a \
      file with a layer a line; or leave it out and give --layers or --architecture. \
      docs/networks.md has all words of layers.

      Examples:
        convfilter summary cifar-conv --explain
        convfilter summary digits-digits-conv.safetensors
        convfilter summary cifar-94 --description > mine.txt
        convfilter summary --layers "conv 8 3x3 relu; flatten; dense 10" --input 28x28x1
      """)

  @Argument(
    help: ArgumentHelp("A preset, a model file or a description.", valueName: "model"),
    completion: .file())
  var model: String?

  @Option(help: ArgumentHelp("Layers, instead of MODEL.", valueName: "text"))
  var layers: String?

  @Option(
    help: ArgumentHelp(
      "A file with a layer a line, instead of MODEL (as train has it).", valueName: "file"),
    completion: .file())
  var architecture: String?

  @Option(
    help: ArgumentHelp(
      "Size of the input, height first, as layers have it (default: the preset's own: 28x28x1, 32x32x3 "
        + "or 8x8x1).",
      valueName: "HxWxC"))
  var input: InputShapeValue?

  @Option(help: ArgumentHelp("Number of classes of a preset.", valueName: "n"))
  var classes = 10

  @Flag(help: "Say why each shape and each count is what it is.")
  var explain = false

  @Flag(
    name: .customLong("description"),
    help: ArgumentHelp(
      "Print the layers as they are described, a line each, and of a preset the options that train it so, "
        + "to be copied, changed and given to train --architecture."))
  var describes = false

  @OptionGroup(title: "Output") var report: NetworkReportArguments

  func validate() throws {
    if [model, layers, architecture].compactMap({ $0 }).count != 1 {
      throw ValidationError("give one of MODEL, --layers and --architecture")
    }
    if describes, explain || report.json {
      throw ValidationError(
        "--description prints nothing else (--json has it, too); drop "
          + (explain ? "--explain" : "--json"))
    }
    if !(1...65536).contains(classes) {
      throw ValidationError("--classes \(classes): must be 1 to 65536")
    }
  }

  func run() throws {
    let (name, network) = try network()
    for text in network.warnings { report.diagnostics.warning(text, at: name) }
    let text = network.architecture.text
    if describes {
      let head = recipe(network).map { "# Options of train: \($0)\n" } ?? ""
      return try StandardOutput.write(head + text + "\n")
    }
    var summary = ModelSummary(title: name, network)
    summary.description = text
    summary.options = recipe(network)
    try StandardOutput.write(
      report.json ? summary.json.line + "\n" : summary.text(explain: explain))
  }

  /// The options by which a preset is trained; nil for other models.
  private func recipe(_ network: Network) -> String? {
    guard let name = model, let preset = Preset.named(name) else { return nil }
    let augmentation =
      preset.augmentation.flatMap { AugmentationValue(argument: $0)?.augmentation }
      ?? TrainingPlanner.standardAugmentation(
        epochs: preset.settings.epochs, side: max(network.input.height, network.input.width),
        canFlip: preset.canFlip)
    return preset.settings.options(augmentation).map(shellQuoted).joined(separator: " ")
  }

  private func network() throws -> (name: String, network: Network) {
    if let layers {
      return try CommandFailure.at("--layers") { ("layers", try described(Architecture(layers))) }
    }
    let name = architecture ?? model!
    if architecture == nil, let preset = Preset.named(name) {
      let shape = input?.shape ?? Self.usualInput(of: name)
      return (
        name,
        try CommandFailure.at(name) {
          try Network(preset.architecture(classes: classes), input: shape)
        }
      )
    }
    let file = NetworkFile.place(name).file
    let bytes = try presetOrFile(file)
    let path = FilePath(argument: file)
    return try CommandFailure.at(name) {
      // A model may have any name, and a damaged one is recognised by it.
      if architecture == nil,
        ModelFile.mayBeModel(bytes) || path.fileExtension == "safetensors"
      {
        if input != nil {
          throw CommandFailure("the model of \(name) says its own; drop it", at: "--input")
        }
        return (
          path.title, try NetworkFile.model(bytes, name, report.diagnostics).network
        )
      }
      let text = try NetworkFile.description(bytes, name)
      return (path.title, try described(Architecture(text)))
    }
  }

  private func described(_ description: Architecture) throws -> Network {
    if input == nil, description.input == nil {
      throw CommandFailure(
        "say the size of the images: --input 28x28x1, or a line \"input 28x28x1\"")
    }
    return try Network(description, input: input?.shape)
  }

  private func presetOrFile(_ name: String) throws -> [UInt8] {
    if try FileStatus(FilePath(argument: name)) == nil {
      let names = Preset.all.map(\.name)
      throw CommandFailure(
        "is neither a model nor a file; the models are " + names.joined(separator: ", ")
          + (nearest(to: name, among: names).map { "; did you mean '\($0)'?" } ?? ""), at: name)
    }
    return try NetworkFile.read(name, limit: NetworkFile.modelLimit)
  }

  /// The images of the data set that a preset is named after.
  private static func usualInput(of preset: String) -> FeatureShape {
    switch preset.prefix(while: { $0 != "-" }) {
    case "resnet18" where preset != "resnet18":
      FeatureShape(height: 224, width: 224, channels: 3)
    case "cifar", "resnet18": FeatureShape(height: 32, width: 32, channels: 3)
    case "digits": FeatureShape(height: 8, width: 8, channels: 1)
    default: FeatureShape(height: 28, width: 28, channels: 1)
    }
  }
}

/// `32x32x3`: height, width, channels.
struct InputShapeValue: ExpressibleByArgument, Equatable {
  var shape: FeatureShape

  init?(argument: String) {
    guard let axes = axisLengths(argument), axes.count == 3,
      axes.allSatisfy({ (1...65536).contains($0) })
    else { return nil }
    shape = FeatureShape(height: axes[0], width: axes[1], channels: axes[2])
  }
}
