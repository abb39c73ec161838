internal import CConvKernels
import Raster

/// Contrast limited adaptive histogram equalisation, level by level as OpenCV's `createCLAHE`.
///
/// Every tile has a curve: the sums of its histogram, of which no level counts more than the limit; what
/// is cut off goes to all levels alike. A sample's level lies between the curves of the four tiles
/// around it. Where tiles do not divide the picture, it goes on as its mirror.
///
/// - SeeAlso: Zuiderveld, Graphics Gems IV, 1994.
struct TileStage: WholeStage {
  let format: PictureFormat
  let clip: Double
  let columns: Int
  let rows: Int
  /// Those that are changed.
  let channels: [Int]
  var kernels = MicroKernels.current

  var input: PictureFormat { format }
  var output: PictureFormat { format }
  var operations: Double { 8 }
  var summary: String { "histograms of \(columns)x\(rows) tiles, clipped at \(clip)" }
  var levels: Int { format.sample == .uint8 ? 256 : 65536 }
  var settlingBytes: Int { (6 * levels).saturatingProduct(columns * rows * channels.count) }

  func inputRows(for rows: Range<Int>) -> Range<Int> { rows }

  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    preconditionFailure("curves are settled first")
  }

  /// Size of a tile, in samples; both axes go on where one does (OpenCV).
  var tile: (width: Int, height: Int) {
    let isWhole = format.width % columns == 0 && format.height % rows == 0
    if isWhole { return (format.width / columns, format.height / rows) }
    return (
      (format.width + columns - format.width % columns) / columns,
      (format.height + rows - format.height % rows) / rows
    )
  }

  func settled(_ held: HeldRows, team: ThreadTeam) -> any RowStage {
    let curves = UnsafeMutableBufferPointer<UInt16>.allocate(
      capacity: channels.count * rows * columns * levels)
    defer { curves.deallocate() }
    let made = CurveMemory(values: curves)
    team.run(rows) { tileRow in
      if format.sample == .uint8 {
        settle(UInt8.self, tileRow, held, made)
      } else {
        settle(UInt16.self, tileRow, held, made)
      }
    }
    return TileCurves(stage: self, curves: made.values)
  }

  /// All curves: by channel, row of tiles, tile and level.
  private struct CurveMemory: @unchecked Sendable {
    // Safety: each thread writes the curves of its own row of tiles.
    let values: UnsafeMutableBufferPointer<UInt16>
  }

  /// The curves of a row of tiles.
  private func settle<Sample: FixedWidthInteger>(
    _ type: Sample.Type, _ tileRow: Int, _ held: HeldRows, _ made: CurveMemory
  ) {
    let (tile, step) = (tile, format.color.channels)
    let buffer = UnsafeMutableRawPointer.allocate(byteCount: format.bytesPerRow, alignment: 64)
    defer { buffer.deallocate() }
    // Neighbours are often alike: four counts of each level wait less for each other.
    let lanes = 4
    let counts = UnsafeMutablePointer<UInt32>.allocate(
      capacity: channels.count * columns * lanes * levels)
    defer { counts.deallocate() }
    counts.initialize(repeating: 0, count: channels.count * columns * lanes * levels)
    for y in tileRow * tile.height..<(tileRow + 1) * tile.height {
      // Safety: mirrored places lie within the picture, samples are levels.
      let samples = held.row(mirrored(y, format.height), buffer)
        .assumingMemoryBound(to: Sample.self)
      for (index, channel) in channels.enumerated() {
        for column in 0..<columns {
          let counts = counts + (index * columns + column) * lanes * levels
          func count(_ x: Int, _ lane: Int) {
            counts[lane * levels + Int(truncatingIfNeeded: samples[x * step + channel])] &+= 1
          }
          var x = column * tile.width
          let end = x + tile.width
          while x + lanes <= min(end, format.width) {
            for lane in 0..<lanes { count(x + lane, lane) }
            x += lanes
          }
          while x < end {
            count(mirrored(x, format.width), 0)
            x += 1
          }
        }
      }
    }
    for index in channels.indices {
      for column in 0..<columns {
        let counts = counts + (index * columns + column) * lanes * levels
        let sums = (0..<levels).map { level in
          (0..<lanes).reduce(0) { $0 + Int(counts[$1 * levels + level]) }
        }
        let place = (index * rows + tileRow) * columns + column
        for (level, value) in curve(sums).enumerated() {
          made.values[place * levels + level] = value
        }
      }
    }
  }

  /// The mirror without the edge sample; short pictures go to and fro.
  private func mirrored(_ index: Int, _ count: Int) -> Int {
    if index < count { return index }
    if count == 1 { return 0 }
    let phase = index % (2 * count - 2)
    return phase < count ? phase : 2 * count - 2 - phase
  }

  private func curve(_ counts: [Int]) -> [UInt16] {
    var counts = counts
    let area = tile.width * tile.height
    if clip > 0 {
      let limit = max(Int(min(clip * Double(area) / Double(levels), Double(area))), 1)
      var clipped = 0
      for level in 0..<levels where counts[level] > limit {
        clipped += counts[level] - limit
        counts[level] = limit
      }
      let (share, rest) = clipped.quotientAndRemainder(dividingBy: levels)
      if share > 0 { for level in 0..<levels { counts[level] += share } }
      let step = rest > 0 ? max(levels / rest, 1) : 1
      for (level, _) in zip(stride(from: 0, to: levels, by: step), 0..<rest) { counts[level] += 1 }
    }
    let scale = Float(levels - 1) / Float(area)
    var sum = 0
    return counts.map { count in
      sum += count
      return UInt16(min((Float(sum) * scale).rounded(.toNearestOrEven), Float(levels - 1)))
    }
  }
}

/// The curves of all tiles, and the samples between them.
private struct TileCurves: RowStage {
  let stage: TileStage
  /// By channel: tile by tile, level by level.
  private let curves: [[UInt16]]
  /// Of bytes: the same, those of the four tiles around a place side by side in a word for each level; a
  /// row of places for each two rows of tiles, beyond the border too.
  private let words: [[UInt32]]
  /// By column: the part of the tile on its right.
  private let across: [Float]
  /// Columns between the same tiles, the tile on their right first.
  private let runs: [(right: Int, columns: Range<Int>)]

  var input: PictureFormat { stage.format }
  var output: PictureFormat { stage.format }
  var summary: String { stage.summary }
  var operations: Double { 8 }

  init(stage: TileStage, curves: UnsafeMutableBufferPointer<UInt16>) {
    self.stage = stage
    let (levels, columns, rows) = (stage.levels, stage.columns, stage.rows)
    let size = rows * columns * levels
    let parts = stage.channels.indices.map { Array(curves[$0 * size..<($0 + 1) * size]) }
    self.curves = parts
    words = parts.map { curves in
      guard stage.format.sample == .uint8 else { return [] }
      var words = [UInt32](repeating: 0, count: (rows + 1) * (columns + 1) * levels)
      for lower in 0...rows {
        for right in 0...columns {
          let tiles = [lower - 1, lower].flatMap { row in
            [right - 1, right].map { column in
              min(max(row, 0), rows - 1) * columns + min(max(column, 0), columns - 1)
            }
          }
          for level in 0..<levels {
            let values = tiles.map { UInt32(curves[$0 * levels + level]) }
            words[(lower * (columns + 1) + right) * levels + level] =
              values[0] | values[1] << 8 | values[2] << 16 | values[3] << 24
          }
        }
      }
      return words
    }
    let places = (0..<stage.format.width).map { Self.place($0, stage.tile.width) }
    across = places.map(\.part)
    var runs: [(right: Int, columns: Range<Int>)] = []
    for (x, place) in places.enumerated() {
      // Tiles beyond the last are as the last one.
      let right = min(place.second, columns)
      if let last = runs.last, last.right == right {
        runs[runs.count - 1].columns = last.columns.lowerBound..<x + 1
      } else {
        runs.append((right, x..<x + 1))
      }
    }
    self.runs = runs
  }

  func inputRows(for rows: Range<Int>) -> Range<Int> { rows }

  func scratchBytes(rows: Int) -> Int { 2 * input.width + 128 }

  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    for y in band.rows {
      if input.sample == .uint8 {
        blendBytes(y, window.row(y), band.row(y), scratch)
      } else {
        band.row(y).copyMemory(from: window.row(y), byteCount: input.bytesPerRow)
        blendWords(y, band.row(y))
      }
    }
  }

  /// The second of the tiles on either side of a place, which may lie beyond the last, and its part.
  private static func place(_ place: Int, _ length: Int) -> (second: Int, part: Float) {
    let position = Float(place) * (1 / Float(length)) - 0.5
    let first = position.rounded(.down)
    return (Int(first) + 1, position - first)
  }

  private func blendBytes(
    _ y: Int, _ source: UnsafeRawPointer, _ row: UnsafeMutableRawPointer, _ scratch: Scratch
  ) {
    let step = input.color.channels
    let between = stage.kernels.table.pointee.local.between_curves!
    let (second, down) = Self.place(y, stage.tile.height)
    let lower = min(second, stage.rows)
    let samples = source.assumingMemoryBound(to: UInt8.self)
    let results = row.assumingMemoryBound(to: UInt8.self)
    if step > 1 { row.copyMemory(from: source, byteCount: input.bytesPerRow) }
    scratch.scoped {
      let plane = scratch.array(of: UInt8.self, input.width)
      let made = scratch.array(of: UInt8.self, input.width)
      for (index, channel) in stage.channels.enumerated() {
        if step > 1 { for x in 0..<input.width { plane[x] = samples[x * step + channel] } }
        let from = step > 1 ? UnsafePointer(plane) : samples
        let to = step > 1 ? made : results
        words[index].withUnsafeBufferPointer { words in
          across.withUnsafeBufferPointer { across in
            // Safety: each place has a word for each level; runs lie within the row.
            for run in runs {
              let place = (lower * (stage.columns + 1) + run.right) * stage.levels
              let first = run.columns.lowerBound
              between(
                words.baseAddress! + place, across.baseAddress! + first, down, from + first,
                to + first, run.columns.count)
            }
          }
        }
        if step > 1 { for x in 0..<input.width { results[x * step + channel] = made[x] } }
      }
    }
  }

  private func blendWords(_ y: Int, _ row: UnsafeMutableRawPointer) {
    let samples = row.assumingMemoryBound(to: UInt16.self)
    let (step, levels) = (input.color.channels, stage.levels)
    let (second, down) = Self.place(y, stage.tile.height)
    let (top, bottom) = (max(second - 1, 0), min(second, stage.rows - 1))
    for (index, channel) in stage.channels.enumerated() {
      curves[index].withUnsafeBufferPointer { curves in
        // Safety: a row of tiles has `columns · levels` values, a sample is a level.
        let upper = curves.baseAddress! + top * stage.columns * levels
        let lower = curves.baseAddress! + bottom * stage.columns * levels
        for run in runs {
          let left = max(run.right - 1, 0) * levels
          let right = min(run.right, stage.columns - 1) * levels
          for x in run.columns {
            let level = Int(samples[x * step + channel])
            let part = across[x]
            let above =
              Float(upper[left + level]) * (1 - part) + Float(upper[right + level]) * part
            let below =
              Float(lower[left + level]) * (1 - part) + Float(lower[right + level]) * part
            let result = above * (1 - down) + below * down
            samples[x * step + channel] = UInt16(
              min(max(result, 0), Float(levels - 1)).rounded(.toNearestOrEven))
          }
        }
      }
    }
  }
}
