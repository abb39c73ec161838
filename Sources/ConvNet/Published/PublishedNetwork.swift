import Raster

/// A network that others have published with its weights, under names of its own.
///
/// Its file is a safetensors file with the tensors of PyTorch; which tensor is which says a table of
/// the layers' names, in the order of this program's layers.
public struct PublishedNetwork: Sendable {
  /// `efficientnet-lite0`.
  public let name: String
  /// What those who published it call the architecture, in files beside the weights or in their metadata.
  let architectureNames: [String]
  /// The first of them.
  public var architectureName: String { architectureNames[0] }
  /// A line about it.
  public let title: String
  /// The layers for so many classes, with the shape of the input.
  let description: @Sendable (_ classes: Int) -> String
  /// What the file calls each layer that has tensors: `_conv_stem`, `_bn0`…
  let layers: [String]
  let normalization: Normalization
  /// Pictures are brought to a square of this side, of which the network sees the middle.
  let side: Int

  /// The layers for so many classes, with the shape of the input.
  ///
  /// - Throws: where there are more classes than a dense layer may have outputs.
  public func architecture(classes: Int) throws(NetworkError) -> Architecture {
    try Architecture(description(classes))
  }

  /// Its last layer with weights: as many outputs as there are classes.
  private var head: String { layers[layers.count - 1] }

  /// The network that a file holds.
  ///
  /// - Parameters:
  ///   - replacesHead: see `ModelFile.decode`.
  ///   - name: see `ModelFile.decode`.
  ///   - architecture: see `ModelFile.decode`.
  ///   - doubt: see `ModelFile.decode`.
  /// - Throws: `foreign` where it is none of those known, `misfits` where weights don't fit, `noHead` where the
  ///   last layer is missing.
  static func model(
    _ file: Safetensors, replacesHead: Bool, as name: String?, architecture: String?,
    doubt: (PublishedNetwork, PublishedNetwork) -> Void
  ) throws(NetworkError) -> Model {
    let named = [file[metadata: "architecture"], file[metadata: "model_name"], architecture]
    let file = unwrapped(file)
    let names = Set(file.tensors.map(\.name))
    /// Layers that are missing, and their number: of two that share their first layers, the one with
    /// fewer missing is meant.
    func misfit(_ network: PublishedNetwork) -> (Int, Int) {
      let found = network.layers.count { names.contains($0 + ".weight") }
      return (network.layers.count - found, -network.layers.count)
    }
    let candidates = all.filter { network in
      name.map { network.name == $0 } ?? (misfit(network).0 * 2 < network.layers.count)
    }
    guard let first = candidates.min(by: { misfit($0) < misfit($1) }) else { throw Self.unknown }
    // Names and shapes of tensors do not say how a network pads.
    let alike = candidates.filter { misfit($0) == misfit(first) }
    let said = alike.first { network in
      named.contains { $0.map(network.isCalled) ?? false }
    }
    if let other = alike.dropFirst().first, said == nil { doubt(first, other) }
    return try (said ?? first).model(file, replacesHead: replacesHead)
  }

  /// Whether a word names the architecture, as `timm/efficientnet_lite0.ra_in1k` or `efficientnet_lite0`.
  private func isCalled(_ word: String) -> Bool {
    let last = word.split(separator: "/").last ?? ""
    return architectureNames.contains(String(last.prefix { $0 != "." }))
  }

  /// What training frameworks put a network into: DataParallel, Lightning and the like, torch.compile.
  private static let wrappers = [
    "module.", "model.", "_orig_mod.", "net.", "network.", "backbone.",
  ]

  /// The tensors by the names that the network itself gives them.
  private static func unwrapped(_ file: Safetensors) -> Safetensors {
    var file = file
    while !file.tensors.isEmpty,
      let wrapper = wrappers.first(where: { wrapper in
        file.tensors.allSatisfy { $0.name.hasPrefix(wrapper) }
      })
    {
      for index in file.tensors.indices {
        file.tensors[index].name.removeFirst(wrapper.count)
      }
    }
    return file
  }

  private static var unknown: NetworkError {
    .foreign(
      "its metadata don't describe a network, and its tensors are not those of "
        + names.joined(separator: ", "))
  }

  private func model(_ file: Safetensors, replacesHead: Bool) throws(NetworkError) -> Model {
    var tensors = Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.name, $0) })
    let isHeadless = tensors[head + ".weight"] == nil
    if isHeadless {
      guard replacesHead else { throw .noHead(network: name, tensor: head + ".weight") }
      // Somebody's own last layers, as `fc.1.weight`, give way, too.
      tensors = tensors.filter { !$0.key.hasPrefix(head + ".") }
    }
    let classes = tensors[head + ".weight"]?.shape.first ?? 2
    guard (1...65536).contains(classes) else { throw .damaged("\(head) has \(classes) outputs") }
    let network = try Network(Architecture(description(classes)))
    var weights = Weights(
      trained: [Float](repeating: 0, count: network.trainedCount),
      statistics: [Float](repeating: 0, count: network.statisticsCount))
    var misfits: [TensorMisfit] = []
    var left = Set(tensors.keys)
    let nodes = network.allNodes.filter { !$0.slots.isEmpty }
    precondition(nodes.count == layers.count, "a name for each layer with weights")
    for (node, layer) in zip(nodes, layers) where !(isHeadless && layer == head) {
      for slot in node.slots {
        let name = "\(layer).\(slot.shape.suffix)"
        left.remove(name)
        guard let tensor = tensors[name], tensor.shape == slot.shape.file else {
          misfits.append(
            TensorMisfit(name: name, expected: slot.shape.file, found: tensors[name]?.shape))
          continue
        }
        guard tensor.values.allSatisfy(\.isFinite) else {
          throw .damaged("tensor \(name) holds values that are no numbers")
        }
        weights.set(slot, slot.shape.fromFile(tensor.values))
      }
    }
    if !misfits.isEmpty { throw .misfits(network: self.name, misfits) }
    if let other = left.filter({ !$0.hasSuffix(".num_batches_tracked") }).min() {
      throw .unexpectedTensor(other)
    }
    let isImageNet = classes == ImageNetClasses.names.count
    var facts = ["model": name, "fit": "crop", "size": "\(side)x\(side)"]
    if isImageNet { facts["data set"] = "ImageNet" }
    return try Model(
      network: network, weights: weights,
      classNames: isImageNet ? ImageNetClasses.names : (0..<classes).map { "class \($0)" },
      normalization: normalization, facts: facts)
  }
}

/// A tensor that is not what a network needs.
public struct TensorMisfit: Equatable, Sendable, CustomStringConvertible {
  public var name: String
  public var expected: [Int]
  /// nil where the file has no such tensor.
  public var found: [Int]?

  public init(name: String, expected: [Int], found: [Int]?) {
    self.name = name
    self.expected = expected
    self.found = found
  }

  public var description: String {
    found.map { "\(name) has the shape \($0), needed is \(expected)" }
      ?? "\(name) of the shape \(expected) is missing"
  }
}
