import ConvNet
import ImageCodecs
import Raster

/// Files of networks: models, checkpoints, descriptions, figures.
enum NetworkFile {
  /// Far more than the largest model takes.
  static let modelLimit = 4 << 30

  static func read(_ name: String, limit: Int) throws -> [UInt8] {
    try CommandFailure.at(name) { try OpenFile(FilePath(argument: name)).contents(limit: limit) }
  }

  /// - Parameters:
  ///   - memory: what the model may take when it is used.
  ///   - batch: images at a time, or nil for as many as an evaluation takes.
  ///   - replacesHead: whether its last layer will be made anew, and may be missing.
  /// - Throws: what is wrong with the file, with its name.
  static func model(
    _ name: String, memory: MemoryLimit, batch: Int? = nil, replacesHead: Bool = false
  ) throws -> Model {
    let bytes = try read(name, limit: modelLimit)
    return try CommandFailure.at(name) {
      let model = try ModelFile.decode(bytes, replacesHead: replacesHead)
      let network = model.network
      try memory.check(
        network.inferenceBytes(batch: batch ?? network.evaluationBatch), for: "the model",
        remedy: "use one with smaller images or fewer channels")
      return model
    }
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
