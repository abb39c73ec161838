import ArgumentParser
import ConvNet
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
      "Layers: \"conv 64 3x3 same relu; maxpool 2; flatten; dense 10\".", valueName: "text"))
  var layers: String?

  @Option(
    help: ArgumentHelp("A file with a layer a line, # for comments.", valueName: "file"),
    completion: .file())
  var architecture: String?

  func validate() throws {
    if [model, layers, architecture].compactMap({ $0 }).count > 1 {
      throw ValidationError("--model, --layers and --architecture exclude each other; keep one")
    }
  }

  /// The network to train, and how.
  struct Choice {
    var name: String
    var architecture: Architecture
    var settings: TrainingSettings
    /// Whether images keep their class when mirrored.
    var canFlip: Bool
  }

  /// - Throws: a `CommandFailure` that names the option or the file.
  func choose(dataSet: String, input: FeatureShape, classes: Int) throws -> Choice {
    if let text = layers {
      return try described(text, name: "layers", place: "--layers")
    }
    if let file = architecture {
      let bytes = try NetworkFile.read(file, limit: 1 << 20)
      return try described(
        String(decoding: bytes, as: UTF8.self), name: FilePath(argument: file).title, place: file)
    }
    let preset =
      if let model { try Self.preset(model) } else {
        Preset.standard(dataSet: dataSet, input: input)
      }
    return Choice(
      name: preset.name,
      architecture: try CommandFailure.at("model \(preset.name)") {
        try preset.architecture(classes: classes)
      }, settings: preset.settings, canFlip: preset.canFlip)
  }

  static func preset(_ name: String) throws -> Preset {
    guard let preset = Preset.named(name) else {
      let names = Preset.all.map(\.name)
      if name.contains(where: \.isWhitespace) || name.contains(";") {
        throw CommandFailure(
          "'\(name)' is no preset; layers are given with --layers", at: "--model")
      }
      throw CommandFailure(
        "there is no model '\(name)'; there are: " + names.joined(separator: ", ")
          + (nearest(to: name, among: names).map { "; did you mean '\($0)'?" } ?? ""), at: "--model"
      )
    }
    return preset
  }

  private func described(_ text: String, name: String, place: String) throws -> Choice {
    do {
      return Choice(
        name: name, architecture: try Architecture(text), settings: TrainingSettings(),
        canFlip: true)
    } catch {
      throw CommandFailure("\(error)", at: place)
    }
  }
}
