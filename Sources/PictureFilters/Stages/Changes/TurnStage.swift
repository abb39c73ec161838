import Raster

/// The picture turned by right angles, or mirrored.
struct TurnStage: RowStage {
  enum Turn: Sendable, Hashable {
    /// Clockwise, once or thrice.
    case quarter(Int)
    case half
    case mirror(horizontal: Bool)
  }

  let input: PictureFormat
  let output: PictureFormat
  private let turn: Turn

  init(_ input: PictureFormat, _ turn: Turn) {
    self.input = input
    self.turn = turn
    var output = input
    if case .quarter = turn { (output.width, output.height) = (input.height, input.width) }
    self.output = output
  }

  var summary: String {
    switch turn {
    case .quarter(let count): "turned by \(90 * count) degrees"
    case .half: "turned by 180 degrees"
    case .mirror(let horizontal):
      horizontal ? "mirrored left to right" : "mirrored top to bottom"
    }
  }

  var holdsInput: Bool { turn != .mirror(horizontal: true) }

  /// A row of the output is a column of the input: whole cache lines of them.
  var preferredRows: Int { if case .quarter = turn { 64 } else { 16 } }

  func inputRows(for rows: Range<Int>) -> Range<Int> {
    switch turn {
    case .quarter: 0..<input.height
    case .half, .mirror(horizontal: false):
      input.height - rows.upperBound..<input.height - rows.lowerBound
    case .mirror(horizontal: true): rows
    }
  }

  func scratchBytes(rows: Int) -> Int { pointerBytes(rows: rows) }

  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    switch input.color.channels * input.sample.byteCount {
    case 1: produce(UInt8.self, band, window, scratch)
    case 2: produce(UInt16.self, band, window, scratch)
    case 3: produce(Pixel3<UInt8>.self, band, window, scratch)
    case 4: produce(UInt32.self, band, window, scratch)
    case 6: produce(Pixel3<UInt16>.self, band, window, scratch)
    case 8: produce(Pixel2<UInt32>.self, band, window, scratch)
    case 12: produce(Pixel3<Float>.self, band, window, scratch)
    default: produce(Pixel4<Float>.self, band, window, scratch)
    }
  }

  private func produce<Pixel: BitwiseCopyable>(
    _ type: Pixel.Type, _ band: RowBand, _ window: RowWindow, _ scratch: Scratch
  ) {
    if case .quarter(let count) = turn {
      quarter(type, isClockwise: count == 1, band, SourceRows(window, scratch))
      return
    }
    for y in band.rows {
      let source = turn == .mirror(horizontal: true) ? y : input.height - 1 - y
      if turn == .mirror(horizontal: false) {
        band.row(y).copyMemory(from: window.row(source), byteCount: input.bytesPerRow)
        continue
      }
      // Safety: both rows hold `width` pixels.
      let pixels = window.row(source).assumingMemoryBound(to: type)
      let results = band.row(y).assumingMemoryBound(to: type)
      let last = input.width - 1
      for x in 0...last { results[x] = pixels[last - x] }
    }
  }

  /// Squares of pixels at a time, so that the lines of either side stay in the cache.
  private func quarter<Pixel: BitwiseCopyable>(
    _ type: Pixel.Type, isClockwise: Bool, _ band: RowBand, _ source: SourceRows
  ) {
    let side = 64
    let (lastRow, lastColumn) = (input.height - 1, input.width - 1)
    for first in stride(from: 0, to: output.width, by: side) {
      let columns = first..<min(first + side, output.width)
      for y in band.rows {
        // Safety: row `y` of the output is column `y` of the input, from below or from the right.
        let results = band.row(y).assumingMemoryBound(to: type)
        let column = isClockwise ? y : lastColumn - y
        for x in columns {
          let row = (isClockwise ? lastRow - x : x) - source.firstRow
          results[x] = source.pointers[row].assumingMemoryBound(to: type)[column]
        }
      }
    }
  }
}

private struct Pixel2<Sample: BitwiseCopyable>: BitwiseCopyable { var a, b: Sample }
private struct Pixel3<Sample: BitwiseCopyable>: BitwiseCopyable { var a, b, c: Sample }
private struct Pixel4<Sample: BitwiseCopyable>: BitwiseCopyable { var a, b, c, d: Sample }
