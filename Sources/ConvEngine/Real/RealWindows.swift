/// Where the windows of a row of results meet rows of real numbers, and what each tap finds there.
///
/// One line of numbers is laid out, padding included, for every row of taps; all windows of a result
/// row then take a tap together, in the order of the kernel's page.
package struct RealWindows: Sendable {
  package let horizontal: WindowAxis
  package let vertical: WindowAxis
  package let padding: Padding
  /// Neighbouring numbers of a pixel that are treated alike (≥ 1).
  package let lanes: Int
  /// Distance between pixels in a line, in numbers (≥ `lanes`).
  package let pixel: Int
  /// What stands beyond the border, a number a channel (the last one for all that follow); empty
  /// where nothing does.
  package let fill: [Double]

  package init(
    horizontal: WindowAxis, vertical: WindowAxis, padding: Padding, lanes: Int = 1, pixel: Int = 1,
    fill: [Double]
  ) {
    self.horizontal = horizontal
    self.vertical = vertical
    self.padding = padding
    self.lanes = lanes
    self.pixel = pixel
    self.fill = fill
  }

  /// A tap as all windows of a result row meet it: the number of lane l for window x is
  /// `samples[(x · stride) · lanes + l]`, in every window of `windows`; for others there is none.
  package struct Tap {
    package let row: Int
    package let column: Int
    package let windows: Range<Int>
    package let samples: UnsafePointer<Double>
  }

  /// Numbers of a line with its padding: the memory that `visit` is lent.
  package var paddedCount: Int {
    ((horizontal.output - 1) * horizontal.stride + horizontal.window) * lanes
  }

  /// Input rows that a range of result rows is made of.
  package func inputRows(for rows: Range<Int>) -> Range<Int> {
    let first = vertical.start(rows.lowerBound)
    let last = vertical.start(rows.upperBound - 1) + vertical.window
    return padding.sources(first..<last, count: vertical.input).including(
      vertical.anchorSample(rows.lowerBound), vertical.anchorSample(rows.upperBound - 1))
  }

  /// Calls `body` with the taps of the windows of result row `y`, row by row of the kernel.
  ///
  /// - Parameters: as for `visitRows`.
  package func visit(
    _ y: Int, channel: Int = 0, lines: (Int) -> UnsafePointer<Double>,
    padded: UnsafeMutablePointer<Double>, _ body: (Tap) -> Void
  ) {
    visitRows(y, channel: channel, lines: lines, padded: padded) { visitColumns($0, padded, body) }
  }

  /// Calls `body` with the rows of the kernel that find numbers for result row `y`, each when `padded` holds
  /// them.
  ///
  /// - Parameters:
  ///   - channel: of the first lane.
  ///   - lines: the numbers of an input row from that channel on.
  ///   - padded: `paddedCount` numbers of any content.
  package func visitRows(
    _ y: Int, channel: Int = 0, lines: (Int) -> UnsafePointer<Double>,
    padded: UnsafeMutablePointer<Double>, _ body: (Int) -> Void
  ) {
    for row in 0..<vertical.taps {
      let source = padding.source(
        vertical.start(y) + row * vertical.dilation, count: vertical.input)
      if source == nil && fill.isEmpty { continue }
      pad(source.map(lines), channel: channel, into: padded)
      body(row)
    }
  }

  /// Calls `body` once for each line that rows of the kernel find for result row `y`, with how many find it,
  /// when `padded` holds it.
  ///
  /// - Parameters: as for `visitRows`.
  package func visitLines(
    _ y: Int, channel: Int = 0, lines: (Int) -> UnsafePointer<Double>,
    padded: UnsafeMutablePointer<Double>, _ body: (Int) -> Void
  ) {
    var times: [Int: Int] = [:]
    var beyond = 0
    for row in 0..<vertical.taps {
      let position = vertical.start(y) + row * vertical.dilation
      if let source = padding.source(position, count: vertical.input) {
        times[source, default: 0] += 1
      } else {
        beyond += 1
      }
    }
    for source in times.keys.sorted() {
      pad(lines(source), channel: channel, into: padded)
      body(times[source]!)
    }
    if beyond > 0, !fill.isEmpty {
      pad(nil, channel: channel, into: padded)
      body(beyond)
    }
  }

  /// Calls `body` with the taps of one row of the kernel on a line that is padded already.
  package func visitColumns(
    _ row: Int, _ padded: UnsafePointer<Double>, _ body: (Tap) -> Void
  ) {
    for column in 0..<horizontal.taps {
      let windows = windows(column)
      if windows.isEmpty { continue }
      body(
        Tap(
          row: row, column: column, windows: windows,
          samples: padded + column * horizontal.dilation * lanes))
    }
  }

  /// The windows whose tap of a column finds a number.
  private func windows(_ column: Int) -> Range<Int> {
    let all = 0..<horizontal.output
    guard fill.isEmpty, padding.isEmptyBeyond else { return all }
    let (stride, ahead) = (horizontal.stride, horizontal.before - column * horizontal.dilation)
    let first = ahead > 0 ? (ahead + stride - 1) / stride : 0
    let room = horizontal.input - 1 + ahead
    let end = room < 0 ? 0 : room / stride + 1
    return first < end ? (first..<end).clamped(to: all) : 0..<0
  }

  /// Lays out a line as the windows meet it: what lies beyond the border in its place, 0 for nothing.
  ///
  /// - Parameters:
  ///   - line: nil for a row beyond the border.
  ///   - scale: what the numbers beyond the border are multiplied by.
  package func pad(
    _ line: UnsafePointer<Double>?, channel: Int = 0, scale: Double = 1,
    into padded: UnsafeMutablePointer<Double>
  ) {
    let count = paddedCount / lanes
    let inside = (horizontal.before..<horizontal.before + horizontal.input).clamped(to: 0..<count)
    // Safety: `count` pixels of `lanes` numbers, those `inside` from as many of the line.
    for index in 0..<count {
      if line != nil, inside.contains(index) { continue }
      let source =
        line == nil ? nil : padding.source(index - horizontal.before, count: horizontal.input)
      for lane in 0..<lanes {
        padded[index * lanes + lane] =
          source.map { line![$0 * pixel + lane] } ?? scale * beyond(channel + lane)
      }
    }
    guard let line, !inside.isEmpty else { return }
    let from = line + (inside.lowerBound - horizontal.before) * pixel
    let to = padded + inside.lowerBound * lanes
    if pixel == lanes {
      to.update(from: from, count: inside.count * lanes)
    } else {
      for index in 0..<inside.count {
        for lane in 0..<lanes { to[index * lanes + lane] = from[index * pixel + lane] }
      }
    }
  }

  /// The number of a channel beyond the border, 0 for nothing.
  package func beyond(_ channel: Int) -> Double {
    fill.isEmpty ? 0 : fill[min(channel, fill.count - 1)]
  }

  /// The same of weights that are products.
  package func liveSums(_ y: Int, column: [Double], row: [Double]) -> [Double] {
    let down = column.indices.reduce(0) { sum, tap in
      let position = vertical.start(y) + tap * vertical.dilation
      let isEmpty = fill.isEmpty && padding.source(position, count: vertical.input) == nil
      return isEmpty ? sum : sum + column[tap]
    }
    var sums = [Double](repeating: 0, count: horizontal.output)
    for (tap, weight) in row.enumerated() {
      for x in windows(tap) { sums[x] += down * weight }
    }
    return sums
  }

  /// The sum of the weights whose taps find a number, for each window of result row `y`.
  package func liveSums(_ y: Int, weight: (_ row: Int, _ column: Int) -> Double) -> [Double] {
    var sums = [Double](repeating: 0, count: horizontal.output)
    for row in 0..<vertical.taps {
      let position = vertical.start(y) + row * vertical.dilation
      if fill.isEmpty, padding.source(position, count: vertical.input) == nil { continue }
      for column in 0..<horizontal.taps {
        let weight = weight(row, column)
        for x in windows(column) { sums[x] += weight }
      }
    }
    return sums
  }
}

extension Padding {
  /// Whether no sample of the picture stands beyond the border.
  fileprivate var isEmptyBeyond: Bool {
    switch self {
    case .zero, .constant, .color, .levels, .valid, .truncate: true
    case .replicate, .reflect, .reflect101, .wrap: false
    }
  }
}
