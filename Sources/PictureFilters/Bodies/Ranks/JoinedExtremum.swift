import KernelLanguage
import Raster

/// The largest or smallest member of an element that is a few rectangles, as a cross is.
///
/// The extremes of each are found by themselves, in time that hardly depends on how large it is, and met: the
/// extreme of all members is that of the extremes.
struct JoinedExtremum: FilterBody {
  let kernels: MicroKernels
  let maximum: Bool
  let windowRows: Int
  let rowStride = 1
  let input: Element
  let reachSamples: Int
  private let parts: [Part]

  private struct Part: Sendable {
    /// Of its first member in the window, in rows and samples.
    var row, start: Int
    let windows: Extremum
  }

  private static let mostParts = 4
  /// Bytes of a row that are worked on together: the rows of a call stay in the second cache.
  private static let strip = 4096

  init(_ request: RankRequest, kernels: MicroKernels) throws(BodyRefusal) {
    maximum = try request.isMaximum()
    guard !request.isRectangle else { throw .noShape }
    try request.checkAreNeighbours()
    guard let rectangles = request.element.rectangles(most: Self.mostParts) else {
      throw .tooManyRectangles(most: Self.mostParts)
    }
    self.kernels = kernels
    windowRows = request.element.height
    input = request.input
    let step = request.channels
    reachSamples = (request.element.width - 1) * step
    var parts: [Part] = []
    for (rows, columns) in rectangles {
      let one = RankRequest(
        maximum ? .largest : .smallest,
        of: StructuringElement(width: columns.count, height: rows.count), channels: step,
        input: request.input)
      let way: Extremum.Way =
        rows.count > Extremum.mostSources ? .runs : rows.count > 1 ? .pairs : .each
      parts.append(
        Part(
          row: rows.lowerBound, start: columns.lowerBound * step,
          windows: try Extremum(one, by: way, kernels: kernels)))
    }
    self.parts = parts
  }

  var output: Element { input }
  var preferredRows: Int { max(32, 4 * windowRows) }
  var cost: Double { 7.5 * Double(parts.count) }
  var summary: String {
    "\(maximum ? "maximum" : "minimum") of \(parts.count) rectangles by running extremes, "
      + kernels.name
  }

  private func strip(_ width: Int) -> Int { max(1, min(Self.strip / input.byteCount, width)) }
  private func linePitch(_ width: Int) -> Int { rowPitch(strip(width) * input.byteCount) }
  private func listBytes(_ rows: Int) -> Int { (8 * (2 * rows + windowRows) + 63) / 64 * 64 }

  func scratchBytes(rows: Int, width: Int) -> Int {
    let own = parts.map { $0.windows.scratchBytes(rows: rows, width: strip(width)) }
    return listBytes(rows) + rows * linePitch(width) + (own.max() ?? 0)
  }

  func run(_ input: InputRows, _ output: OutputRows, rows: Int, width: Int, scratch: RawMemory) {
    let size = self.input.byteCount
    let pitch = linePitch(width)
    let sources = scratch.bindMemory(to: UnsafeRawPointer.self, capacity: rows + windowRows)
    let targets = (scratch + 8 * (rows + windowRows))
      .bindMemory(to: UnsafeMutableRawPointer.self, capacity: rows)
    let lines = scratch + listBytes(rows)
    for start in stride(from: 0, to: width, by: strip(width)) {
      let count = min(strip(width), width - start)
      for (index, part) in parts.enumerated() {
        // Safety: the rows and samples of a part lie within those of the window; lines hold a strip of each
        // row, and scratch behind them what the part asks for.
        for row in 0..<rows + part.windows.windowRows - 1 {
          sources[row] = input[row + part.row] + (start + part.start) * size
        }
        for row in 0..<rows {
          targets[row] = index == 0 ? output[row] + start * size : lines + row * pitch
        }
        part.windows.run(
          sources, targets, rows: rows, width: count, scratch: lines + rows * pitch)
        if index == 0 { continue }
        for row in 0..<rows {
          kernels.meet(
            lines + row * pitch, output[row] + start * size, count, of: self.input,
            maximum: maximum)
        }
      }
    }
  }
}
