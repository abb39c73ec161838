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

extension PictureFormat {
  /// Bytes of a whole picture in memory.
  public var pictureBytes: Int { ((bytesPerRow + 63) / 64 * 64).saturatingProduct(height) }
}

extension Pipeline {
  /// Bytes that a chain of stages takes at most.
  static func memory(_ stages: [any RowStage], threads: Int) -> Int {
    let plans = BandPlan.levels(for: stages, sinkRows: nil, threads: threads, isInMemory: false)
    // Bands that may be there at once: those that the next outputs need, from the last level up.
    var rows = (ahead(threads: threads) + 1).saturatingProduct(plans[stages.count].bandRows)
    // Encoded bands wait beside those that they are made of.
    var bytes = plans[stages.count].bytes(rows: rows).saturatingProduct(2)
    for level in stride(from: stages.count, to: 0, by: -1) {
      let below = plans[level - 1]
      rows =
        stages[level - 1].holdsInput
        ? below.format.height
        : stages[level - 1].inputCount(for: rows).saturatingSum(2 * below.bandRows)
      bytes = bytes.saturatingSum(below.bytes(rows: rows))
    }
    let scratch = zip(stages, plans.dropFirst()).reduce(0) {
      max($0, $1.0.scratchBytes(rows: $1.1.bandRows))
    }
    return bytes.saturatingSum(scratch.saturatingProduct(threads))
  }

  /// Bands of the output that are begun before the first of them is out.
  static func ahead(threads: Int) -> Int { threads == 1 ? 1 : 2 * threads }
}

extension BandPlan {
  /// Memory for so many rows of this level, no more than there are.
  fileprivate func bytes(rows: Int) -> Int { min(rows, format.height).saturatingProduct(pitch) }
}

extension RowStage {
  /// The most input rows that a run of `rows` output rows is made of.
  func inputCount(for rows: Int) -> Int {
    let count = min(rows, output.height)
    // In the middle windows reach to both sides.
    let first = (output.height - count) / 2
    return max(
      inputRows(for: 0..<count).count, inputRows(for: first..<first + count).count,
      inputRows(for: output.height - count..<output.height).count)
  }
}
