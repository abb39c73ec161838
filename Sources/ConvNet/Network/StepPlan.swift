import ConvEngine

/// One step of a chain before it is given memory: a layer, and what is computed in the same pass.
public struct StepPlan: Sendable {
  /// The layer, or an activation that stands on the layer's line.
  public let layer: any Layer
  /// Where it stands: names, shapes and tensors.
  public internal(set) var node: LayerNode
  /// Values of one example after the step.
  public internal(set) var outputs: Int
  /// How many nodes of the chain are computed after the step.
  public internal(set) var end: Int
  /// Whether a ReLU follows in the same pass.
  public internal(set) var rectifies = false
  /// The largest value that it lets pass, where it cuts off larger ones in the same pass.
  public internal(set) var ceiling: Float?
  /// The function of each value that follows in the same pass, where it is no ReLU of `rectifies`.
  public internal(set) var activation = ActivationKernel.identity
  /// The maximum pooling that follows in the same pass, behind the ReLU where there is one.
  public internal(set) var pool: Window?
  /// Whether the step lays the gradient of its input where the input lay, already 0 where the ReLU
  /// of the step before was shut.
  public internal(set) var masksInput = false
  /// Whether the gradient that comes back is already 0 where the step's own ReLU was shut.
  public internal(set) var isMasked = false

  /// The steps that it stands for, where a band of rows passes several while it is in the cache.
  public internal(set) var bands: [StepPlan] = []

  /// Values of one example before the step.
  public var inputs: Int { node.input.count }
}

extension StepPlan {
  /// The steps of a chain.
  ///
  /// - Parameter fuses: whether neighbouring layers may run as one step.
  package static func steps(_ nodes: [LayerNode], isTraining: Bool, fuses: Bool) -> [StepPlan] {
    var steps = described(nodes, isTraining: isTraining)
    fuse(&steps, acrossNodes: fuses, isTraining: isTraining)
    if isTraining && fuses { maskGradients(&steps) }
    return steps
  }

  /// As the layers are written: one step for each that computes anything, one more for an
  /// activation on its line.
  private static func described(_ nodes: [LayerNode], isTraining: Bool) -> [StepPlan] {
    var steps: [StepPlan] = []
    for (index, node) in nodes.enumerated() where node.layer.computes(isTraining: isTraining) {
      steps.append(
        StepPlan(layer: node.layer, node: node, outputs: node.output.count, end: index + 1))
      guard let activation = node.layer.activation else { continue }
      var after = node
      after.input = node.output
      steps.append(
        StepPlan(layer: activation, node: after, outputs: node.output.count, end: index + 1))
    }
    return steps
  }

  /// Joins a layer with the ReLU and the maximum pooling behind it where its engine does both while
  /// the map is in the cache.
  private static func fuse(_ steps: inout [StepPlan], acrossNodes: Bool, isTraining: Bool) {
    var fused: [StepPlan] = []
    for step in steps {
      if var last = fused.last, step.end == last.end || (acrossNodes && step.end == last.end + 1),
        last.takes(step, isTraining: isTraining)
      {
        last.end = step.end
        last.outputs = step.outputs
        fused[fused.count - 1] = last
      } else {
        fused.append(step)
      }
    }
    steps = fused
  }

  /// Takes the next step into this one, where it can.
  private mutating func takes(_ next: StepPlan, isTraining: Bool) -> Bool {
    if next.layer is ReLU6, layer.fusion.contains(.ceiling), !isTraining, !rectifies, pool == nil {
      (rectifies, ceiling) = (true, ReLU6.ceiling)
      return true
    }
    if next.layer is ReLU, layer.fusion.contains(.relu), !rectifies, pool == nil {
      rectifies = true
      return true
    }
    if next.layer is ReLU, layer.fusion.contains(.lastReLU), !isTraining, !rectifies {
      rectifies = true
      return true
    }
    if let function = next.layer as? any Activation, let kernel = function.kernel,
      layer.fusion.contains(.activation), activation == .identity
    {
      activation = kernel
      return true
    }
    if let pooling = next.layer as? MaxPool, layer.fusion.contains(.maxPool), pool == nil,
      pooling.window.padding == nil, pooling.window.height * pooling.window.width <= 255
    {
      pool = pooling.window
      return true
    }
    return false
  }

  /// Where a layer that can mask gradients follows one with a ReLU, it does so in the memory of its
  /// input, and the ReLU before has nothing left to do.
  private static func maskGradients(_ steps: inout [StepPlan]) {
    for index in steps.indices.dropFirst()
    where steps[index].layer.fusion.contains(.maskedGradient)
      && steps[index - 1].layer.fusion.contains(.givenMask) && steps[index - 1].rectifies
    {
      steps[index].masksInput = true
      steps[index - 1].isMasked = true
    }
  }
}

/// What a layer can do in the same pass as its own work.
public struct FusionAbilities: OptionSet, Sendable {
  public let rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// The ReLU behind it.
  public static let relu = FusionAbilities(rawValue: 1)
  /// The maximum pooling behind it.
  public static let maxPool = FusionAbilities(rawValue: 2)
  /// Lay the gradient of its input over the input, 0 where a ReLU before it was shut.
  public static let maskedGradient = FusionAbilities(rawValue: 4)
  /// Cut off what is too large, where no gradient follows.
  public static let ceiling = FusionAbilities(rawValue: 16)
  /// The ReLU behind it, where no gradient follows.
  public static let lastReLU = FusionAbilities(rawValue: 64)
  /// Go without its output on the way back, where the gradient comes masked.
  public static let givenMask = FusionAbilities(rawValue: 8)
  /// Any activation behind it that the engine has in whole registers.
  public static let activation = FusionAbilities(rawValue: 32)
}
