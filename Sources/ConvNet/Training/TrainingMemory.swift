import Raster

/// What a training needs at least, before anything is allocated.
///
///     bytes = 4 · (batch · example + weights · copies + evaluation)
///
/// `example` counts the input, the outputs that are kept for the way back, and twice the widest
/// gradient; of layers that run as one step (`StepPlan`) the last output only.
/// Copies of the weights are counted as they are while a checkpoint is encoded. Workspaces of the
/// threads come on top.
public struct TrainingMemory: Sendable, Hashable {
  /// Bytes for every example of a batch.
  public let perExample: Int
  /// Bytes for the weights and all that is kept beside them.
  public let weights: Int
  /// Bytes for the examples that are evaluated at a time, and for what is made of the weights for them.
  public let evaluation: Int

  public init(_ network: Network, settings: TrainingSettings) {
    var kept = network.input.count
    var widest = 0
    func count(_ nodes: [LayerNode]) {
      for node in nodes { node.branches.forEach(count) }
      for step in StepPlan.steps(nodes, isTraining: true, fuses: true) {
        kept = kept.saturatingSum(step.outputs)
        widest = max(widest, step.outputs)
      }
    }
    count(network.nodes)
    // In the run: weights and gradient, the last good ones, the best, those of the evaluation. While
    // a checkpoint is encoded: a copy, the same in the order of files, and the file. The optimiser's
    // memories and the average are in the run, in the copy and in the file.
    let more =
      settings.optimizer.memories + (settings.averages ? 1 : 0)
      + (settings.lookahead == nil ? 0 : 1)
    // While the statistics of an equal average are measured, the weights are kept apart.
    let copies = 5 + 3 + 1 + 3 * more + (settings.averagesFrom == nil ? 0 : 1)
    // Places of the values of the largest tensor, before and after an axis.
    let order = 2 * MemoryLayout<Int>.size * (network.slots.map(\.shape.count).max() ?? 0)
    perExample = kept.saturatingSum(widest).saturatingSum(widest).saturatingProduct(4)
    evaluation = (network.input.count.saturatingSum(widest).saturatingSum(widest))
      .saturatingProduct(4 * network.evaluationBatch)
      .saturatingSum(network.keptWeights(batch: network.evaluationBatch).saturatingProduct(4))
    let muon = network.slots.filter { settings.optimizer.isMuons($0.shape) }
      .reduce(0) { $0.saturatingSum(MuonRun.memory($1)) }
    weights = network.trainedCount.saturatingProduct(4 * copies).saturatingSum(order)
      .saturatingSum(muon.saturatingProduct(4))
  }

  /// Bytes in all for a batch of this size.
  public func bytes(batch: Int) -> Int {
    perExample.saturatingProduct(batch).saturatingSum(weights).saturatingSum(evaluation)
  }

  /// The largest batch that fits into `limit` bytes; 0 where none does.
  public func largestBatch(within limit: Int) -> Int {
    max(0, (limit - weights.saturatingSum(evaluation)) / max(1, perExample))
  }
}
