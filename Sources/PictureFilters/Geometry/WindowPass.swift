import ConvEngine
import Raster

/// A body run over a picture: supplies what stands beyond the border, stride, and dilation.
///
/// The middle of each row is filtered where it lies; only the two ends, whose windows reach over
/// the border, are copied and padded. Narrow pictures are copied whole, and so are the rows of bodies to
/// which an end is as dear as a row.
struct WindowPass: Sendable {
  /// The body, and why it is this one.
  private let choice: BodyChoice<any FilterBody>
  let vertical: WindowAxis
  let horizontal: WindowAxis
  /// Samples of a pixel in the input rows.
  let channels: Int
  /// Samples kept of each pixel of the result: `channels`, or 1 for sums over the channels.
  let kept: Int
  let padding: Padding
  /// The bytes of a pixel beyond the border, where it is constant.
  let fill: [UInt8]
  /// Distance between the rows of a window where the body takes them as neighbours.
  let rowDilation: Int

  /// - Parameter rowDilation: nil for what sums take as neighbours.
  init(
    _ choice: BodyChoice<any FilterBody>, vertical: WindowAxis, horizontal: WindowAxis,
    channels: Int, kept: Int? = nil, padding: Padding, fill: [UInt8], rowDilation: Int? = nil
  ) {
    precondition(fill.count == choice.made.input.byteCount * channels, "one pixel")
    self.choice = choice
    self.vertical = vertical
    self.horizontal = horizontal
    self.channels = channels
    self.kept = kept ?? channels
    self.padding = padding
    self.fill = fill
    self.rowDilation = rowDilation ?? vertical.rowDilation
  }

  var body: any FilterBody { choice.made }
  /// Multiplications a result, near enough to tell minutes from years.
  var operations: Double { choice.operations }
  var reasons: [String] { choice.reasons }

  /// Input rows that a range of output rows is made of.
  func inputRows(for rows: Range<Int>) -> Range<Int> {
    let first = vertical.start(rows.lowerBound)
    let last = vertical.start(rows.upperBound - 1) + vertical.window
    return padding.sources(first..<last, count: vertical.input).including(
      vertical.anchorSample(rows.lowerBound), vertical.anchorSample(rows.upperBound - 1))
  }

  /// Whether results may go past the caches: they are where they belong at once.
  var streams: Bool { body.streams && horizontal.stride == 1 && kept == channels }

  /// Computes a rectangle of the result.
  ///
  /// - Parameters:
  ///   - rows, columns: output positions, not empty.
  ///   - source: the first byte of each input row `rowBase...`.
  ///   - output: where column `columns.lowerBound` of each output row goes.
  ///   - past: past the caches, but for the ends of rows.
  func run(
    rows: Range<Int>, columns: Range<Int>, source: InputRows, rowBase: Int,
    output: OutputRows, past: Bool = false, scratch: Scratch
  ) {
    if areApart {
      // Row by row: what lies between the rows of a window is of no concern.
      for row in rows {
        scratch.scoped {
          run(
            row..<row + 1, lines: body.windowRows, apart: rowDilation, columns: columns,
            source: source, rowBase: rowBase, output: output + (row - rows.lowerBound), past,
            scratch)
        }
      }
    } else {
      run(
        rows, lines: (rows.count - 1) * vertical.stride + vertical.window, apart: 1,
        columns: columns, source: source, rowBase: rowBase, output: output, past, scratch)
    }
  }

  /// Whether neighbouring windows are too far apart to share rows.
  var areApart: Bool { rowDilation > 1 || body.rowStride != vertical.stride }

  /// - Parameters:
  ///   - count: rows of the input, from the first window's first on.
  ///   - distance: between them, in rows.
  private func run(
    _ rows: Range<Int>, lines count: Int, apart distance: Int, columns: Range<Int>,
    source: InputRows, rowBase: Int, output: OutputRows, _ past: Bool, _ scratch: Scratch
  ) {
    let first = vertical.start(rows.lowerBound)
    let table = scratch.array(of: UnsafeRawPointer.self, count)
    var constant: UnsafeRawPointer?
    for index in 0..<count {
      if let row = padding.source(first + index * distance, count: vertical.input) {
        table[index] = source[row - rowBase]
      } else {
        let made = constant ?? constantRow(scratch)
        constant = made
        table[index] = made
      }
    }
    // Full resolution: every column from the first window to the last.
    let full = columns.lowerBound * horizontal.stride
    let width = (columns.count - 1) * horizontal.stride + 1
    if horizontal.stride == 1 && kept == channels {
      columnsAtFullRate(
        full, width, table: table, tableCount: count, rows: rows.count, output: output, past,
        scratch)
    } else {
      let element = body.output.byteCount
      let wide = scratch.rows(rows.count, bytesPerRow: width * channels * element)
      columnsAtFullRate(
        full, width, table: table, tableCount: count, rows: rows.count, output: wide, false, scratch
      )
      for row in 0..<rows.count {
        pickPixels(
          from: wide[row], step: horizontal.stride * channels * element, to: output[row],
          size: kept * element, count: columns.count)
      }
    }
  }

  /// Columns `first ..< first + width` without stride.
  private func columnsAtFullRate(
    _ first: Int, _ width: Int, table: InputRows, tableCount: Int, rows: Int,
    output: OutputRows, _ past: Bool, _ scratch: Scratch
  ) {
    let pixel = channels * body.input.byteCount
    let outPixel = channels * body.output.byteCount
    // Windows of these columns lie inside.
    let inside = max(first, horizontal.before)
    let end = min(
      first + width, horizontal.input + horizontal.before - horizontal.window + 1)
    if end - inside < 32 || body.wastesShortCalls {
      paddedColumns(first..<first + width, table, tableCount, rows, output, scratch)
      return
    }
    if first < inside {
      paddedColumns(first..<inside, table, tableCount, rows, output, scratch)
    }
    let window = scratch.array(of: UnsafeRawPointer.self, tableCount)
    for index in 0..<tableCount {
      window[index] = table[index] + (inside - horizontal.before) * pixel
    }
    callBody(
      window, advance(output, by: (inside - first) * outPixel, count: rows, scratch), rows: rows,
      width: (end - inside - 1) * channels + kept, past, scratch)
    if end < first + width {
      paddedColumns(
        end..<first + width, table, tableCount, rows,
        advance(output, by: (end - first) * outPixel, count: rows, scratch), scratch)
    }
  }

  /// Of the last pixel only the samples that are kept are computed: taps on later channels would
  /// read past the row for the others.
  func callBody(
    _ window: InputRows, _ output: OutputRows,
    rows: Int, width: Int, _ past: Bool, _ scratch: Scratch
  ) {
    let memory = scratch.bytes(body.scratchBytes(rows: rows, width: width))
    if past {
      body.stream(window, output, rows: rows, width: width, scratch: memory)
    } else {
      body.run(window, output, rows: rows, width: width, scratch: memory)
    }
  }

  private func advance(
    _ pointers: OutputRows, by bytes: Int, count: Int, _ scratch: Scratch
  ) -> OutputRows {
    let moved = scratch.array(of: UnsafeMutableRawPointer.self, count)
    for index in 0..<count { moved[index] = pointers[index] + bytes }
    return UnsafePointer(moved)
  }
}
