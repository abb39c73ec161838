internal import CConvKernels
import KernelLanguage
import Raster

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The bilateral filter with the weights of OpenCV's, in tables: results differ from OpenCV's by a
/// level at most, where its sums in other orders round otherwise.
///
/// Taps come in reading order: the one after the middle by n is opposite the one before it by n.
package struct BilateralBody: FilterBody {
  let kernels: MicroKernels
  package let windowRows: Int
  package let rowStride = 1
  package let input: Element
  /// Samples of a pixel that make its colour, and all of them.
  let colors: Int
  let channels: Int
  private let taps: [(row: Int, column: Int)]
  private let space: [Float]
  /// By the difference of two pixels.
  private let similarity: [Float]

  package init(
    _ kind: Bilateral, colors: Int, channels: Int, input: Element,
    kernels: MicroKernels = .current
  ) {
    self.kernels = kernels
    self.colors = colors
    self.channels = channels
    self.input = input
    windowRows = kind.size
    let radius = kind.size / 2
    var taps: [(row: Int, column: Int)] = []
    var space: [Float] = []
    let spaceFactor = -0.5 / (kind.sigmaSpace * kind.sigmaSpace)
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
    let colorFactor = -0.5 / (kind.sigmaColor * kind.sigmaColor)
    similarity = (0...colors * Int(input.top!)).map {
      Float(exp(Double($0) * Double($0) * colorFactor))
    }
  }

  package var output: Element { input }
  package var reachSamples: Int { (windowRows - 1) * channels }
  package var preferredRows: Int { 32 }
  package var summary: String { "\(taps.count) taps weighted by colour, \(kernels.name)" }

  package func scratchBytes(rows: Int, width: Int) -> Int {
    let layout = Layout(self)
    return 4 * layout.floats + 16 * taps.count + 192
  }

  /// Where the colours of some columns lie as floats, and the weights that their pixels have for each
  /// other: a tap's weight at one pixel is that of the opposite tap at the other, so that half of them are
  /// worked out.
  private struct Layout {
    /// Pixels of a strip.
    var strip = 512
    /// Floats of a row of one colour, or of weights.
    var pitch = 0
    /// Floats of all planes, before the weights.
    var planes = 0
    /// For each tap after the middle one: where its rows of weights begin. Empty where so many would not
    /// stay in the caches: then each tap's weights are worked out where they are used.
    var weights: [Int] = []
    var floats = 0

    init(_ body: BilateralBody) {
      let held = body.taps[(body.taps.count / 2 + 1)...].reduce(0) {
        $0 + $1.row - body.windowRows / 2 + 1
      }
      let planes = body.windowRows * body.colors
      func pitch(_ strip: Int) -> Int {
        (strip + body.windowRows - 1 + Int(conv_local_slack) + 15) / 16 * 16
      }
      let most = 40_000
      while strip > 64, pitch(strip) * (planes + held) > most { strip /= 2 }
      self.pitch = pitch(strip)
      self.planes = self.pitch * planes
      floats = self.planes
      guard self.pitch * (planes + held) <= most else { return }
      for tap in body.taps[(body.taps.count / 2 + 1)...] {
        weights.append(floats)
        floats += self.pitch * (tap.row - body.windowRows / 2 + 1)
      }
      // The middle one's, always the same.
      floats += self.pitch
    }
  }

  package func run(
    _ input: UnsafePointer<UnsafeRawPointer>, _ output: UnsafePointer<UnsafeMutableRawPointer>,
    rows: Int, width: Int, scratch: UnsafeMutableRawPointer
  ) {
    let layout = Layout(self)
    let floats = scratch.bindMemory(to: Float.self, capacity: layout.floats)
    // Differences between samples beyond the last pixel are looked up too.
    floats.initialize(repeating: 0, count: layout.floats)
    let pointers = (scratch + (4 * layout.floats + 63) / 64 * 64).bindMemory(
      to: UnsafePointer<Float>?.self, capacity: 2 * taps.count)
    let pixels = (width + channels - 1) / channels
    for start in stride(from: 0, to: pixels, by: layout.strip) {
      let strip = Strip(
        body: self, layout: layout, floats: floats, pointers: pointers, first: start,
        count: min(layout.strip, pixels - start))
      strip.run(input, output, rows)
    }
  }

  /// Some columns of a band.
  private struct Strip {
    let body: BilateralBody
    let layout: Layout
    let floats: UnsafeMutablePointer<Float>
    let pointers: UnsafeMutablePointer<UnsafePointer<Float>?>
    let first: Int
    let count: Int

    private var radius: Int { body.windowRows / 2 }
    private var table: conv_local_table { body.kernels.table.pointee.local }

    /// The first colour of a row of the input, from the window's first column on.
    private func plane(_ row: Int) -> UnsafeMutablePointer<Float> {
      floats + row % body.windowRows * body.colors * layout.pitch
    }

    private func weights(_ index: Int, _ row: Int) -> UnsafeMutablePointer<Float> {
      let reach = body.taps[body.taps.count / 2 + 1 + index].row - radius
      return floats + layout.weights[index] + row % (reach + 1) * layout.pitch
    }

    func run(
      _ input: UnsafePointer<UnsafeRawPointer>, _ output: UnsafePointer<UnsafeMutableRawPointer>,
      _ rows: Int
    ) {
      let size = body.input.byteCount
      let middle = floats + layout.floats - layout.pitch
      if !layout.weights.isEmpty {
        middle.update(
          repeating: body.space[body.taps.count / 2] * body.similarity[0], count: layout.pitch)
      }
      for row in 0..<body.windowRows - 1 { take(input[row]) { plane(row) } }
      for index in layout.weights.indices {
        let reach = body.taps[body.taps.count / 2 + 1 + index].row - radius
        for row in radius - reach..<radius { weigh(index, row) }
      }
      for row in 0..<rows {
        let last = row + body.windowRows - 1
        take(input[last]) { plane(last) }
        let own = row + radius
        for index in layout.weights.indices { weigh(index, own) }
        point(own, UnsafePointer(middle))
        var job = conv_bilateral(
          weights: pointers, pixels: pointers + body.taps.count, taps: body.taps.count,
          own: plane(own) + radius, plane: layout.pitch, colors: body.colors, space: nil,
          similarity: nil)
        let out = output[row] + first * body.channels * size
        body.space.withUnsafeBufferPointer { space in
          body.similarity.withUnsafeBufferPointer { similarity in
            job.space = space.baseAddress!
            job.similarity = similarity.baseAddress!
            // Safety: planes and weights go on for the slack; `count` pixels are written.
            (body.input == .uint8 ? table.bilateral_u8 : table.bilateral_u16)(
              &job, out, body.channels, count)
          }
        }
      }
    }

    /// A row's colours.
    private func take(_ row: UnsafeRawPointer, _ plane: () -> UnsafeMutablePointer<Float>) {
      let from = row + first * body.channels * body.input.byteCount
      (body.input == .uint8 ? table.color_planes_u8 : table.color_planes_u16)(
        from, body.channels, body.colors, count + body.windowRows - 1, plane(), layout.pitch)
    }

    /// The weights that the pixels of a row have for those that a tap after the middle one sees.
    private func weigh(_ index: Int, _ row: Int) {
      let at = body.taps.count / 2 + 1 + index
      let tap = body.taps[at]
      let across = tap.column - radius
      let start = min(radius, radius - across)
      let pixels = plane(row) + start
      let others = plane(row + tap.row - radius) + start + across
      body.similarity.withUnsafeBufferPointer { similarity in
        table.similar(
          pixels, others, layout.pitch, body.colors, body.space[at], similarity.baseAddress!,
          weights(index, row) + start, count + abs(across))
      }
    }

    /// Where the weights and the pixels of all taps are for a row.
    private func point(_ own: Int, _ middle: UnsafePointer<Float>) {
      let half = body.taps.count / 2
      for (index, tap) in body.taps.enumerated() {
        let row = own + tap.row - radius
        pointers[body.taps.count + index] = UnsafePointer(plane(row) + tap.column)
        if layout.weights.isEmpty {
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
