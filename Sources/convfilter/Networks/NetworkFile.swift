import ConvNet
import ImageCodecs
import Raster
import Text

/// Files of networks: models, checkpoints, descriptions, figures.
enum NetworkFile {
  /// Far more than the largest model takes, but no more than the machine and its container grant.
  static let modelLimit = min(4 << 30, MemoryLimit.preset.bytes)

  /// Far more than the longest description takes.
  static let textLimit = 1 << 20

  /// The bytes of a file; of one that is neither safetensors nor a text no more than say so.
  ///
  /// - Throws: `FileError` with the name, for a text beyond `textLimit`, too.
  static func read(_ name: String, limit: Int) throws -> [UInt8] {
    try CommandFailure.at(name) {
      try OpenFile(FilePath(argument: name)).contents(limit: limit) { bytes throws(FileError) in
        if bytes.count < 9 || Safetensors.mayBegin(with: bytes) { return true }
        if bytes.count < textLimit { return true }
        if bytes.contains(0) { return false }
        throw .tooLarge(limit: textLimit)
      }
    }
  }

  /// The layers that the bytes of a file describe.
  static func description(_ bytes: [UInt8], _ name: String) throws -> String {
    guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
      throw CommandFailure("is neither a model file nor a text with a layer a line", at: name)
    }
    return text
  }

  /// - Parameters:
  ///   - name: of the file, perhaps with the network that it is (`place`).
  ///   - memory: what the model may take when it is used.
  ///   - batch: images at a time, or nil for as many as an evaluation takes.
  ///   - replacesHead: whether its last layer will be made anew, and may be missing.
  /// - Throws: what is wrong with the file, with its name.
  static func model(
    _ name: String, memory: MemoryLimit, batch: Int? = nil, replacesHead: Bool = false,
    diagnostics: Diagnostics
  ) throws -> Model {
    let file = place(name).file
    let bytes = try read(file, memory: memory)
    let model = try Self.model(bytes, name, replacesHead: replacesHead, diagnostics)
    try check(
      model.network.inferenceBytes(batch: batch ?? model.network.evaluationBatch), of: file, memory)
    return model
  }

  /// The bytes of a model or a checkpoint.
  ///
  /// - Throws: also for one that takes more memory than there is to be taken.
  static func read(_ file: String, memory: MemoryLimit = .preset) throws -> [UInt8] {
    // A file says how long it is: no more than the model takes.
    if let status = try? FileStatus(FilePath(argument: file)), status.kind == .regular {
      try check(status.size, of: file, memory)
    }
    return try read(file, limit: min(modelLimit, memory.bytes))
  }

  private static func check(_ bytes: Int, of file: String, _ memory: MemoryLimit) throws {
    try CommandFailure.at(file) {
      try memory.check(
        bytes, for: "the model", remedy: "use one with smaller images or fewer channels")
    }
  }

  /// The model in the bytes of a file.
  ///
  /// - Parameters:
  ///   - name: as it was named.
  ///   - diagnostics: told where it may be another network.
  static func model(
    _ bytes: [UInt8], _ name: String, replacesHead: Bool = false, _ diagnostics: Diagnostics
  ) throws -> Model {
    let (network, file) = place(name)
    return try CommandFailure.at(file) {
      try ModelFile.decode(
        bytes, replacesHead: replacesHead, as: network, architecture: architecture(beside: file)
      ) { taken, other in
        diagnostics.warning(
          "has the tensors of \(taken.architectureName) and of \(other.architectureName) alike, which "
            + "pad otherwise; taken for the first. If it is the other, name it "
            + "\(shellQuoted(other.name + ":" + file)), else \(shellQuoted(taken.name + ":" + file))",
          at: file)
      }
    }
  }

  /// The network that a file is said to be, and the file: `efficientnet-lite0-timm:FILE`.
  static func place(_ name: String) -> (network: String?, file: String) {
    guard let colon = name.firstIndex(of: ":"),
      let network = PublishedNetwork.names.first(where: { $0 == name[..<colon] }),
      (try? FileStatus(FilePath(argument: name))) == nil
    else { return (nil, name) }
    return (network, String(name[name.index(after: colon)...]))
  }

  /// What `config.json` in the same folder says of the architecture, as timm and Hugging Face lay it there.
  private static func architecture(beside file: String) -> String? {
    let config = FilePath(argument: file).sibling(Array("config.json".utf8))
    guard let bytes = try? OpenFile(config).contents(limit: 1 << 20) else { return nil }
    return JSON(bytes)?["architecture"]?.string
  }

  /// Writes a file that appears whole or not at all.
  ///
  /// - Parameters:
  ///   - replacing: whether an existing file gives way.
  ///   - durable: whether to wait until the bytes are on the disk.
  static func write(
    _ bytes: [UInt8], to path: FilePath, replacing: Bool, durable: Bool = false
  ) throws {
    try WholeFile.write(bytes, to: path, replacing: replacing, durable: durable)
  }

  /// Writes a drawing as a PNG file.
  static func write(_ picture: Picture, to path: FilePath, replacing: Bool) throws {
    try write(encodePNG(picture, level: 6), to: path, replacing: replacing)
  }
}
