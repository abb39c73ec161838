import Raster

/// Edges that hang together with a strong one, over any of eight neighbours: white, all else black.
///
/// Takes the rows of an `EdgeStage`. A byte a pixel says what is found, and four more at most wait to
/// be looked at.
struct HysteresisStage: WholeStage {
  let input: PictureFormat
  var output: PictureFormat { input }
  var summary: String { "edges that hang together with strong ones" }
  var operations: Double { 8 }
  var settlingBytes: Int { input.width.saturatingProduct(input.height).saturatingProduct(9) }

  init(_ input: PictureFormat) { self.input = input }

  func inputRows(for rows: Range<Int>) -> Range<Int> { rows }

  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    preconditionFailure("edges are settled first")
  }

  func settled(_ row: (Int) -> UnsafeRawPointer) -> any RowStage {
    input.sample == .uint8 ? settled(UInt8.self, row) : settled(UInt16.self, row)
  }

  private func settled<Sample: FixedWidthInteger>(
    _ type: Sample.Type, _ row: (Int) -> UnsafeRawPointer
  ) -> FoundEdges {
    let (width, height, step) = (input.width, input.height, input.color.channels)
    // 1: weak, 3: found.
    var map = [UInt8](repeating: 0, count: width * height)
    var waiting: [Int] = []
    for y in 0..<height {
      let samples = row(y).assumingMemoryBound(to: Sample.self)
      for x in 0..<width {
        switch samples[x * step] {
        case 1: map[y * width + x] = 1
        case 2:
          map[y * width + x] = 3
          waiting.append(y * width + x)
        default: break
        }
      }
    }
    while let place = waiting.popLast() {
      let (y, x) = place.quotientAndRemainder(dividingBy: width)
      for row in max(y - 1, 0)...min(y + 1, height - 1) {
        for column in max(x - 1, 0)...min(x + 1, width - 1) where map[row * width + column] == 1 {
          map[row * width + column] = 3
          waiting.append(row * width + column)
        }
      }
    }
    return FoundEdges(input: input, map: map)
  }
}

/// Edges that are found, as white samples.
private struct FoundEdges: RowStage {
  let input: PictureFormat
  let map: [UInt8]
  var output: PictureFormat { input }
  var summary: String { "edges" }

  func inputRows(for rows: Range<Int>) -> Range<Int> { rows }

  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    for y in band.rows {
      band.row(y).copyMemory(from: window.row(y), byteCount: input.bytesPerRow)
      let found = map[y * input.width..<(y + 1) * input.width]
      if input.sample == .uint8 {
        draw(UInt8.self, found, band.row(y))
      } else {
        draw(UInt16.self, found, band.row(y))
      }
    }
  }

  private func draw<Sample: FixedWidthInteger>(
    _ type: Sample.Type, _ found: ArraySlice<UInt8>, _ row: UnsafeMutableRawPointer
  ) {
    // Safety: the row holds a pixel for each place.
    let samples = row.assumingMemoryBound(to: Sample.self)
    for (x, place) in found.enumerated() {
      samples[x * input.color.channels] = place == 3 ? .max : 0
    }
  }
}
