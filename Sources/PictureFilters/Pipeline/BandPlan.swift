import Raster

/// How the rows of one level of a pipeline are cut into bands, and what the bands are made of.
///
/// Level 0 is the source, level k the output of stage k.
struct BandPlan: Sendable {
  let format: PictureFormat
  /// Rows of every band but the last.
  let bandRows: Int
  /// Distance between rows in memory, in bytes.
  let pitch: Int
  /// Bands of the level below that each band is made of (empty for level 0).
  var needs: [Range<Int>] = []
  /// The first band below that this band or a later one is made of.
  var keepFrom: [Int] = []
  /// The last band below that this band or an earlier one is made of.
  var reaches: [Int] = []

  var count: Int { (format.height + bandRows - 1) / bandRows }

  init(_ format: PictureFormat, bandRows: Int) {
    self.format = format
    self.bandRows = min(max(bandRows, 1), format.height)
    pitch = rowPitch(format.bytesPerRow)
  }

  func rows(of band: Int) -> Range<Int> {
    band * bandRows..<min((band + 1) * bandRows, format.height)
  }

  func band(of row: Int) -> Int { row / bandRows }

  /// Notes which bands of `below` each band is made of.
  mutating func connect(to below: BandPlan, by stage: any RowStage) {
    needs = (0..<count).map { band in
      let rows = stage.inputRows(for: rows(of: band))
      return below.band(of: rows.lowerBound)..<below.band(of: rows.upperBound - 1) + 1
    }
    keepFrom = needs.map(\.lowerBound)
    for band in stride(from: count - 2, through: 0, by: -1) {
      keepFrom[band] = min(keepFrom[band], keepFrom[band + 1])
    }
    reaches = needs.map { $0.upperBound - 1 }
    for band in reaches.indices.dropFirst() {
      reaches[band] = max(reaches[band], reaches[band - 1])
    }
  }
}

extension BandPlan {
  /// A band should fill about this part of a core's second-level cache, in bytes.
  private static let bandBytes = 1 << 18

  /// Levels for a chain: the last is cut as the sink likes, the others to suit the cache.
  static func levels(
    for stages: [any RowStage], sinkRows: Int?, threads: Int, isInMemory: Bool
  ) -> [BandPlan] {
    var formats = [stages[0].input]
    formats += stages.map(\.output)
    var plans: [BandPlan] = []
    for (index, format) in formats.enumerated() {
      // A row takes a cache line at least, however narrow the picture is.
      let rowBytes = max(format.bytesPerRow, 64)
      var rows = max(1, bandBytes / rowBytes)
      if index > 0 {
        // Bands of other memory cost none of ours.
        let most = isInMemory && stages.count == 1 ? Int.max : 3 * bandBytes / rowBytes
        rows = max(rows, min(stages[index - 1].preferredRows, most))
        rows = min(rows, stages[index - 1].mostRows)
      }
      // Whole blocks of a JPEG where it makes no difference.
      if rows > 16 { rows = rows / 16 * 16 }
      if threads > 1 {
        // Enough bands for all threads, while a band is worth a task.
        let fair = (format.height + 4 * threads - 1) / (4 * threads)
        let least = max(1, (1 << 14) / rowBytes)
        rows = min(rows, max((fair + 15) / 16 * 16, least))
      }
      if index > 0, stages[index - 1].wastesShortBands {
        let bands = (format.height - 1) / max(stages[index - 1].preferredRows, 1) + 1
        rows = (format.height + bands - 1) / bands
      }
      if index == formats.count - 1, let sinkRows { rows = sinkRows }
      var plan = BandPlan(format, bandRows: rows)
      if let below = plans.last { plan.connect(to: below, by: stages[index - 1]) }
      plans.append(plan)
    }
    return plans
  }
}
