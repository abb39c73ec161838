import Raster

/// What a training needs at least, before anything is allocated.
///
///     bytes = 4 · (batch · example + weights · copies)
///
/// `example` counts the input, the outputs that are kept for the way back, and twice the widest
/// gradient; a convolution that runs together with the pooling behind it keeps the pooled map only.
/// Workspaces of the threads come on top.
public struct TrainingMemory: Sendable, Hashable {
  /// Bytes for every example of a batch.
  public let perExample: Int
  /// Bytes for the weights and all that is kept beside them.
  public let weights: Int

  public init(_ network: Network, settings: TrainingSettings) {
    var kept = network.input.count
    var widest = 0
    func count(_ nodes: [LayerNode]) {
      for (index, node) in nodes.enumerated() {
        node.branches.forEach(count)
        if node.layer is Conv2D, index + 1 < nodes.count, nodes[index + 1].layer is MaxPool {
          continue
        }
        kept = kept.saturatingSum(node.output.count)
        widest = max(widest, node.output.count)
      }
    }
    count(network.nodes)
    // The optimiser's memories and the average; gradient, the last good and a checkpoint's copy.
    let copies = 4 + settings.optimizer.memories + (settings.average == nil ? 0 : 1)
    perExample = kept.saturatingSum(widest).saturatingSum(widest).saturatingProduct(4)
    weights = network.trainedCount.saturatingProduct(4 * copies)
  }

  /// Bytes in all for a batch of this size.
  public func bytes(batch: Int) -> Int {
    perExample.saturatingProduct(batch).saturatingSum(weights)
  }

  /// The largest batch that fits into `limit` bytes; 0 where none does.
  public func largestBatch(within limit: Int) -> Int {
    max(0, (limit - weights) / max(1, perExample))
  }
}

extension Network {
  /// Examples at a time in an evaluation: 256, fewer where their maps take more than a gigabyte.
  ///
  /// Of the network alone, so that the same numbers are added in the same order on every machine.
  var evaluationBatch: Int {
    // Neighbours swap two buffers of the widest map.
    let widest = allNodes.map(\.output.count).max() ?? 1
    return max(1, min(256, (1 << 30) / widest.saturatingProduct(8)))
  }
}
