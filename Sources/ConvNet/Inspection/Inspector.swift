import Random
import Raster

/// What a layer makes of a picture.
public struct FeatureMaps: Sendable, Hashable {
  /// `conv1`.
  public var name: String
  /// `Conv2D(64, 3×3, ReLU)`.
  public var title: String
  public var shape: FeatureShape
  /// `shape.count` values, channel innermost.
  public var values: [Float]

  /// One channel, row by row.
  public func map(_ channel: Int) -> [Float] {
    precondition(channel >= 0 && channel < shape.channels, "a channel of the layer")
    return stride(from: channel, to: values.count, by: shape.channels).map { values[$0] }
  }
}

/// Looks inside a model: what every layer makes of a picture, and what the answer hangs on.
public final class Inspector {
  public let model: Model
  let compiled: CompiledNetwork
  /// The chains inside a layer, by its name, compiled once more to be looked into.
  private let branches: [String: [LayerChain]]

  public init(_ model: Model, team: ThreadTeam) {
    self.model = model
    // With memory for gradients, so that every layer's output is kept; without fused layers, so
    // that every layer's output is there.
    compiled = CompiledNetwork(
      model.network, model.weights, batch: 1, isTraining: true, fuses: false, team: team)
    let site = CompilationSite(
      team: team, batch: 1, isTraining: true, fuses: false, needsInputGradient: false,
      weights: compiled.weightBuffer, gradients: compiled.gradientBuffer,
      statistics: compiled.statisticsBuffer)
    branches = model.network.allNodes.reduce(into: [:]) { branches, node in
      if !node.branches.isEmpty {
        branches[node.name] = node.branches.map { LayerChain($0, site) }
      }
    }
  }

  static let pass = Pass(count: 1, isTraining: false, random: CounterRandom(key: 0))

  /// The output of every layer that computes anything, from the input on; layers inside a block
  /// come before it.
  ///
  /// - Parameter levels: one image of the model's size, 0…255, channel innermost.
  public func maps(of levels: [Float]) -> [FeatureMaps] {
    model.normalization.apply(levels).withUnsafeBufferPointer { input in
      precondition(input.count == model.network.input.count, "one image of the model's size")
      return maps(compiled.chain, model.network.nodes, input.baseAddress!)
    }
  }

  private func maps(
    _ chain: LayerChain, _ nodes: [LayerNode], _ input: UnsafePointer<Float>
  ) -> [FeatureMaps] {
    var maps: [FeatureMaps] = []
    // Safety: the input of a step is the output of the one before, which its chain keeps.
    var before = input
    chain.forward(input, Self.pass) { end, output in
      defer { before = output }
      let node = nodes[end - 1]
      // Outside of training it lets everything pass.
      if node.layer is Dropout { return }
      if maps.last?.name == node.name {
        // A layer may take several steps: its last one counts.
        maps.removeLast()
      } else {
        for (inner, nodes) in zip(self.branches[node.name] ?? [], node.branches) {
          maps += self.maps(inner, nodes, before)
        }
      }
      maps.append(
        FeatureMaps(
          name: node.name, title: node.layer.title, shape: node.output,
          values: Array(UnsafeBufferPointer(start: output, count: node.output.count))))
    }
    return maps
  }
}
