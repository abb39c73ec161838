import KernelLanguage
import Raster

/// What gradients are counted in, exactly or nearly.
protocol EdgeNumber: SignedNumeric, Comparable, BitwiseCopyable {
  associatedtype Sample: BitwiseCopyable
  init(sample: Sample)
  var real: Double { get }
}

extension Int: EdgeNumber {
  init(sample: UInt16) { self = Int(sample) }
  var real: Double { Double(self) }
}

extension Double: EdgeNumber {
  init(sample: Float) { self = Double(sample) }
  var real: Double { self }
}

/// The edges of words and floats. What is no number makes no edge.
struct PlainEdges<Number: EdgeNumber> {
  /// A row of gradients, one more on either side, where they are 0.
  private struct Line {
    var x: UnsafeMutablePointer<Number>
    var y: UnsafeMutablePointer<Number>
    var size: UnsafeMutablePointer<Number>
  }

  private let stage: EdgeStage
  private let window: RowWindow
  private let lines: [Line]

  init(_ stage: EdgeStage, _ window: RowWindow, _ scratch: Scratch) {
    self.stage = stage
    self.window = window
    let count = stage.input.width + 2
    lines = (0..<3).map { _ in
      Line(
        x: scratch.array(of: Number.self, count), y: scratch.array(of: Number.self, count),
        size: scratch.array(of: Number.self, count))
    }
  }

  private func line(_ row: Int) -> Line { lines[(row + 3) % 3] }

  /// - Parameter mark: a number as long as a sample of the output.
  func produce<Mark: FixedWidthInteger>(_ band: RowBand, _ mark: Mark.Type) {
    let (low, high) = (stage.low, stage.high)
    for row in band.firstRow - 1...band.firstRow { gradients(row, line(row)) }
    for y in band.rows {
      gradients(y + 1, line(y + 1))
      let (above, own, below) = (line(y - 1), line(y), line(y + 1))
      // Safety: the row holds a sample for each place.
      let target = band.row(y).assumingMemoryBound(to: Mark.self)
      let step = stage.output.color.channels
      for x in 0..<stage.input.width {
        let size = own.size[x + 1].real
        let isEdge = size > low && isLarger(x + 1, above, own, below)
        target[x * step] = isEdge ? (size > high ? 2 : 1) : 0
      }
    }
  }

  private func gradients(_ row: Int, _ line: Line) {
    let (width, step) = (stage.input.width, stage.input.color.channels)
    let last = stage.input.height - 1
    line.size.initialize(repeating: 0, count: width + 2)
    guard (0...last).contains(row) else { return }
    // Safety: rows beside the border are those at it; columns too.
    func samples(_ row: Int) -> UnsafePointer<Number.Sample> {
      window.row(min(max(row, 0), last)).assumingMemoryBound(to: Number.Sample.self)
    }
    let (above, own, below) = (samples(row - 1), samples(row), samples(row + 1))
    let isEuclidean = stage.kind.isEuclidean
    for x in 0..<width {
      let (left, middle, right) = (max(x - 1, 0) * step, x * step, min(x + 1, width - 1) * step)
      var (bestX, bestY, best): (Number, Number, Number) = (0, 0, -1)
      for channel in stage.channels {
        func at(_ row: UnsafePointer<Number.Sample>, _ column: Int) -> Number {
          Number(sample: row[column + channel])
        }
        let ends = at(own, right) - at(own, left)
        let dx =
          at(above, right) - at(above, left) + ends + ends + at(below, right) - at(below, left)
        let middles = at(below, middle) - at(above, middle)
        let dy =
          at(below, left) - at(above, left) + middles + middles + at(below, right)
          - at(above, right)
        let size = isEuclidean ? dx * dx + dy * dy : amount(dx) + amount(dy)
        if size > best { (bestX, bestY, best) = (dx, dy, size) }
      }
      line.x[x + 1] = bestX
      line.y[x + 1] = bestY
      line.size[x + 1] = best
    }
  }

  private func amount(_ number: Number) -> Number { number < 0 ? -number : number }

  /// Whether a gradient is above its neighbours along its direction.
  private func isLarger(_ x: Int, _ above: Line, _ own: Line, _ below: Line) -> Bool {
    let size = own.size[x]
    // tan 22.5° and tan 67.5° = tan 22.5° + 2, in 1/32768.
    let across = amount(own.x[x])
    let down = amount(own.y[x]) * 32768
    let flat = across * 13573
    if down < flat { return size > own.size[x - 1] && size >= own.size[x + 1] }
    if down > flat + across * 65536 { return size > above.size[x] && size >= below.size[x] }
    let side = (own.x[x] < 0) != (own.y[x] < 0) ? -1 : 1
    return size > above.size[x - side] && size > below.size[x + side]
  }
}
