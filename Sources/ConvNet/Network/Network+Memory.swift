import Raster

extension Network {
  /// Bytes that the network takes at least when it is used on so many images at a time: the weights
  /// as they were read, as they are held and as they are applied, the images, and two maps of the widest
  /// layer.
  public func inferenceBytes(batch: Int) -> Int {
    let widest = allNodes.map(\.output.count).max() ?? 1
    let maps = input.count.saturatingSum(widest.saturatingProduct(2)).saturatingProduct(batch)
    return maps.saturatingSum(2 * (trainedCount + statisticsCount))
      .saturatingSum(keptWeights(batch: batch)).saturatingProduct(4)
  }

  /// Values that are made of all weights for passes of up to `batch` images, and kept.
  func keptWeights(batch: Int) -> Int {
    allNodes.reduce(0) { $0.saturatingSum($1.layer.keptWeights(for: $1.input, batch: batch)) }
  }

  /// Examples at a time in an evaluation: as many as give the widest map about 4 MB, which the caches of some
  /// cores hold, or as much as the weights take, which every batch reads; 16…256, fewer where their maps take
  /// more than a gigabyte.
  ///
  /// Of the network alone, so that the same numbers are added in the same order on every machine.
  public var evaluationBatch: Int {
    let widest = max(1, allNodes.map(\.output.count).max() ?? 1)
    let cached = min(256, max(16, max(1 << 20, trainedCount) / widest))
    // Neighbours swap two buffers of the widest map.
    return max(1, min(cached, (1 << 30) / widest.saturatingProduct(8)))
  }
}
