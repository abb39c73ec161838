internal import CConvKernels
import KernelLanguage
import Libc
import Raster

/// The bilateral filter with the weights of OpenCV's, in tables: results differ from OpenCV's by a
/// level at most, where its sums in other orders round otherwise.
///
/// Taps come in reading order: the one after the middle by n is opposite the one before it by n.
struct BilateralBody: FilterBody {
  /// A tap's weight at one pixel is that of the opposite tap at the other.
  enum Way {
    /// It is worked out once and held for the other.
    case held
    /// Each is worked out where it is used.
    case unheld
  }

  private let request: LikenessRequest<Bilateral>
  private let way: Way
  private let kernels: MicroKernels
  private let taps: [(row: Int, column: Int)]
  private let space: [Float]
  /// By the difference of two pixels.
  private let similarity: [Float]
  private let layout: Layout

  init(
    _ request: LikenessRequest<Bilateral>, by way: Way, kernels: MicroKernels
  ) throws(BodyRefusal) {
    self.request = request
    self.way = way
    self.kernels = kernels
    let kind = request.kind
    let radius = kind.size / 2
    var taps: [(row: Int, column: Int)] = []
    var space: [Float] = []
    // Finite, however small σ is: nothing is as near as a pixel to itself.
    func factor(_ sigma: Double) -> Double { -0.5 / max(sigma * sigma, .leastNormalMagnitude) }
    let spaceFactor = factor(kind.sigmaSpace)
    for y in -radius...radius {
      for x in -radius...radius {
        let distance = Double(y * y + x * x).squareRoot()
        if distance > Double(radius) { continue }
        taps.append((y + radius, x + radius))
        space.append(Float(exp(distance * distance * spaceFactor)))
      }
    }
    self.taps = taps
    self.space = space
    let below = taps[(taps.count / 2 + 1)...].map { $0.row - radius }
    layout = try Layout(request, way, rowsBelow: below)
    let colorFactor = factor(kind.sigmaColor)
    similarity = (0...request.colors * Int(request.input.top!)).map {
      Float(exp(Double($0) * Double($0) * colorFactor))
    }
  }

  var input: Element { request.input }
  var output: Element { request.input }
  var windowRows: Int { request.kind.size }
  var rowStride: Int { 1 }
  var reachSamples: Int { (windowRows - 1) * request.channels }
  var preferredRows: Int { 32 }
  var summary: String { "\(taps.count) taps weighted by colour, \(kernels.name)" }

  func scratchBytes(rows: Int, width: Int) -> Int {
    4 * layout.floats + 16 * taps.count + 192
  }

  /// Where the colours of some columns lie as floats, and the weights that are held.
  private struct Layout {
    /// Pixels of a strip.
    var strip = 64
    /// Floats of a row of one colour, or of weights.
    let pitch: Int
    /// For each tap after the middle one: where its rows of weights begin, after all planes.
    var weights: [Int] = []
    /// Of all planes and weights; the middle tap's, always the same, are the last row.
    let floats: Int

    /// - Parameter rowsBelow: how far below the middle one each tap after it lies.
    init(_ request: LikenessRequest<Bilateral>, _ way: Way, rowsBelow: [Int]) throws(BodyRefusal) {
      let size = request.kind.size
      func pitched(_ strip: Int) -> Int {
        (strip + size - 1 + Int(conv_local_slack) + 15) / 16 * 16
      }
      var rows = size * request.colors
      if way == .held {
        // So much stays in the caches.
        let most = 40_000
        let held = rowsBelow.reduce(rows) { $0 + $1 + 1 }
        guard let strip = [512, 256, 128, 64].first(where: { pitched($0) * held <= most }) else {
          throw .tooManyWeights
        }
        self.strip = strip
        for below in rowsBelow {
          weights.append(pitched(strip) * rows)
          rows += below + 1
        }
        rows += 1
      }
      pitch = pitched(strip)
      floats = pitch * rows
    }
  }

  func run(_ input: InputRows, _ output: OutputRows, rows: Int, width: Int, scratch: RawMemory) {
    let floats = scratch.bindMemory(to: Float.self, capacity: layout.floats)
    // Differences between samples beyond the last pixel are looked up too.
    floats.initialize(repeating: 0, count: layout.floats)
    let pointers = (scratch + (4 * layout.floats + 63) / 64 * 64).bindMemory(
      to: UnsafePointer<Float>?.self, capacity: 2 * taps.count)
    let pixels = (width + request.channels - 1) / request.channels
    for start in stride(from: 0, to: pixels, by: layout.strip) {
      let strip = Strip(
        body: self, floats: floats, pointers: pointers, first: start,
        count: min(layout.strip, pixels - start))
      strip.run(input, output, rows)
    }
  }

  /// Some columns of a band.
  private struct Strip {
    let body: BilateralBody
    let floats: UnsafeMutablePointer<Float>
    let pointers: UnsafeMutablePointer<UnsafePointer<Float>?>
    let first: Int
    let count: Int

    private var request: LikenessRequest<Bilateral> { body.request }
    private var layout: Layout { body.layout }
    private var radius: Int { body.windowRows / 2 }
    private var half: Int { body.taps.count / 2 }
    private var table: conv_local_table { body.kernels.table.pointee.local }

    /// The first colour of a row of the input, from the window's first column on.
    private func plane(_ row: Int) -> UnsafeMutablePointer<Float> {
      floats + row % body.windowRows * request.colors * layout.pitch
    }

    private func weights(_ index: Int, _ row: Int) -> UnsafeMutablePointer<Float> {
      floats + layout.weights[index] + row % (rowsBelow(index) + 1) * layout.pitch
    }

    /// How far below the middle one a tap after it lies.
    private func rowsBelow(_ index: Int) -> Int { body.taps[half + 1 + index].row - radius }

    func run(_ input: InputRows, _ output: OutputRows, _ rows: Int) {
      let size = request.input.byteCount
      let middle = floats + layout.floats - layout.pitch
      if body.way == .held {
        middle.update(repeating: body.space[half] * body.similarity[0], count: layout.pitch)
      }
      for row in 0..<body.windowRows - 1 { take(input[row]) { plane(row) } }
      for index in layout.weights.indices {
        for row in radius - rowsBelow(index)..<radius { weigh(index, row) }
      }
      for row in 0..<rows {
        let last = row + body.windowRows - 1
        take(input[last]) { plane(last) }
        let own = row + radius
        for index in layout.weights.indices { weigh(index, own) }
        point(own, UnsafePointer(middle))
        var job = conv_bilateral(
          weights: pointers, pixels: pointers + body.taps.count, taps: body.taps.count,
          own: plane(own) + radius, plane: layout.pitch, colors: request.colors, space: nil,
          similarity: nil)
        let out = output[row] + first * request.channels * size
        body.space.withUnsafeBufferPointer { space in
          body.similarity.withUnsafeBufferPointer { similarity in
            job.space = space.baseAddress!
            job.similarity = similarity.baseAddress!
            // Safety: planes and weights go on for the slack; `count` pixels are written.
            (request.input == .uint8 ? table.bilateral_u8 : table.bilateral_u16)(
              &job, out, request.channels, count)
          }
        }
      }
    }

    /// A row's colours.
    private func take(_ row: UnsafeRawPointer, _ plane: () -> UnsafeMutablePointer<Float>) {
      let from = row + first * request.channels * request.input.byteCount
      (request.input == .uint8 ? table.color_planes_u8 : table.color_planes_u16)(
        from, request.channels, request.colors, count + body.windowRows - 1, plane(), layout.pitch)
    }

    /// The weights that the pixels of a row have for those that a tap after the middle one sees.
    private func weigh(_ index: Int, _ row: Int) {
      let at = half + 1 + index
      let tap = body.taps[at]
      let across = tap.column - radius
      let start = min(radius, radius - across)
      let pixels = plane(row) + start
      let others = plane(row + tap.row - radius) + start + across
      body.similarity.withUnsafeBufferPointer { similarity in
        table.similar(
          pixels, others, layout.pitch, request.colors, body.space[at], similarity.baseAddress!,
          weights(index, row) + start, count + abs(across))
      }
    }

    /// Where the weights and the pixels of all taps are for a row.
    private func point(_ own: Int, _ middle: UnsafePointer<Float>) {
      for (index, tap) in body.taps.enumerated() {
        let row = own + tap.row - radius
        pointers[body.taps.count + index] = UnsafePointer(plane(row) + tap.column)
        if body.way == .unheld {
          pointers[index] = nil
        } else if index == half {
          pointers[index] = middle
        } else if index > half {
          pointers[index] = UnsafePointer(weights(index - half - 1, own) + radius)
        } else {
          // The opposite tap's, at the pixel that this one sees.
          pointers[index] = UnsafePointer(weights(half - index - 1, row) + tap.column)
        }
      }
    }
  }
}
