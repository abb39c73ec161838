extension Network {
  /// How much slower the tensors of each layer are to learn than those of the last: `decay` to the power
  /// of the number of layers behind it. A layer is what has a kernel or dense weights, or a whole
  /// block; a normalisation belongs to the layer before it.
  ///
  /// - Returns: by the name of the tensor.
  /// - SeeAlso: Howard, Ruder, ULMFiT, arXiv:1801.06146, section 3.2.
  func depthRates(_ decay: Float) -> [String: Float] {
    if decay == 1 { return [:] }
    func slots(_ node: LayerNode) -> [ParameterSlot] {
      node.slots + node.branches.flatMap { $0.flatMap(slots) }
    }
    var rates: [String: Float] = [:]
    var (rate, isFirst): (Float, Bool) = (1, true)
    var waiting: [String] = []
    for node in nodes.reversed() {
      let own = slots(node)
      if !own.contains(where: \.shape.decays) {
        // Those behind a layer are of its rate, which is known when it is met.
        waiting += own.map(\.name)
        continue
      }
      if !isFirst { rate *= decay }
      isFirst = false
      for name in waiting + own.map(\.name) { rates[name] = rate }
      waiting = []
    }
    for name in waiting { rates[name] = rate }
    return rates
  }
}
