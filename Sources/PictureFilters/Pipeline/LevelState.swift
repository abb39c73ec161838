import Raster

/// Where the bands of one level are; guarded by the pipeline's monitor.
struct LevelState {
  enum Progress: UInt8 {
    case idle
    case working
    case done
    case freed
  }

  let plan: BandPlan
  var bands: [Progress]
  /// Memory of each band that is there.
  var memory: [RowBand?]
  /// Whether the memory belongs to the sink.
  var isLent: [Bool]
  /// The next band to start; bands start in order.
  var next = 0
  /// Bands done from the top without a gap.
  var settled = 0
  /// Bands below this one are freed.
  var kept = 0
  /// The last band that may be started now.
  var allowed = -1
  private var spare: [UnsafeMutableRawPointer] = []

  init(_ plan: BandPlan) {
    self.plan = plan
    bands = [Progress](repeating: .idle, count: plan.count)
    memory = [RowBand?](repeating: nil, count: plan.count)
    isLent = [Bool](repeating: false, count: plan.count)
  }

  /// Memory for a band of the pipeline's own.
  mutating func take(_ band: Int) -> RowBand {
    let rows = plan.rows(of: band)
    let base =
      spare.popLast()
      ?? .allocate(byteCount: plan.bandRows * plan.pitch, alignment: 64)
    let made = RowBand(
      base: base, pitch: plan.pitch, firstRow: rows.lowerBound, count: rows.count)
    memory[band] = made
    return made
  }

  mutating func finish(_ band: Int) {
    bands[band] = .done
    while settled < bands.count, bands[settled] == .done || bands[settled] == .freed {
      settled += 1
    }
  }

  /// Gives the memory of the bands before `band` to later ones.
  mutating func free(before band: Int) {
    while kept < band {
      if let rows = memory[kept], !isLent[kept] { spare.append(rows.base) }
      memory[kept] = nil
      bands[kept] = .freed
      kept += 1
    }
  }

  /// Frees all memory.
  mutating func dispose() {
    free(before: bands.count)
    for block in spare { block.deallocate() }
    spare = []
  }

  func areDone(_ range: Range<Int>) -> Bool {
    if range.upperBound <= settled { return true }
    return range.allSatisfy { bands[$0] == .done }
  }

  /// The rows of some bands that are there.
  func window(_ rows: Range<Int>) -> RowWindow {
    var pointers: [UnsafeRawPointer] = []
    pointers.reserveCapacity(rows.count)
    var row = rows.lowerBound
    while row < rows.upperBound {
      let band = plan.band(of: row)
      let memory = memory[band]!
      let end = min(memory.rows.upperBound, rows.upperBound)
      while row < end {
        pointers.append(UnsafeRawPointer(memory.base + (row - memory.firstRow) * memory.pitch))
        row += 1
      }
    }
    return RowWindow(firstRow: rows.lowerBound, pointers: pointers)
  }
}
