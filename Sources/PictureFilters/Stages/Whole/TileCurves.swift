internal import CConvKernels
import Raster

/// The curves of all tiles, and the samples between them.
struct TileCurves: RowStage {
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
        continue
      }
      band.row(y).copyMemory(from: window.row(y), byteCount: input.bytesPerRow)
      if input.sample == .uint16 {
        blendWords(y, band.row(y))
      } else {
        blendFloats(y, band.row(y))
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
    // Safety: the row holds samples of the format, a sample is a level.
    let samples = row.assumingMemoryBound(to: UInt16.self)
    blend(y) { place, between in
      samples[place] = UInt16(
        min(max(between(Int(samples[place])), 0), Float(stage.levels - 1)).rounded(.toNearestOrEven)
      )
    }
  }

  private func blendFloats(_ y: Int, _ row: UnsafeMutableRawPointer) {
    // Safety: the row holds samples of the format.
    let samples = row.assumingMemoryBound(to: Float.self)
    let (last, top) = (Double(stage.levels - 1), Double(stage.top))
    blend(y) { place, between in
      // What is no number stays so.
      guard !samples[place].isNaN else { return }
      let position = min(max(Double(samples[place]) / stage.white * last, 0), last)
      let below = min(position.rounded(.down), last - 1)
      let (first, second) = (Double(between(Int(below))), Double(between(Int(below) + 1)))
      let result = first + (second - first) * (position - below)
      samples[place] = Float(min(max(result, 0), top) / top * stage.white)
    }
  }

  /// Calls `body` with each sample of row `y` that is changed: its place, and what says where the curves around
  /// it take a level.
  private func blend(_ y: Int, _ body: (_ place: Int, _ between: (Int) -> Float) -> Void) {
    let (step, levels) = (input.color.channels, stage.levels)
    let (second, down) = Self.place(y, stage.tile.height)
    let (top, bottom) = (max(second - 1, 0), min(second, stage.rows - 1))
    for (index, channel) in stage.channels.enumerated() {
      curves[index].withUnsafeBufferPointer { curves in
        // Safety: a row of tiles has `columns · levels` values.
        let upper = curves.baseAddress! + top * stage.columns * levels
        let lower = curves.baseAddress! + bottom * stage.columns * levels
        for run in runs {
          let left = max(run.right - 1, 0) * levels
          let right = min(run.right, stage.columns - 1) * levels
          for x in run.columns {
            let part = across[x]
            body(x * step + channel) { level in
              let above =
                Float(upper[left + level]) * (1 - part) + Float(upper[right + level]) * part
              let below =
                Float(lower[left + level]) * (1 - part) + Float(lower[right + level]) * part
              return above * (1 - down) + below * down
            }
          }
        }
      }
    }
  }
}
