import Raster

extension FilterPlan {
  /// Bytes that a run takes at most, besides what the source and the sink hold for themselves:
  /// bands of rows between the stages, scratch of the threads, weights, and the whole picture where
  /// results are spread over the range.
  ///
  /// - Parameters:
  ///   - threads: of the team that runs the plan (≥ 1).
  ///   - again: whether the source can be read twice.
  public func memory(threads: Int, again: Bool = false) -> Int {
    // The chain is cut where the whole picture is kept.
    var most = 0
    var first = 0
    var kept = 0
    for index in stages.indices {
      let whole = stages[index].whole
      guard whole != nil || spread?.index == index else { continue }
      if again, looksTwice, let spread, spread.index == index {
        let probe = stages[..<index] + [spread.probe]
        most = max(most, Pipeline.memory(Array(probe), threads: threads))
        continue
      }
      let before =
        index == first
        ? [DepthStage(stages[index].input, to: stages[index].input.sample)]
        : Array(stages[first..<index])
      let own = stages[index].input.pictureBytes
      most = max(most, Pipeline.memory(before, threads: threads).saturatingSum(kept + own))
      if let spread, spread.index == index {
        most = max(
          most, Pipeline.memory([spread.probe], threads: threads).saturatingSum(own))
      }
      kept = own.saturatingSum(whole?.settlingBytes ?? 0)
      most = max(most, kept)
      first = index
    }
    most = max(
      most, Pipeline.memory(Array(stages[first...]), threads: threads).saturatingSum(kept))
    if let laidOver {
      most = max(most, Pipeline.memory([laidOver.planned], threads: threads))
        .saturatingSum(laidOver.heldBytes)
    }
    return most.saturatingSum(weightBytes)
  }

  /// Refuses what takes more memory than it may, before any of it is allocated.
  ///
  /// - Parameters:
  ///   - threads, again: as for `memory`.
  ///   - more: bytes that are needed besides: a whole picture that is turned.
  public func check(
    threads: Int, again: Bool = false, more: Int = 0, within limit: MemoryLimit
  ) throws(MemoryError) {
    try limit.check(
      memory(threads: threads, again: again).saturatingSum(more),
      for: "filtering a picture of \(input.width)x\(input.height)",
      remedy: "use a smaller kernel, fewer --threads or a smaller picture")
  }
}
