import ArgumentParser
import ConvNet
import Datasets
import Raster
import Text

/// Which network: a preset, layers on the command line, or a file with a layer a line.
struct ModelArguments: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "A preset: \(Preset.all.map(\.name).joined(separator: ", ")) (default: by the data set).",
      valueName: "name"),
    completion: .list(Preset.all.map(\.name)))
  var model: String?

  @Option(
    help: ArgumentHelp(
      "Layers: \"conv 64 3x3 same relu; maxpool 2; flatten; dense 10\" (all words: "
        + "docs/networks.md).", valueName: "text"))
  var layers: String?

  @Option(
    help: ArgumentHelp("A file with a layer a line, # for comments.", valueName: "file"),
    completion: .file())
  var architecture: String?

  @Option(
    help: ArgumentHelp(
      "Start from a trained model: one of this program, or the safetensors of "
        + PublishedNetwork.names.joined(separator: ", ")
        + ". Its last layer is made anew for the classes. NAME:FILE says which of them it is, where tensors "
        + "of two are alike (efficientnet-lite0-timm:FILE).", valueName: "file"),
    completion: .file())
  var from: String?

  @Option(
    help: ArgumentHelp(
      "With --from, what does not learn: all layers but the last, all up to the one named (see "
        + "summary), or none (default: all). What frozen layers make of an image is computed once.",
      valueName: "all|layer|none"))
  var freeze: String?

  /// The files that the network comes from.
  var files: InputFiles {
    InputFiles(
      arguments: [architecture, from.map { NetworkFile.place($0).file }].compactMap { $0 })
  }

  func validate() throws {
    if [model, layers, architecture, from].compactMap({ $0 }).count > 1 {
      throw ValidationError(
        "--model, --layers, --architecture and --from exclude each other; keep one")
    }
    if freeze != nil, from == nil {
      throw ValidationError("--freeze says what of the model of --from stays; add --from FILE")
    }
  }

  /// The model to start from, or nil.
  func pretrained(memory: MemoryLimit, _ diagnostics: Diagnostics) throws -> Pretrained? {
    try from.map {
      try Pretrained(
        file: $0, freeze: FreezeValue(freeze ?? "all"), memory: memory,
        diagnostics: diagnostics)
    }
  }

  /// The network to train, and how.
  struct Choice {
    var name: String
    var architecture: Architecture
    var settings: TrainingSettings
    /// Whether images keep their class when mirrored.
    var canFlip: Bool
    /// How a preset's images are changed; nil as for any network.
    var augmentation: Augmentation?
    /// What another preset would give and take, where nobody chose.
    var hint: String?
  }

  /// - Throws: a `CommandFailure` that names the option or the file.
  func choose(
    dataSet: String, input: FeatureShape, classes: Int, examples: Int
  ) throws -> Choice {
    if let text = layers {
      return try described(text, name: "layers", place: "--layers")
    }
    if let file = architecture {
      let bytes = try NetworkFile.read(file, limit: 1 << 20)
      return try described(
        NetworkFile.description(bytes, file), name: FilePath(argument: file).title, place: file)
    }
    let preset =
      if let model { try Self.preset(model) } else {
        Preset.standard(dataSet: dataSet, input: input, examples: examples)
      }
    return Choice(
      name: preset.name,
      architecture: try CommandFailure.at("model \(preset.name)") {
        try preset.architecture(classes: classes)
      }, settings: preset.settings, canFlip: preset.canFlip,
      augmentation: preset.augmentation.flatMap {
        AugmentationValue(argument: $0)?.augmentation
      }, hint: model == nil ? preset.hint : nil)
  }

  static func preset(_ name: String) throws -> Preset {
    guard let preset = Preset.named(name) else {
      let names = Preset.all.map(\.name)
      if name.contains(where: \.isWhitespace) || name.contains(";") {
        throw CommandFailure(
          "'\(name.shortened())' is no preset; layers are given with --layers", at: "--model")
      }
      throw CommandFailure(
        "there is no model '\(name.shortened())'; there are: " + names.joined(separator: ", ")
          + (nearest(to: name, among: names).map { "; did you mean '\($0)'?" } ?? ""), at: "--model"
      )
    }
    return preset
  }

  private func described(_ text: String, name: String, place: String) throws -> Choice {
    Choice(
      name: name, architecture: try CommandFailure.at(place) { try Architecture(text) },
      settings: TrainingSettings(), canFlip: true)
  }
}
