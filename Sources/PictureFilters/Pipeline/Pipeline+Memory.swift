import Raster

/// How far ahead bands are made, how long they are kept, and what that takes.
extension Pipeline {
  /// Lets bands be made that the next few outputs need.
  func allow() {
    var band = min(nextAppend + ahead, outputs) - 1
    for level in Swift.stride(from: last, through: 0, by: -1) {
      levels[level].allowed = max(levels[level].allowed, band)
      if level > 0 { band = levels[level].plan.reaches[band] }
    }
  }

  /// Frees the bands that nobody will look at.
  func release() {
    for level in levels.indices {
      if level == 0 && borrowed != nil { continue }
      if level == last {
        guard nextAppend < outputs else { continue }
        let first = levels[last].plan.rows(of: nextAppend).lowerBound - sink.contextRows
        levels[last].free(before: levels[last].plan.band(of: max(0, first)))
      } else {
        let above = levels[level + 1]
        if above.settled < above.plan.count {
          // Bands that are still to come are not free yet.
          levels[level].free(
            before: min(above.plan.keepFrom[above.settled], levels[level].settled))
        }
      }
    }
  }

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
