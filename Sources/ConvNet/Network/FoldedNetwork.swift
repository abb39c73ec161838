/// A network without the batch normalisations that stand behind convolutions and dense layers: what
/// they do once training is over, the weights before them can do as well.
///
///     weight'[…, f] = weight[…, f] · s[f]      bias'[f] = (bias[f] − mean[f]) · s[f] + shift[f]
///     s[f] = scale[f] / √(variance[f] + ε)
struct FoldedNetwork {
  let network: Network
  private let original: Network

  /// - Returns: nil where there is nothing to fold.
  init?(_ network: Network) {
    original = network
    guard Self.folds(network.nodes) else { return nil }
    let layers = Self.layers(network.nodes)
    do {
      self.network = try Network(Architecture(layers), input: network.input)
    } catch {
      preconditionFailure("a layer less leaves all shapes as they are: \(error)")
    }
  }

  /// The numbers of the folded network.
  func weights(_ weights: Weights) -> Weights {
    var folded = Weights(
      trained: [Float](repeating: 0, count: network.trainedCount),
      statistics: [Float](repeating: 0, count: network.statisticsCount))
    var tensors: [[Float]] = []
    collect(original.nodes, weights, into: &tensors)
    for (slot, values) in zip(network.slots, tensors) { folded.set(slot, values) }
    return folded
  }

  /// The normalisation behind a node that its weights can take over.
  private static func follower(_ index: Int, _ nodes: [LayerNode]) -> LayerNode? {
    guard index + 1 < nodes.count, nodes[index + 1].layer is BatchNorm,
      nodes[index].layer.activation == nil, withBias(nodes[index].layer) != nil
    else { return nil }
    return nodes[index + 1]
  }

  private static func withBias(_ layer: any Layer) -> (any Layer)? {
    switch layer {
    case var layer as Conv2D:
      layer.hasBias = true
      return layer
    case var layer as Depthwise:
      layer.hasBias = true
      return layer
    case var layer as Dense:
      layer.hasBias = true
      return layer
    default: return nil
    }
  }

  private static func folds(_ nodes: [LayerNode]) -> Bool {
    nodes.indices.contains { index in
      follower(index, nodes) != nil || nodes[index].branches.contains { folds($0) }
    }
  }

  private static func layers(_ nodes: [LayerNode]) -> [any Layer] {
    var result: [any Layer] = []
    for (index, node) in nodes.enumerated() {
      if index > 0, follower(index - 1, nodes) != nil { continue }
      if follower(index, nodes) != nil, let layer = withBias(node.layer) {
        result.append(layer)
      } else if let block = node.layer as? any Block {
        result.append(block.holding(node.branches.map { layers($0) }))
      } else {
        result.append(node.layer)
      }
    }
    return result
  }

  /// All tensors of the folded network, in the order of its slots.
  private func collect(_ nodes: [LayerNode], _ weights: Weights, into tensors: inout [[Float]]) {
    for (index, node) in nodes.enumerated() {
      if index > 0, Self.follower(index - 1, nodes) != nil { continue }
      if let normalization = Self.follower(index, nodes) {
        tensors += fold(node, normalization, weights)
      } else {
        tensors += node.slots.map { Array(weights.values(of: $0)) }
      }
      for branch in node.branches { collect(branch, weights, into: &tensors) }
    }
  }

  private func fold(
    _ node: LayerNode, _ normalization: LayerNode, _ weights: Weights
  ) -> [[Float]] {
    guard let layer = normalization.layer as? BatchNorm else { preconditionFailure("a follower") }
    func values(_ slot: ParameterSlot) -> [Double] { weights.values(of: slot).map { Double($0) } }
    var slots = normalization.slots.map(values)
    let scale =
      layer.hasScale ? slots.removeFirst() : [Double](repeating: 1, count: slots[0].count)
    let (shift, mean, variance) = (slots[0], slots[1], slots[2])
    let factors = scale.indices.map {
      scale[$0] / (variance[$0] + Double(layer.epsilon)).squareRoot()
    }
    let count = factors.count
    let weight = values(node.slots[0])
    let bias = node.slots.count > 1 ? values(node.slots[1]) : [Double](repeating: 0, count: count)
    // The output is the innermost axis of every weight.
    return [
      weight.indices.map { Float(weight[$0] * factors[$0 % count]) },
      bias.indices.map { Float((bias[$0] - mean[$0]) * factors[$0] + shift[$0]) },
    ]
  }
}
