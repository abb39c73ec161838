import KernelLanguage
import Raster

/// Where edges may be: 2 on strong ones, 1 on weak ones, 0 elsewhere, as OpenCV's `Canny` finds them.
///
/// Gradients are those of the Sobel kernels of 3×3 with the edge sample repeated; of several channels
/// the largest counts. An edge is a gradient above its neighbours along its direction, in steps of 45°;
/// of equals the last one in reading order along it wins.
struct EdgeStage: RowStage {
  let input: PictureFormat
  let kind: Canny
  let channels: [Int]

  var output: PictureFormat {
    PictureFormat(
      width: input.width, height: input.height, color: input.color.hasAlpha ? .grayAlpha : .gray,
      sample: input.sample)
  }
  var operations: Double { 8 * Double(channels.count) + 8 }
  var summary: String { "gradients above their neighbours" }

  func inputRows(for rows: Range<Int>) -> Range<Int> {
    max(rows.lowerBound - 2, 0)..<min(rows.upperBound + 2, input.height)
  }

  func scratchBytes(rows: Int) -> Int { 3 * 3 * (8 * (input.width + 2) + 64) }

  /// A row of gradients, one more on either side, where they are 0.
  private struct Line {
    var x: UnsafeMutablePointer<Int>
    var y: UnsafeMutablePointer<Int>
    var size: UnsafeMutablePointer<Int>
  }

  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    if input.sample == .uint8 {
      produce(UInt8.self, band, window, scratch)
    } else {
      produce(UInt16.self, band, window, scratch)
    }
  }

  private func produce<Sample: FixedWidthInteger>(
    _ type: Sample.Type, _ band: RowBand, _ window: RowWindow, _ scratch: Scratch
  ) {
    let width = input.width
    let lines = (0..<3).map { _ in
      Line(
        x: scratch.array(of: Int.self, width + 2), y: scratch.array(of: Int.self, width + 2),
        size: scratch.array(of: Int.self, width + 2))
    }
    func line(_ row: Int) -> Line { lines[(row + 3) % 3] }
    for row in band.firstRow - 1...band.firstRow { gradients(type, row, window, line(row)) }
    for y in band.rows {
      gradients(type, y + 1, window, line(y + 1))
      let (above, own, below) = (line(y - 1), line(y), line(y + 1))
      let target = band.row(y).assumingMemoryBound(to: Sample.self)
      let step = output.color.channels
      for x in 0..<width {
        let edge = isEdge(x + 1, above, own, below)
        target[x * step] = edge ? (Double(own.size[x + 1]) > high ? 2 : 1) : 0
      }
      if input.color.hasAlpha {
        copyChannel(
          input.color.channels - 1, of: window.row(y), input, first: 0, step: 1, to: band.row(y),
          channel: 1, output)
      }
    }
  }

  /// Thresholds are whole; those of squares are squared, and of bytes no larger than a short integer.
  private func threshold(_ value: Double) -> Double {
    guard kind.isEuclidean else { return value.rounded(.down) }
    let value = input.sample == .uint8 ? min(value, 32767) : value
    return (value * value).rounded(.down)
  }
  private var low: Double { threshold(kind.low) }
  private var high: Double { threshold(kind.high) }

  private func gradients<Sample: FixedWidthInteger>(
    _ type: Sample.Type, _ row: Int, _ window: RowWindow, _ line: Line
  ) {
    let (width, step) = (input.width, input.color.channels)
    line.size.initialize(repeating: 0, count: width + 2)
    guard (0..<input.height).contains(row) else { return }
    // Safety: rows beside the border are those at it; columns too.
    func samples(_ row: Int) -> UnsafePointer<Sample> {
      window.row(min(max(row, 0), input.height - 1)).assumingMemoryBound(to: Sample.self)
    }
    let (above, own, below) = (samples(row - 1), samples(row), samples(row + 1))
    for x in 0..<width {
      let (left, right) = (max(x - 1, 0) * step, min(x + 1, width - 1) * step)
      var (bestX, bestY, best) = (0, 0, -1)
      for channel in channels {
        func at(_ row: UnsafePointer<Sample>, _ column: Int) -> Int {
          Int(truncatingIfNeeded: row[column + channel])
        }
        let dx =
          at(above, right) - at(above, left) + 2 * (at(own, right) - at(own, left))
          + at(below, right) - at(below, left)
        let dy =
          at(below, left) - at(above, left) + 2 * (at(below, x * step) - at(above, x * step))
          + at(below, right) - at(above, right)
        let size = kind.isEuclidean ? dx * dx + dy * dy : abs(dx) + abs(dy)
        if size > best { (bestX, bestY, best) = (dx, dy, size) }
      }
      line.x[x + 1] = bestX
      line.y[x + 1] = bestY
      line.size[x + 1] = best
    }
  }

  private func isEdge(_ x: Int, _ above: Line, _ own: Line, _ below: Line) -> Bool {
    let size = own.size[x]
    guard Double(size) > low else { return false }
    // tan 22.5° and tan 67.5° = tan 22.5° + 2, in 1/32768.
    let across = abs(own.x[x])
    let down = abs(own.y[x]) << 15
    let flat = across * 13573
    if down < flat { return size > own.size[x - 1] && size >= own.size[x + 1] }
    if down > flat + across << 16 { return size > above.size[x] && size >= below.size[x] }
    let side = (own.x[x] ^ own.y[x]) < 0 ? -1 : 1
    return size > above.size[x - side] && size > below.size[x + side]
  }
}
