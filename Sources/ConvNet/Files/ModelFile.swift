import Raster
import Text

/// A model as a safetensors file: tensors in PyTorch's layouts, and metadata that describe it.
///
/// Kernels are `[out, in, height, width]`, dense weights `[out, in]`, and a dense layer behind
/// flatten counts its inputs channel by channel, as PyTorch flattens.
public enum ModelFile {
  /// The version of the metadata written here; higher ones are refused.
  public static let version = 1
  static let format = "convfilter"
  /// Bytes of a description, and rows and columns of an image: what no model here goes beyond.
  static let descriptionLimit = 1 << 20
  static let sideLimit = 4096

  /// The file, whole.
  public static func encode(_ model: Model) -> [UInt8] {
    Safetensors(metadata: metadata(model, kind: "model"), tensors: tensors(model)).encoded()
  }

  /// Whether a file begins as a model does, whatever its name: with the length of a header that lies
  /// within the file. A text begins with letters, which are a far larger number.
  public static func mayBeModel(_ bytes: [UInt8]) -> Bool {
    guard bytes.count > 8, bytes[8] == UInt8(ascii: "{") else { return false }
    let length = (0..<8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64(bytes[$1]) }
    return length <= UInt64(bytes.count - 8)
  }

  /// Reads a model, the model in a checkpoint, or one of the published networks.
  ///
  /// - Parameters:
  ///   - replacesHead: whether the last layer will be made anew: a published network may then come
  ///     without one (its place holds zeros), as timm saves it with `num_classes=0`.
  ///   - name: the published network that it is (`PublishedNetwork.name`); nil to find it by the tensors.
  ///   - architecture: what a file beside it calls the architecture, for networks whose tensors are alike.
  ///   - doubt: told which network it was taken for, and which other has the same tensors.
  /// - Throws: what is wrong: no safetensors, damaged, foreign, or not matching its architecture.
  public static func decode(
    _ bytes: [UInt8], replacesHead: Bool = false, as name: String? = nil,
    architecture: String? = nil,
    doubt: (_ taken: PublishedNetwork, _ other: PublishedNetwork) -> Void = { _, _ in }
  ) throws(NetworkError) -> Model {
    if let foreign = ForeignFile(bytes) { throw .foreignFile(foreign) }
    let file = try Safetensors(bytes, convertsNumbers: true)
    guard file[metadata: "format"] == format else {
      return try PublishedNetwork.model(
        file, replacesHead: replacesHead, as: name, architecture: architecture, doubt: doubt)
    }
    if let (name, type) = file.converted.first {
      throw .foreign("tensor \(name) is \(type), models here are F32")
    }
    return try decode(file)
  }

  /// Whether a file is of this program's own form, with tensors under its own names.
  ///
  /// - Throws: as `decode`.
  public static func isOwn(_ bytes: [UInt8]) throws(NetworkError) -> Bool {
    try Safetensors(bytes, convertsNumbers: true)[metadata: "format"] == format
  }

  static func metadata(_ model: Model, kind: String) -> [(name: String, value: String)] {
    func list(_ values: [Float]) -> String {
      JSON.array(values.map { .number(Double($0)) }).compact
    }
    let facts = model.facts.sorted { $0.key < $1.key }
    return [
      ("format", format), ("format_version", String(version)), ("kind", kind),
      ("architecture", model.network.architecture.text),
      ("classes", JSON.array(model.classNames.map { .string($0) }).compact),
      ("mean", list(model.normalization.mean)), ("deviation", list(model.normalization.deviation)),
      ("facts", JSON.object(facts.map { ($0.key, .string($0.value)) }).compact),
    ]
  }

  static func tensors(_ model: Model) -> [Safetensors.Tensor] {
    model.network.slots.map {
      Safetensors.Tensor(
        $0.name, shape: $0.shape.file, values: $0.shape.toFile(model.weights.values(of: $0)))
    }
  }

  static func decode(_ file: Safetensors) throws(NetworkError) -> Model {
    guard file[metadata: "format"] == format, let text = file[metadata: "architecture"] else {
      throw .foreign("its metadata don't describe a network")
    }
    guard let version = file[metadata: "format_version"].flatMap({ Int($0) }), version >= 1 else {
      throw .damaged("no format version")
    }
    if version > Self.version { throw .newerFormat(version) }
    guard text.utf8.count <= descriptionLimit else {
      throw .damaged("its architecture has more than \(NumberText.grouped(descriptionLimit)) bytes")
    }
    let network = try Network(Architecture(text))
    guard max(network.input.height, network.input.width) <= sideLimit else {
      throw .imageTooLarge(network.input, side: sideLimit)
    }
    func list(_ name: String) throws(NetworkError) -> [JSON] {
      guard let text = file[metadata: name], let values = JSON(text.utf8)?.array else {
        throw .damaged("the metadata \(name) are missing or no list")
      }
      return values
    }
    func floats(_ name: String) throws(NetworkError) -> [Float] {
      let values = try list(name).compactMap { $0.number.map { Float($0) } }
      guard values.count == network.input.channels, values.allSatisfy(\.isFinite) else {
        throw .damaged("the metadata \(name) need \(network.input.channels) numbers")
      }
      return values
    }
    let names = try list("classes").compactMap(\.string)
    guard names.count == network.output.count else {
      throw .damaged("\(names.count) class names for \(network.output.count) outputs")
    }
    let mean = try floats("mean")
    let deviation = try floats("deviation")
    guard deviation.allSatisfy({ $0 > 0 }) else {
      throw .damaged("a deviation is not above 0")
    }
    let normalization = Normalization(mean: mean, deviation: deviation)
    guard (normalization.scale + normalization.shift).allSatisfy(\.isFinite) else {
      throw .damaged("mean and deviation are too far apart")
    }
    var facts: [String: String] = [:]
    if case .object(let members)? = file[metadata: "facts"].flatMap({ JSON($0.utf8) }) {
      for (name, value) in members { facts[name] = value.string }
    }
    return try Model(
      network: network, weights: weights(network, file.tensors), classNames: names,
      normalization: normalization, facts: facts)
  }

  /// Weights from tensors; those whose names start with `resume.` belong to the checkpoint.
  static func weights(
    _ network: Network, _ tensors: [Safetensors.Tensor]
  ) throws(NetworkError) -> Weights {
    var left: [String: Safetensors.Tensor] = [:]
    for tensor in tensors where !tensor.name.hasPrefix(Checkpoint.prefix) {
      left[tensor.name] = tensor
    }
    // What the file does not hold is not allocated: a short text may describe gigabytes.
    for slot in network.slots {
      guard let tensor = left[slot.name] else { throw .missingTensor(slot.name) }
      guard tensor.shape == slot.shape.file else {
        throw .tensorShape(slot.name, expected: slot.shape.file, found: tensor.shape)
      }
    }
    var weights = Weights(
      trained: [Float](repeating: 0, count: network.trainedCount),
      statistics: [Float](repeating: 0, count: network.statisticsCount))
    for slot in network.slots {
      let tensor = left.removeValue(forKey: slot.name)!
      guard tensor.values.allSatisfy(\.isFinite) else {
        throw .damaged("tensor \(slot.name) holds values that are no numbers")
      }
      weights.set(slot, slot.shape.fromFile(tensor.values))
    }
    if let other = left.keys.min() { throw .unexpectedTensor(other) }
    return weights
  }
}
