import Random

/// The part of a model that does not learn any more, and what learns behind it.
///
/// The trunk makes features of images, once; the head is a network of its own that learns from them.
public struct Trunk: Sendable {
  /// From images to features.
  public let network: Network
  public let weights: Weights
  /// From features to classes.
  public let head: Network
  /// Where the head starts.
  public let headWeights: Weights
  /// The last layer of the trunk: `batchnorm3`.
  public let lastLayer: String
  private let whole: Model

  /// - Parameters:
  ///   - model: the whole, with a last layer for the classes.
  ///   - layer: the last that does not learn; nil for all but the last layer with weights.
  /// - Returns: nil where nothing is left before the head.
  /// - Throws: `unknownLayerName`, `nothingLearns`.
  public init?(_ model: Model, upTo layer: String? = nil) throws(NetworkError) {
    let nodes = model.network.nodes
    guard let last = nodes.lastIndex(where: { !Self.slots($0).isEmpty }) else { return nil }
    var end = last
    if let layer {
      guard let index = nodes.firstIndex(where: { $0.name == layer }) else {
        throw .unknownLayerName(layer, known: nodes.map(\.name))
      }
      if index >= last { throw .nothingLearns(layer) }
      end = index + 1
    }
    // Dropout is for what learns; a flat shape that is still a map keeps its order with its map.
    while end > 0, Self.belongsToHead(nodes[end - 1]) { end -= 1 }
    guard end > 0 else { return nil }
    let layers = model.network.architecture.layers
    network = try Network(Architecture(Array(layers[..<end])), input: model.network.input)
    head = try Network(Architecture(Array(layers[end...])), input: nodes[end - 1].output)
    lastLayer = nodes[end - 1].name
    whole = model
    let values = model.network.slots.map { Array(model.weights.values(of: $0)) }
    func part(_ network: Network, _ values: ArraySlice<[Float]>) -> Weights {
      var weights = Weights(
        trained: [Float](repeating: 0, count: network.trainedCount),
        statistics: [Float](repeating: 0, count: network.statisticsCount))
      for (slot, values) in zip(network.slots, values) { weights.set(slot, values) }
      return weights
    }
    let count = network.slots.count
    weights = part(network, values[..<count])
    headWeights = part(head, values[count...])
  }

  /// The whole model with the head as it has become.
  public func joined(_ head: Model) -> Model {
    var model = whole
    let slots = model.network.slots.dropFirst(network.slots.count)
    for (slot, from) in zip(slots, head.network.slots) {
      model.weights.set(slot, Array(head.weights.values(of: from)))
    }
    model.facts = head.facts
    return model
  }

  /// A number that tells the trunk's weights apart from others.
  public var fingerprint: String {
    var hash = ContentHash()
    for value in weights.trained + weights.statistics { hash.add(UInt64(value.bitPattern)) }
    return String(hash.value, radix: 16)
  }

  private static func slots(_ node: LayerNode) -> [ParameterSlot] {
    node.slots + node.branches.flatMap { $0.flatMap { slots($0) } }
  }

  private static func belongsToHead(_ node: LayerNode) -> Bool {
    node.layer is Dropout
      || node.output.isFlat && node.output.height * node.output.width > 1
  }
}
