import ConvEngine

extension StepPlan {
  /// Joins each depthwise convolution with the 1×1 convolutions around it where bands of rows pass them
  /// faster than whole maps; for prediction.
  static func banded(_ steps: [StepPlan], batch: Int, threads: Int) -> [StepPlan] {
    var joined: [StepPlan] = []
    var index = 0
    while index < steps.count {
      let before = steps[index].isProduct ? 1 : 0
      let middle = index + before
      let behind = middle + 1 < steps.count && steps[middle + 1].isProduct ? 1 : 0
      let group = Array(steps[index...min(middle + behind, steps.count - 1)])
      if group.count > 1, steps[middle].layer is Depthwise,
        Self.pays(group, steps[middle], batch: batch, threads: threads)
      {
        var one = group[group.count - 1]
        one.node.input = group[0].node.input
        one.bands = group
        joined.append(one)
        index += group.count
      } else {
        joined.append(steps[index])
        index += 1
      }
    }
    return joined
  }

  private static func pays(
    _ group: [StepPlan], _ middle: StepPlan, batch: Int, threads: Int
  ) -> Bool {
    guard let layer = middle.layer as? Depthwise else { return false }
    let channels = middle.node.input.channels
    let weights = group.flatMap(\.node.slots).reduce(0) { $0 + $1.shape.count }
    return BandedBlock.pays(
      layer.window.convolution(of: middle.node.input, channels: channels, filters: channels),
      weights: weights, images: batch, threads: threads)
  }

  /// Whether it multiplies each sample by itself, and no more than what is fused with that.
  private var isProduct: Bool {
    guard let layer = layer as? Conv2D, layer.groups == 1, pool == nil else { return false }
    let window = layer.window
    return window.height == 1 && window.width == 1 && window.strideY == 1 && window.strideX == 1
      && activation == .identity
      && window.paddingY(node.input.height) == (0, 0)
      && window.paddingX(node.input.width) == (0, 0)
  }
}
