internal import CConvKernels
import KernelLanguage
import Libc
import Raster

/// Non-local means in whole numbers, as OpenCV's `fastNlMeansDenoising` makes them of bytes.
///
///     D = (Σ over the surroundings and colours of squared differences) >> s,   2^s ≥ template² the next power
///     w = round(F · exp(−D · 2^s / (template² · colours · strength²))), 0 below F / 1000
///     F = ⌊(2³¹ − 1) / (255 · search²)⌋
///
/// How alike a pixel is to one that lies before it, this one knows already: half of the distances are worked
/// out. Sums of columns gain a row and lose one as surroundings move down. Words are compared in steps of
/// 1/256 of their range squared.
struct NonLocalBody: FilterBody {
  private let request: NonLocalRequest
  private let kernels: MicroKernels
  private let shift: Int
  private let table: [UInt32]

  private static let strip = 256
  private var slack: Int { Int(conv_local_slack) }

  init(_ request: NonLocalRequest, kernels: MicroKernels) {
    self.request = request
    self.kernels = kernels
    let (kind, input, colors) = (request.kind, request.input, request.colors)
    let area = kind.template * kind.template
    let power = area == 1 ? 0 : Int.bitWidth - (area - 1).leadingZeroBitCount
    shift = power + (input == .uint8 ? 0 : 16)
    let unit = Double(1 << power) / Double(area)
    let scale = Double(Int(Int32.max) / (255 * kind.search * kind.search))
    let top = 255 * 255 * colors
    // Words may lie a step further apart than bytes.
    let steps = Int(Double(input == .uint8 ? top : 256 * 256 * colors) / unit + 1) + 1
    table = (0..<steps).map { step in
      // What is alike counts fully, also where the strength squared is too small for a number.
      let likeness =
        step == 0
        ? 1 : exp(-Double(step) * unit / (kind.strength * kind.strength * Double(colors)))
      let weight = (scale * likeness).rounded(.toNearestOrEven)
      return weight < 0.001 * scale ? 0 : UInt32(weight)
    }
  }

  private var kind: NonLocalMeans { request.kind }
  /// Samples of a pixel that make its colour, and all of them.
  private var colors: Int { request.colors }
  private var channels: Int { request.channels }

  var input: Element { request.input }
  var output: Element { request.input }
  var windowRows: Int { 2 * kind.reach + 1 }
  var rowStride: Int { 1 }
  var reachSamples: Int { 2 * kind.reach * channels }
  var preferredRows: Int { 64 }
  var weightBytes: Int { 4 * table.count }
  var summary: String {
    "\(kind.search * kind.search) surroundings of \(kind.template)x\(kind.template), \(kernels.name)"
  }

  /// Elements of a row of a plane, of sums of columns, of weights.
  private var pitch: Int { (Self.strip + 2 * kind.reach + slack + 63) / 64 * 64 }

  func scratchBytes(rows: Int, width: Int) -> Int {
    let planes = (rows + 2 * kind.reach) * colors * pitch * input.byteCount
    let totals = rows * Self.strip * (4 + colors * (input == .uint8 ? 4 : 8))
    return planes + totals + 12 * pitch + 256
  }

  func run(_ input: InputRows, _ output: OutputRows, rows: Int, width: Int, scratch: RawMemory) {
    let local = kernels.table.pointee.local
    if self.input == .uint8 {
      let table = local.nonlocal_u8
      Strips<UInt8, UInt32>(
        body: self, start: table.start, slide: table.slide, weigh: table.weigh, add: table.add,
        finish: table.finish
      ).run(input, output, rows, width, scratch)
    } else {
      let table = local.nonlocal_u16
      Strips<UInt16, UInt64>(
        body: self, start: table.start, slide: table.slide, weigh: table.weigh, add: table.add,
        finish: table.finish
      ).run(input, output, rows, width, scratch)
    }
  }

  /// The columns of a band, some at a time.
  private struct Strips<Sample: FixedWidthInteger, Sum: FixedWidthInteger> {
    typealias Samples = UnsafePointer<Sample>
    let body: NonLocalBody
    let start: (Samples?, Samples?, UnsafeMutableRawPointer?, Int) -> Void
    let slide: (Samples?, Samples?, Samples?, Samples?, UnsafeMutableRawPointer?, Int) -> Void
    let weigh:
      (
        UnsafeRawPointer?, Int, UInt32, UnsafePointer<UInt32>?, UnsafeMutablePointer<UInt32>?, Int
      ) -> Void
    let add: (UnsafePointer<UInt32>?, Samples?, UnsafeMutableRawPointer?, Int) -> Void
    let finish:
      (UnsafeRawPointer?, UnsafePointer<UInt32>?, UnsafeMutablePointer<Sample>?, Int, Int) -> Void

    /// Memory of a strip.
    private struct Memory {
      let planes: UnsafeMutablePointer<Sample>
      let totals: UnsafeMutablePointer<Sum>
      let weightTotals: UnsafeMutablePointer<UInt32>
      let columns: UnsafeMutablePointer<Sum>
      let weights: UnsafeMutablePointer<UInt32>
    }

    private var reach: Int { body.kind.reach }

    func run(
      _ input: InputRows, _ output: OutputRows, _ rows: Int, _ width: Int, _ scratch: RawMemory
    ) {
      let (strip, pitch, colors) = (NonLocalBody.strip, body.pitch, body.colors)
      let held = rows + 2 * reach
      var next = scratch
      func take<Value>(_ type: Value.Type, _ count: Int) -> UnsafeMutablePointer<Value> {
        defer { next += (count * MemoryLayout<Value>.stride + 7) / 8 * 8 }
        return next.bindMemory(to: type, capacity: count)
      }
      let memory = Memory(
        planes: take(Sample.self, held * colors * pitch),
        totals: take(Sum.self, rows * strip * colors),
        weightTotals: take(UInt32.self, rows * strip), columns: take(Sum.self, pitch),
        weights: take(UInt32.self, pitch))
      let pixels = width / body.channels
      for first in Swift.stride(from: 0, to: pixels, by: strip) {
        let count = min(strip, pixels - first)
        for row in 0..<held {
          let samples =
            input[row].assumingMemoryBound(to: Sample.self) + first * body.channels
          for color in 0..<colors {
            let plane = memory.planes + (row * colors + color) * pitch
            for x in 0..<count + 2 * reach { plane[x] = samples[x * body.channels + color] }
          }
        }
        gather(memory, rows, count)
        for row in 0..<rows {
          let result = output[row].assumingMemoryBound(to: Sample.self) + first * body.channels
          for color in 0..<colors {
            finish(
              memory.totals + (row * colors + color) * strip, memory.weightTotals + row * strip,
              result + color, body.channels, count)
          }
        }
      }
    }

    /// The totals of a strip, over every second place of the window and its opposite.
    private func gather(_ memory: Memory, _ rows: Int, _ count: Int) {
      let (strip, pitch, colors) = (NonLocalBody.strip, body.pitch, body.colors)
      let (half, radius) = (body.kind.search / 2, body.kind.template / 2)
      func plane(_ row: Int, _ color: Int, _ x: Int) -> UnsafePointer<Sample> {
        UnsafePointer(memory.planes + ((row + reach) * colors + color) * pitch + x + reach)
      }
      func join(_ row: Int, _ x: Int, from weights: UnsafePointer<UInt32>, _ own: Int, _ at: Int) {
        let sums = memory.weightTotals + row * strip
        for index in 0..<count { sums[index] &+= weights[index] }
        for color in 0..<colors {
          add(
            weights, plane(own, color, at), memory.totals + (row * colors + color) * strip, count)
        }
      }
      memory.totals.initialize(repeating: 0, count: rows * strip * colors)
      memory.weightTotals.initialize(repeating: 0, count: rows * strip)
      memory.weights.initialize(repeating: body.table[0], count: pitch)
      for row in 0..<rows { join(row, 0, from: memory.weights, row, 0) }
      body.table.withUnsafeBufferPointer { table in
        for down in 0...half {
          for across in -half...half where down > 0 || across > 0 {
            let first = min(0, -across)
            let last = count + max(0, -across)
            // Safety: surroundings of all places lie within the planes; columns, and what is looked up
            // of them, go on for the slack, where they are sums of what is there.
            memory.columns.initialize(repeating: 0, count: pitch)
            func squares(_ row: Int, _ color: Int) -> (Samples, Samples) {
              (
                plane(row, color, first - radius),
                plane(row + down, color, first - radius + across)
              )
            }
            let columns = last - first + 2 * radius
            for row in -down..<rows {
              for color in 0..<colors {
                if row == -down {
                  for near in row - radius...row + radius {
                    let (own, other) = squares(near, color)
                    start(own, other, memory.columns, columns)
                  }
                } else {
                  let (own, other) = squares(row + radius, color)
                  let (before, otherBefore) = squares(row - radius - 1, color)
                  slide(own, other, before, otherBefore, memory.columns, columns)
                }
              }
              weigh(
                memory.columns, body.kind.template, UInt32(body.shift), table.baseAddress!,
                memory.weights, last - first)
              if row >= 0 {
                join(row, 0, from: memory.weights - first, row + down, across)
              }
              if row + down < rows {
                join(row + down, 0, from: memory.weights - first - across, row, -across)
              }
            }
          }
        }
      }
    }
  }
}
