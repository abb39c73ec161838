extension Inspector {
  /// Where a picture speaks for a class, on a layer that yields maps.
  public struct Attention: Sendable, Hashable {
    /// The layer that was looked at.
    public var name: String
    public var height: Int
    public var width: Int
    /// Row by row, 0…1: 1 where it speaks loudest for the class; all 0 where nothing does.
    public var values: [Float]
  }

  /// Grad-CAM on every layer that yields maps, those inside blocks left out: the maps, weighed by how
  /// the class's output grows with them.
  ///
  ///     α_c = mean over y, x of ∂output[label]/∂A[y, x, c]
  ///     attention = max(Σ_c α_c · A[…, c], 0)
  ///
  /// - Parameters:
  ///   - levels: one image of the model's size, 0…255, channel innermost.
  ///   - labels: classes, 0 ..< classes.
  /// - Returns: for each class the layers in their order.
  /// - SeeAlso: Selvaraju et al., arXiv:1610.02391.
  public func attentions(of levels: [Float], labels: [Int]) -> [[Attention]] {
    precondition(labels.allSatisfy(model.classNames.indices.contains), "some of the classes")
    let nodes = model.network.nodes
    let maps = maps(of: levels).reduce(into: [:]) { $0[$1.name] = $1 }
    let layers = nodes.indices.compactMap { index -> (end: Int, maps: FeatureMaps)? in
      guard !nodes[index].output.isFlat, !(nodes[index].layer is Dropout),
        let own = maps[nodes[index].name]
      else { return nil }
      return (index + 1, own)
    }
    return labels.map { label in
      let weights = channelWeights(of: levels, label: label, ends: layers.map(\.end))
      return zip(layers, weights).map { Self.attention($0.maps, weights: $1) }
    }
  }

  /// For each layer the gradient of a class's output, summed over its places, by channel. The layers'
  /// outputs are those of the last pass forwards.
  private func channelWeights(of levels: [Float], label: Int, ends: [Int]) -> [[Float]] {
    let nodes = model.network.nodes
    let gradient = compiled.chain.outputGradient
    // Safety: the buffer holds a gradient of the widest step.
    gradient.update(repeating: 0, count: model.network.output.count)
    gradient[label] = 1
    var sums = [[Float]](repeating: [], count: ends.count)
    model.normalization.apply(levels).withUnsafeBufferPointer { input in
      compiled.chain.backward(input.baseAddress!, nil, Self.pass) { end, gradient in
        // The gradient of the layer's last step comes first; those inside do not count.
        guard let layer = ends.firstIndex(of: end), sums[layer].isEmpty else { return }
        let shape = nodes[end - 1].output
        sums[layer] = [Float](repeating: 0, count: shape.channels)
        for index in 0..<shape.count { sums[layer][index % shape.channels] += gradient[index] }
      }
    }
    return sums
  }

  private static func attention(_ maps: FeatureMaps, weights: [Float]) -> Attention {
    let shape = maps.shape
    var values = [Float](repeating: 0, count: shape.height * shape.width)
    for index in 0..<shape.count {
      values[index / shape.channels] += weights[index % shape.channels] * maps.values[index]
    }
    let largest = values.max() ?? 0
    values = values.map { largest > 0 ? max($0, 0) / largest : 0 }
    return Attention(
      name: maps.name, height: shape.height, width: shape.width, values: values)
  }
}
