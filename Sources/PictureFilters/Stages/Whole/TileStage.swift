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

  var input: PictureFormat { format }
  var output: PictureFormat { format }
  var operations: Double { 8 }
  var summary: String { "histograms of \(columns)x\(rows) tiles, clipped at \(clip)" }
  var levels: Int { format.sample == .uint8 ? 256 : 65536 }
  var settlingBytes: Int { (2 * levels).saturatingProduct(columns * rows * channels.count) }

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

  func settled(_ row: (Int) -> UnsafeRawPointer) -> any RowStage {
    format.sample == .uint8 ? settled(UInt8.self, row) : settled(UInt16.self, row)
  }

  private func settled<Sample: FixedWidthInteger>(
    _ type: Sample.Type, _ row: (Int) -> UnsafeRawPointer
  ) -> TileCurves {
    let (tile, step) = (tile, format.color.channels)
    var curves: [[UInt16]] = []
    for _ in channels { curves.append([]) }
    for tileRow in 0..<rows {
      var histograms = [[Int]](
        repeating: [Int](repeating: 0, count: columns * levels), count: channels.count)
      for y in tileRow * tile.height..<(tileRow + 1) * tile.height {
        // Safety: mirrored places lie within the picture.
        let samples = row(mirrored(y, format.height)).assumingMemoryBound(to: Sample.self)
        for (index, channel) in channels.enumerated() {
          for column in 0..<columns {
            for x in column * tile.width..<(column + 1) * tile.width {
              let sample = samples[mirrored(x, format.width) * step + channel]
              histograms[index][column * levels + Int(truncatingIfNeeded: sample)] += 1
            }
          }
        }
      }
      for index in channels.indices {
        for column in 0..<columns {
          curves[index] += curve(Array(histograms[index][column * levels..<(column + 1) * levels]))
        }
      }
    }
    return TileCurves(stage: self, curves: curves)
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
  let curves: [[UInt16]]
  var input: PictureFormat { stage.format }
  var output: PictureFormat { stage.format }
  var summary: String { stage.summary }
  var operations: Double { 8 }

  func inputRows(for rows: Range<Int>) -> Range<Int> { rows }

  func scratchBytes(rows: Int) -> Int {
    input.width.saturatingProduct(MemoryLayout<Place>.stride) + 64
  }

  /// Where the curves of the tiles on either side of a column begin, and the part of the second.
  private struct Place: BitwiseCopyable {
    var left: Int
    var right: Int
    var across: Float
  }

  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    let places = scratch.array(of: Place.self, input.width)
    for x in 0..<input.width {
      let (left, right, across) = tiles(x, stage.tile.width, stage.columns)
      places[x] = Place(left: left * stage.levels, right: right * stage.levels, across: across)
    }
    for y in band.rows {
      band.row(y).copyMemory(from: window.row(y), byteCount: input.bytesPerRow)
      if input.sample == .uint8 {
        blend(UInt8.self, y, band.row(y), places)
      } else {
        blend(UInt16.self, y, band.row(y), places)
      }
    }
  }

  /// The tiles on either side of a place and the part of the second.
  private func tiles(_ place: Int, _ length: Int, _ count: Int) -> (Int, Int, Float) {
    let position = Float(place) * (1 / Float(length)) - 0.5
    let first = position.rounded(.down)
    let part = position - first
    return (max(Int(first), 0), min(Int(first) + 1, count - 1), part)
  }

  /// 1.5 · 2²³: numbers from 0 to 65535 that it is added to are rounded, halves to even, and are the lowest
  /// bits of the sum.
  private static let rounder: Float = 12_582_912

  private func blend<Sample: FixedWidthInteger>(
    _ type: Sample.Type, _ y: Int, _ row: UnsafeMutableRawPointer, _ places: UnsafePointer<Place>
  ) {
    let samples = row.assumingMemoryBound(to: Sample.self)
    let (step, most) = (input.color.channels, Float(stage.levels - 1))
    let (top, bottom, down) = tiles(y, stage.tile.height, stage.rows)
    for (index, channel) in stage.channels.enumerated() {
      curves[index].withUnsafeBufferPointer { curves in
        // Safety: a row of tiles has `columns · levels` values, a place stands for one, a sample is a level.
        let rowLength = stage.columns * stage.levels
        let upper = curves.baseAddress! + top * rowLength
        let lower = curves.baseAddress! + bottom * rowLength
        for x in 0..<input.width {
          let place = places[x]
          let level = Int(truncatingIfNeeded: samples[x * step + channel])
          let (left, right) = (place.left + level, place.right + level)
          let above = Float(upper[left]) * (1 - place.across) + Float(upper[right]) * place.across
          let below = Float(lower[left]) * (1 - place.across) + Float(lower[right]) * place.across
          let result = above * (1 - down) + below * down
          samples[x * step + channel] = Sample(
            truncatingIfNeeded: (min(max(result, 0), most) + Self.rounder).bitPattern)
        }
      }
    }
  }
}
