import ConvEngine
import Raster

/// The sums down the columns of a kernel that is a product, for some rows of results: a strip of columns after
/// the other, so that what the rows see is read once and stays in the second cache.
struct RealColumns {
  private let sums: UnsafeMutablePointer<Double>
  private let firstRow: Int
  /// Numbers of a row.
  private let count: Int

  /// Numbers of all rows of a strip, about.
  private static let most = 1 << 16
  /// Pixels of a strip are a multiple of it, so that micro-kernels have whole blocks.
  private static let block = 32
  /// Rows of a window up to which a strip of them is small; numbers of a strip of a narrow picture.
  private static let highest = 1 << 11
  private static let mostNumbers = 1 << 18

  /// Whether a stage has such sums.
  static func serve(_ stage: RealStage) -> Bool {
    switch stage.work {
    case .correlate(let kernel), .unsharp(let kernel, _, _, _):
      guard kernel.depth == 1, case .product = kernel.correlation.weights else { return false }
      let vertical = kernel.correlation.windows.vertical
      let narrow = min(stage.input.width, block).saturatingProduct(
        stage.form.pixel(stage.input.color.channels))
      return vertical.dilation == 1
        && (vertical.window <= highest
          || vertical.window.saturatingProduct(narrow) <= mostNumbers)
    case .combine, .extremum, .local: return false
    }
  }

  /// Rows from the first to the last that some rows of results see, those beyond the border among them.
  private static func seen(_ stage: RealStage, rows: Int) -> Int {
    let vertical = stage.windows[0].vertical
    return (rows - 1).saturatingProduct(vertical.stride).saturatingSum(vertical.window)
  }

  /// Rows of results whose lists of taps stay within a few megabytes; nil where there are none.
  static func mostRows(_ stage: RealStage) -> Int? {
    serve(stage) ? max(32, mostNumbers / stage.windows[0].vertical.taps) : nil
  }

  /// Pixels of a strip.
  private static func strip(_ stage: RealStage, rows: Int) -> Int {
    let pixel = stage.form.pixel(stage.input.color.channels)
    let blocks = max(most / seen(stage, rows: rows) / pixel / block, 1) * block
    return min(blocks, stage.input.width)
  }

  static func scratchBytes(_ stage: RealStage, rows: Int) -> Int {
    guard serve(stage) else { return 0 }
    let pixel = stage.form.pixel(stage.input.color.channels)
    let held = seen(stage, rows: rows).saturatingProduct(strip(stage, rows: rows) * pixel + 2)
    let taps = rows.saturatingProduct(2 * stage.windows[0].vertical.taps + 8)
    return rows.saturatingProduct(RealLines.count(stage.input, stage.form)).saturatingSum(held)
      .saturatingSum(taps).saturatingProduct(8).saturatingSum(256)
  }

  /// - Parameters:
  ///   - stage: one that they serve.
  ///   - rows: of results; the sums are valid as long as what is taken from `scratch`.
  init(_ stage: RealStage, _ rows: Range<Int>, _ window: RowWindow, _ scratch: Scratch) {
    guard case .product(let weights, _) = stage.kernels[0].correlation.weights else {
      preconditionFailure("a product")
    }
    firstRow = rows.lowerBound
    count = RealLines.count(stage.input, stage.form)
    sums = scratch.array(of: Double.self, rows.count * count)
    sums.update(repeating: 0, count: rows.count * count)
    let windows = stage.windows[0]
    let (vertical, pixel) = (windows.vertical, windows.pixel)
    let seen = Self.seen(stage, rows: rows.count)
    let first = vertical.start(rows.lowerBound)
    let strip = Self.strip(stage, rows: rows.count)
    // Where each row comes from; nil beyond the border.
    let sources = (0..<seen).map { windows.padding.source(first + $0, count: vertical.input) }
    let width = stage.input.width
    scratch.scoped {
      let numbers = scratch.array(of: Double.self, seen * strip * pixel)
      // What each row of results is made of: at the same place for every strip.
      let taps = rows.map { row in
        var taps = RealTapRows()
        let top = vertical.start(row) - first
        for (tap, weight) in weights.enumerated()
        where sources[top + tap] != nil || !windows.fill.isEmpty {
          taps.append(numbers + (top + tap) * strip * pixel, weight)
        }
        return taps
      }
      for start in stride(from: 0, to: width, by: strip) {
        let pixels = start..<min(start + strip, width)
        // Safety: a strip of each row seen, and as many numbers of each row of sums.
        for (index, source) in sources.enumerated() {
          let line = numbers + index * strip * pixel
          if let source {
            RealLines.read(
              window.row(source), pixels, stage.input, stage.form, white: stage.white, into: line)
          } else if !windows.fill.isEmpty {
            for x in 0..<pixels.count * pixel { line[x] = windows.beyond(x % pixel) }
          }
        }
        for (index, taps) in taps.enumerated() {
          taps.add(to: sums + index * count + start * pixel, count: pixels.count * pixel)
        }
      }
    }
  }

  /// Those of row `y` of the results.
  func row(_ y: Int) -> UnsafePointer<Double> { UnsafePointer(sums + (y - firstRow) * count) }
}
