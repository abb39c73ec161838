import KernelLanguage
import Raster

/// Means weighted by distance and by colour, some columns of a band of rows at a time.
struct BilateralMeans<Arithmetic: BilateralArithmetic> {
  private let request: LikenessRequest<Bilateral>
  private let way: BilateralWay
  private let taps: BilateralTaps
  private let arithmetic: Arithmetic
  private let layout: BilateralLayout

  init(
    _ request: LikenessRequest<Bilateral>, _ taps: BilateralTaps, by way: BilateralWay,
    _ arithmetic: Arithmetic
  ) throws(BodyRefusal) {
    self.request = request
    self.way = way
    self.taps = taps
    self.arithmetic = arithmetic
    layout = try BilateralLayout(
      request, way, rowsBelow: taps.rowsBelow,
      cell: MemoryLayout<Arithmetic.Cell>.size)
  }

  private var windowRows: Int { request.kind.size }

  var scratchBytes: Int {
    MemoryLayout<Arithmetic.Cell>.size * layout.cells + 16 * taps.count + 192
  }

  func run(_ input: InputRows, _ output: OutputRows, rows: Int, width: Int, scratch: RawMemory) {
    let cells = scratch.bindMemory(to: Arithmetic.Cell.self, capacity: layout.cells)
    // Differences between samples beyond the last pixel are looked up too.
    cells.initialize(repeating: .zero, count: layout.cells)
    let size = MemoryLayout<Arithmetic.Cell>.size
    let pointers = (scratch + (size * layout.cells + 63) / 64 * 64).bindMemory(
      to: UnsafePointer<Arithmetic.Cell>?.self, capacity: 2 * taps.count)
    let pixels = (width + request.channels - 1) / request.channels
    for start in stride(from: 0, to: pixels, by: layout.strip) {
      let strip = Strip(
        self, cells, pointers, first: start, count: min(layout.strip, pixels - start))
      strip.run(input, output, rows)
    }
  }

  /// Some columns of a band.
  private struct Strip {
    private let means: BilateralMeans
    private let taps: BilateralTaps
    private let cells: UnsafeMutablePointer<Arithmetic.Cell>
    /// To the weights of all taps, then to their pixels.
    private let pointers: UnsafeMutablePointer<UnsafePointer<Arithmetic.Cell>?>
    private let first: Int
    private let count: Int

    init(
      _ means: BilateralMeans, _ cells: UnsafeMutablePointer<Arithmetic.Cell>,
      _ pointers: UnsafeMutablePointer<UnsafePointer<Arithmetic.Cell>?>, first: Int, count: Int
    ) {
      self.means = means
      taps = means.taps
      self.cells = cells
      self.pointers = pointers
      self.first = first
      self.count = count
    }

    private var request: LikenessRequest<Bilateral> { means.request }
    private var pitch: Int { means.layout.pitch }
    private var radius: Int { taps.radius }
    private var half: Int { taps.count / 2 }
    private var isHeld: Bool { means.way == .held }

    /// The first colour of a row of the input, from the window's first column on.
    private func plane(_ row: Int) -> UnsafeMutablePointer<Arithmetic.Cell> {
      cells + row % means.windowRows * request.colors * pitch + means.layout.lead
    }

    /// The weights of a tap after the middle one, in one of as many rows as it lies below, and one.
    private func weights(_ tap: Int, _ place: Int) -> UnsafeMutablePointer<Arithmetic.Cell> {
      cells + means.layout.weights[tap - half - 1] + place * pitch + means.layout.lead
    }

    func run(_ input: InputRows, _ output: OutputRows, _ rows: Int) {
      if isHeld {
        let middle = cells + means.layout.cells - pitch
        middle.update(repeating: means.arithmetic.middle, count: pitch)
        pointers[half] = UnsafePointer(middle)
      }
      for row in 0..<means.windowRows - 1 { take(input[row], row) }
      if isHeld { for row in 0..<radius { weigh(row, fromBelow: radius - row) } }
      for row in 0..<rows {
        let last = row + means.windowRows - 1
        take(input[last], last)
        let own = row + radius
        if isHeld { weigh(own, fromBelow: 0) }
        point(own)
        // Safety: planes and weights go on for the slack; `count` pixels are written.
        means.arithmetic.sum(
          BilateralRow(
            weights: isHeld ? pointers : nil, pixels: pointers + taps.count,
            own: plane(own) + radius, pitch: pitch, count: count),
          output[row] + first * request.channels * request.input.byteCount)
      }
    }

    /// A row's colours.
    private func take(_ samples: UnsafeRawPointer, _ row: Int) {
      means.arithmetic.take(
        samples + first * request.channels * request.input.byteCount,
        count: count + means.windowRows - 1, to: plane(row), pitch: pitch)
    }

    /// The weights that the pixels of a row have for those that the taps after the middle one see, of
    /// taps so far below it or farther.
    private func weigh(_ row: Int, fromBelow: Int) {
      let own = plane(row)
      for below in fromBelow...radius {
        let others = plane(row + below)
        let place = row % (below + 1)
        for tap in taps.rows[radius + below] where tap > half {
          let across = taps.all[tap].column - radius
          let start = min(radius, radius - across)
          means.arithmetic.weigh(
            own + start, others + start + across, pitch: pitch, after: tap - half - 1,
            to: weights(tap, place) + start, count: count + abs(across))
        }
      }
    }

    /// Where the weights and the pixels of all taps are for a row.
    private func point(_ own: Int) {
      for (line, taps) in taps.rows.enumerated() {
        let row = own + line - radius
        let pixels = plane(row)
        // An opposite tap's weights are those of the row that this one sees.
        let place = (line < radius ? row : own) % (abs(line - radius) + 1)
        for tap in taps {
          let column = self.taps.all[tap].column
          pointers[self.taps.count + tap] = UnsafePointer(pixels + column)
          if !isHeld || tap == half { continue }
          pointers[tap] =
            tap > half
            ? UnsafePointer(weights(tap, place) + radius)
            : UnsafePointer(weights(2 * half - tap, place) + column)
        }
      }
    }
  }
}
