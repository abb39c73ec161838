import ArgumentParser
import ConvNet
import Raster

/// `convfilter export`.
struct Export: ParsableCommand {
  static let configuration = CommandConfiguration.subcommand(
    "export", abstract: "Write a model for other programs.",
    discussion: """
      FILE.onnx takes pictures as they lie in memory (uint8, batch x height x width x channels) and \
      gives probabilities; normalisation is inside, the names of the classes are in the metadata \
      (classes, a JSON list). FILE.py is a module of PyTorch whose load() reads the model file. \
      FILE.safetensors is the model in this program's own form, for networks of others.

      Examples:
        convfilter export cats.safetensors cats.onnx
        convfilter export cats.safetensors --pytorch cats.py
        convfilter export efficientnet-lite0.safetensors own.safetensors
        convfilter export efficientnet-lite0-timm:model.safetensors own.safetensors
      """)

  @Argument(help: ArgumentHelp("A model file.", valueName: "model"), completion: .file())
  var model: String

  @Argument(
    help: ArgumentHelp(
      "The file to write: its ending (onnx, py, safetensors) says in which form.",
      valueName: "file"), completion: .file())
  var output: String?

  @Option(
    help: ArgumentHelp("Write a module of PyTorch, whatever its ending.", valueName: "file"),
    completion: .file())
  var pytorch: String?

  @Flag(name: .shortAndLong, help: "Overwrite existing files.")
  var force = false

  @Flag(name: .shortAndLong, help: "Say errors only.")
  var quiet = false

  private enum Form: String {
    case onnx, py, safetensors
  }

  private func form(_ output: String) -> Form? {
    Form(rawValue: FilePath(argument: output).fileExtension.lowercased())
  }

  func validate() throws {
    if output == nil, pytorch == nil {
      throw ValidationError(
        "name the file to write: FILE.onnx, FILE.safetensors or --pytorch FILE.py")
    }
    if let output, form(output) == nil {
      throw ValidationError(
        "'\(output)': the ending says in which form to write; use .onnx, .py or .safetensors")
    }
  }

  func run() throws {
    var results: [(path: FilePath, form: Form)] = []
    if let output, let form = form(output) { results.append((FilePath(argument: output), form)) }
    if let pytorch { results.append((FilePath(argument: pytorch), .py)) }
    try WholeFile.check(
      results.map(\.path), replacing: force,
      inputs: InputFiles(arguments: [NetworkFile.place(model).file]))
    let bytes = try NetworkFile.read(
      NetworkFile.place(self.model).file, limit: NetworkFile.modelLimit)
    let model = try NetworkFile.model(bytes, self.model, Diagnostics(quiet: quiet))
    for (path, form) in results {
      let contents = try CommandFailure.at(self.model) { () throws -> [UInt8] in
        switch form {
        case .onnx: return try ONNXFile.encode(model)
        case .safetensors: return ModelFile.encode(model)
        case .py:
          if try !ModelFile.isOwn(bytes) {
            throw CommandFailure(
              "its tensors have names of their own; write it as FILE.safetensors first, and export that",
              at: self.model)
          }
          return Array(try PyTorchSource.text(model, weights: self.model).utf8)
        }
      }
      try WholeFile.write(contents, to: path, replacing: force)
      Diagnostics(quiet: quiet).note("\(path): \(Self.note(form, model))")
      if form != .safetensors, model.views != .one {
        Diagnostics(quiet: quiet).note("\(path): " + model.oneLook)
      }
    }
  }

  private static func note(_ form: Form, _ model: Model) -> String {
    let input = model.network.input
    let shape = "\(input.height)x\(input.width)x\(input.channels)"
    switch form {
    case .onnx: return "image (uint8, batch x \(shape)) to probabilities"
    case .py: return "Network, and load() for it with its weights"
    case .safetensors: return "a model of \(shape) images, \(model.classNames.count) classes"
    }
  }
}
