internal import CConvKernels
import KernelLanguage
import Raster

/// Where edges may be: 2 on strong ones, 1 on weak ones, 0 elsewhere, as OpenCV's `Canny` finds them.
///
/// Gradients are those of the Sobel kernels of 3×3 with the edge sample repeated; of several channels
/// the largest counts. An edge is a gradient above its neighbours along its direction, in steps of 45°;
/// of equals the last one in reading order along it wins. Bytes go by vectors, words pixel by pixel.
struct EdgeStage: RowStage {
  let input: PictureFormat
  let kind: Canny
  let channels: [Int]
  var kernels = MicroKernels.current

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

  func scratchBytes(rows: Int) -> Int {
    let width = input.width + 2 + Int(conv_local_slack)
    return 9 * (8 * width + 64) + channels.count * 3 * (width + 64)
  }

  /// A row of gradients, one more on either side, where they are 0.
  private struct Line {
    var x: UnsafeMutablePointer<Int>
    var y: UnsafeMutablePointer<Int>
    var size: UnsafeMutablePointer<Int>
  }

  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    if input.sample == .uint8 {
      let table = kernels.table.pointee.local
      if kind.isEuclidean {
        ByteEdges<Int32>(self, window, scratch, table.gradients_squares, table.edges_squares)
          .produce(band)
      } else {
        ByteEdges<Int16>(self, window, scratch, table.gradients_sum, table.edges_sum)
          .produce(band)
      }
    } else {
      produceWords(band, window, scratch)
    }
    guard input.color.hasAlpha else { return }
    for y in band.rows {
      copyChannel(
        input.color.channels - 1, of: window.row(y), input, .all, to: band.row(y),
        channel: 1, output)
    }
  }

  private func produceWords(_ band: RowBand, _ window: RowWindow, _ scratch: Scratch) {
    let width = input.width
    let lines = (0..<3).map { _ in
      Line(
        x: scratch.array(of: Int.self, width + 2), y: scratch.array(of: Int.self, width + 2),
        size: scratch.array(of: Int.self, width + 2))
    }
    func line(_ row: Int) -> Line { lines[(row + 3) % 3] }
    for row in band.firstRow - 1...band.firstRow { gradients(row, window, line(row)) }
    for y in band.rows {
      gradients(y + 1, window, line(y + 1))
      let (above, own, below) = (line(y - 1), line(y), line(y + 1))
      let target = band.row(y).assumingMemoryBound(to: UInt16.self)
      let step = output.color.channels
      for x in 0..<width {
        let edge = isEdge(x + 1, above, own, below)
        target[x * step] = edge ? (Double(own.size[x + 1]) > high ? 2 : 1) : 0
      }
    }
  }

  /// Thresholds are whole; those of squares are squared, and of bytes no larger than a short integer.
  private func threshold(_ value: Double) -> Double {
    guard kind.isEuclidean else { return value.rounded(.down) }
    let value = input.sample == .uint8 ? min(value, 32767) : value
    return (value * value).rounded(.down)
  }
  fileprivate var low: Double { threshold(kind.low) }
  fileprivate var high: Double { threshold(kind.high) }

  private func gradients(_ row: Int, _ window: RowWindow, _ line: Line) {
    let (width, step) = (input.width, input.color.channels)
    line.size.initialize(repeating: 0, count: width + 2)
    guard (0..<input.height).contains(row) else { return }
    // Safety: rows beside the border are those at it; columns too.
    func samples(_ row: Int) -> UnsafePointer<UInt16> {
      window.row(min(max(row, 0), input.height - 1)).assumingMemoryBound(to: UInt16.self)
    }
    let (above, own, below) = (samples(row - 1), samples(row), samples(row + 1))
    for x in 0..<width {
      let (left, right) = (max(x - 1, 0) * step, min(x + 1, width - 1) * step)
      var (bestX, bestY, best) = (0, 0, -1)
      for channel in channels {
        func at(_ row: UnsafePointer<UInt16>, _ column: Int) -> Int { Int(row[column + channel]) }
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

/// The edges of bytes: their gradients fit 16 bits, and so do the sizes that are sums.
private struct ByteEdges<Size: FixedWidthInteger & BitwiseCopyable> {
  typealias Gradients = (
    UnsafePointer<UnsafePointer<UInt8>?>?, Int, UnsafeMutablePointer<Int16>?,
    UnsafeMutablePointer<Int16>?, UnsafeMutablePointer<Size>?, Int
  ) -> Void
  typealias Edges =
    (
      UnsafePointer<Int16>?, UnsafePointer<Int16>?, UnsafePointer<UnsafePointer<Size>?>?, Int32,
      Int32, UnsafeMutablePointer<UInt8>?, Int
    ) -> Void

  private let stage: EdgeStage
  private let window: RowWindow
  private let scratch: Scratch
  private let gradients: Gradients
  private let edges: Edges
  /// Three rows of each channel, which begin with the first sample once more and end with the last.
  private let planes: UnsafeMutablePointer<UInt8>
  /// Three rows of gradients and of sizes, from the pixel left of the first on.
  private let x: UnsafeMutablePointer<Int16>
  private let y: UnsafeMutablePointer<Int16>
  private let sizes: UnsafeMutablePointer<Size>

  private var width: Int { stage.input.width }
  private var pitch: Int { width + 2 + Int(conv_local_slack) }

  init(
    _ stage: EdgeStage, _ window: RowWindow, _ scratch: Scratch, _ gradients: @escaping Gradients,
    _ edges: @escaping Edges
  ) {
    self.stage = stage
    self.window = window
    self.scratch = scratch
    self.gradients = gradients
    self.edges = edges
    let pitch = stage.input.width + 2 + Int(conv_local_slack)
    planes = scratch.array(of: UInt8.self, 3 * stage.channels.count * pitch)
    x = scratch.array(of: Int16.self, 3 * pitch)
    y = scratch.array(of: Int16.self, 3 * pitch)
    sizes = scratch.array(of: Size.self, 3 * pitch)
  }

  func produce(_ band: RowBand) {
    var taken = max(band.firstRow - 2, 0)
    for row in band.firstRow - 1...band.firstRow { find(row, &taken) }
    let step = stage.output.color.channels
    let found = scratch.array(of: UInt8.self, step > 1 ? width : 0)
    for row in band.rows {
      find(row + 1, &taken)
      let target = band.row(row).assumingMemoryBound(to: UInt8.self)
      let own = (row + 3) % 3 * pitch + 1
      let near: [UnsafePointer<Size>?] = [row + 2, row + 3, row + 4].map {
        UnsafePointer(sizes + $0 % 3 * pitch + 1)
      }
      // Safety: rows have one more on either side, and the slack; `width` bytes are written.
      edges(
        x + own, y + own, near, whole(stage.low), whole(stage.high), step > 1 ? found : target,
        width)
      if step > 1 { for place in 0..<width { target[place * step] = found[place] } }
    }
  }

  /// A threshold; what no size reaches stays so.
  private func whole(_ value: Double) -> Int32 { Int32(min(value, Double(Size.max))) }

  /// The gradients of a row and their sizes, which are 0 beyond the border.
  private func find(_ row: Int, _ taken: inout Int) {
    let sizes = sizes + (row + 3) % 3 * pitch
    guard (0..<stage.input.height).contains(row) else {
      sizes.initialize(repeating: 0, count: pitch)
      return
    }
    let last = stage.input.height - 1
    while taken <= min(row + 1, last) {
      take(taken)
      taken += 1
    }
    var rows: [UnsafePointer<UInt8>?] = []
    for channel in stage.channels.indices {
      for near in row - 1...row + 1 {
        rows.append(UnsafePointer(plane(min(max(near, 0), last), channel)))
      }
    }
    let own = (row + 3) % 3 * pitch + 1
    gradients(rows, stage.channels.count, x + own, y + own, sizes + 1, width)
    sizes[0] = 0
    sizes[width + 1] = 0
  }

  private func plane(_ row: Int, _ index: Int) -> UnsafeMutablePointer<UInt8> {
    planes + (row % 3 * stage.channels.count + index) * pitch
  }

  private func take(_ row: Int) {
    let step = stage.input.color.channels
    let samples = window.row(row).assumingMemoryBound(to: UInt8.self)
    for (index, channel) in stage.channels.enumerated() {
      let plane = plane(row, index)
      if step == 1 {
        (plane + 1).update(from: samples, count: width)
      } else {
        for x in 0..<width { plane[x + 1] = samples[x * step + channel] }
      }
      plane[0] = plane[1]
      plane[width + 1] = plane[width]
    }
  }
}
