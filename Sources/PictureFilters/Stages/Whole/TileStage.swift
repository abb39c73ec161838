import Raster

/// Contrast limited adaptive histogram equalisation, level by level as OpenCV's `createCLAHE`.
///
/// Every tile has a curve: the sums of its histogram, of which no level counts more than the limit; what
/// is cut off goes to all levels alike. A sample's level lies between the curves of the four tiles
/// around it. Where tiles do not divide the picture, it goes on as its mirror.
///
/// Floats are counted in 256 levels from black to white, to the nearest, those beyond as the ends and what is
/// no number as black; their results lie between those of the levels beside them.
///
/// - SeeAlso: Zuiderveld, Graphics Gems IV, 1994.
struct TileStage: WholeStage {
  let format: PictureFormat
  let clip: Double
  let columns: Int
  let rows: Int
  /// Those that are changed.
  let channels: [Int]
  /// Full intensity, where samples are floats.
  let white: Double
  var kernels = MicroKernels.current

  var input: PictureFormat { format }
  var output: PictureFormat { format }
  var operations: Double { 8 }
  var summary: String { "histograms of \(columns)x\(rows) tiles, clipped at \(clip)" }
  var levels: Int { format.sample == .uint16 ? 65536 : 256 }
  /// What a curve ends at.
  var top: Int { format.sample == .uint8 ? 255 : 65535 }
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
      switch format.sample {
      case .uint8: settle(UInt8.self, tileRow, held, made)
      case .uint16: settle(UInt16.self, tileRow, held, made)
      case .float32: settle(Float.self, tileRow, held, made)
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
  private func settle<Sample: CountedSample>(
    _ type: Sample.Type, _ tileRow: Int, _ held: HeldRows, _ made: CurveMemory
  ) {
    let (tile, step) = (tile, format.color.channels)
    let top = levels - 1
    let scale = Double(top) / white
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
            counts[lane * levels + samples[x * step + channel].level(scale, top)] &+= 1
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
    let scale = Float(top) / Float(area)
    var sum = 0
    return counts.map { count in
      sum += count
      return UInt16(min((Float(sum) * scale).rounded(.toNearestOrEven), Float(top)))
    }
  }
}

/// A sample that has a level of a histogram.
private protocol CountedSample: BitwiseCopyable {
  /// - Parameters:
  ///   - scale: levels of full intensity, where samples are floats.
  ///   - top: the largest level.
  func level(_ scale: Double, _ top: Int) -> Int
}

extension UInt8: CountedSample {
  fileprivate func level(_ scale: Double, _ top: Int) -> Int { Int(self) }
}

extension UInt16: CountedSample {
  fileprivate func level(_ scale: Double, _ top: Int) -> Int { Int(self) }
}

extension Float: CountedSample {
  fileprivate func level(_ scale: Double, _ top: Int) -> Int {
    let level = (Double(self) * scale).rounded()
    return level > 0 ? Int(min(level, Double(top))) : 0
  }
}
