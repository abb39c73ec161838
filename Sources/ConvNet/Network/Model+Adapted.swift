extension Model {
  /// The model for other classes: its last layer is made anew, all others keep their weights.
  ///
  /// - Parameters:
  ///   - classNames: one a class. Where they are the model's own, its last layer stays, too.
  ///   - input: the shape of an image; nil for the model's own.
  ///   - seed: draws the weights of the new layer.
  /// - Throws: `lastLayerNotDense`, or what is wrong with the other shape.
  public func adapted(
    to classNames: [String], input: FeatureShape? = nil, seed: UInt64
  ) throws(NetworkError) -> Model {
    var layers = network.architecture.layers
    guard let last = layers.lastIndex(where: { $0.computes(isTraining: true) }),
      var head = layers[last] as? Dense
    else { throw .lastLayerNotDense(network.nodes.last?.name ?? "nothing") }
    head.outputs = classNames.count
    layers[last] = head
    let shape = input ?? network.input
    let adapted = try Network(Architecture(layers), input: shape)
    var start = Weights(adapted, seed: seed)
    let keepsHead = classNames == self.classNames
    let renewed = Set(keepsHead ? [] : adapted.nodes[last].slots.map(\.name))
    for (slot, old) in zip(adapted.slots, network.slots) where !renewed.contains(slot.name) {
      guard slot.shape.memory == old.shape.memory else {
        throw .tensorShape(slot.name, expected: slot.shape.file, found: old.shape.file)
      }
      start.set(slot, Array(weights.values(of: old)))
    }
    return try Model(
      network: adapted, weights: start, classNames: classNames, normalization: normalization,
      facts: facts)
  }
}
