import ConvEngine
import KernelLanguage
import Raster

/// Computes one row of results after the other of a stage in double precision.
final class RealRow {
  let stage: RealStage
  private let window: RowWindow
  let lines: RealLines
  /// The sums down the columns, where they are made for several rows at once.
  private let columns: RealColumns?
  let sums: UnsafeMutablePointer<Double>
  let live: UnsafeMutablePointer<Double>
  let work: UnsafeMutablePointer<Double>
  /// Results of the row that was computed last, `stage.kept` a pixel, not yet rounded.
  let values: UnsafeMutablePointer<Double>
  /// Whether a result is to be stored, where opaque windows are left to others.
  let wanted: UnsafeMutablePointer<Bool>?
  /// The samples of the row that lies under the anchors.
  let own: UnsafeMutablePointer<Double>
  /// Those of them that lie under an anchor, where weights depend on the picture, and memory behind them.
  private let middles: UnsafeMutablePointer<Double>?

  /// Scratch that so many rows of a stage take, in bytes.
  static func scratchBytes(_ stage: RealStage, rows: Int) -> Int {
    let pixel = stage.form.pixel(stage.input.color.channels)
    let lines = RealLines.kept(stage.input, stage.form, windowRows: windowRows(stage))
    let results = stage.output.width * (max(pixel, stage.kept) + 2 + pixel + 2)
    let all =
      lines * RealLines.count(stage.input, stage.form) + results + workCount(stage)
      + stage.input.samplesPerRow
    return all.saturatingSum(localCount(stage) ?? 0).saturatingProduct(8).saturatingSum(1024)
      .saturatingSum(RealColumns.scratchBytes(stage, rows: rows))
  }

  /// Rows from the first to the last of the highest window, of which lines are made.
  private static func windowRows(_ stage: RealStage) -> Int {
    RealColumns.serve(stage)
      ? 0
      : stage.windows.reduce(1) { max($0, $1.vertical.window) }
  }

  /// Numbers for what depends on the picture: the samples under the anchors, and what that kind asks for.
  private static func localCount(_ stage: RealStage) -> Int? {
    guard case .local(let kind, let windows) = stage.work else { return nil }
    let width = stage.output.width
    return (width * windows.lanes)
      .saturatingSum(kind.workCount(width: width, windows))
  }

  private static func workCount(_ stage: RealStage) -> Int {
    let most = stage.kernels.reduce(0) {
      max($0, $1.correlation.workCount, $1.alpha?.workCount ?? 0)
    }
    return max(most, stage.windows.reduce(0) { max($0, $1.paddedCount) })
  }

  /// - Parameter rows: those that will be asked for.
  init(_ stage: RealStage, _ rows: Range<Int>, _ window: RowWindow, _ scratch: Scratch) {
    self.stage = stage
    self.window = window
    lines = RealLines(
      window, stage.input, stage.form, white: stage.white, windowRows: Self.windowRows(stage),
      scratch)
    let pixel = stage.form.pixel(stage.input.color.channels)
    let width = stage.output.width
    // Behind the results what a kernel over several channels weighs alpha with.
    values = scratch.array(of: Double.self, width * (max(pixel, stage.kept) + 2))
    sums = scratch.array(of: Double.self, width * pixel)
    live = scratch.array(of: Double.self, width)
    own = scratch.array(of: Double.self, stage.input.samplesPerRow)
    work = scratch.array(of: Double.self, Self.workCount(stage))
    middles = Self.localCount(stage).map { scratch.array(of: Double.self, $0) }
    wanted = stage.opaque == nil ? nil : scratch.array(of: Bool.self, width)
    columns = RealColumns.serve(stage) ? RealColumns(stage, rows, window, scratch) : nil
  }

  func isWanted(_ x: Int) -> Bool { wanted.map { $0[x] } ?? true }

  var width: Int { stage.output.width }

  /// Computes the results of row `y`.
  func compute(_ y: Int) {
    switch stage.work {
    case .correlate(let kernel): correlate(kernel, y)
    case .combine(let kernels, let combination, let offset):
      combine(kernels, combination, offset, y)
    case .extremum(let windows, let maximum): extremum(windows, maximum, y)
    case .local(let kind, let windows): local(kind, windows, y)
    case .unsharp(let kernel, let amount, let threshold, let isSoft):
      correlate(kernel, y)
      sharpen(amount, threshold, isSoft, y)
    }
  }

  /// The results of one kernel.
  private func correlate(_ kernel: RealKernel, _ y: Int) {
    let correlation = kernel.correlation
    add(kernel, y)
    if kernel.isPremultiplied {
      divide(kernel, y)
      return
    }
    let kept = stage.kept
    for x in 0..<width {
      let evening = kernel.evens ? correlation.evening(live: live[x]) : 1
      for channel in 0..<kept {
        values[x * kept + channel] =
          correlation.quotient(sums[x * kept + channel], evening: evening) + correlation.offset
      }
    }
  }

  /// The sums of a kernel, `lanes` a pixel.
  private func add(_ kernel: RealKernel, _ y: Int) {
    let correlation = kernel.correlation
    let lanes = correlation.windows.lanes
    sums.update(repeating: 0, count: width * lanes)
    if let columns {
      correlation.add(
        columns: columns.row(y), work: work, to: RealCorrelation.Sums(sum: sums))
    }
    for channel in 0..<kernel.depth where columns == nil {
      correlation.add(
        y, channel: channel, lines: { self.lines.line($0) + (kernel.depth > 1 ? channel : 0) },
        work: work, to: RealCorrelation.Sums(sum: sums))
    }
    if kernel.evens {
      let inside = correlation.liveSums(y)
      for x in 0..<width { live[x] = inside[x] }
    }
  }

  private func combine(
    _ kernels: [RealKernel], _ combination: Combination, _ offset: Double, _ y: Int
  ) {
    let kept = stage.kept
    for (number, kernel) in kernels.enumerated() {
      add(kernel, y)
      for index in 0..<width * kept {
        var value = kernel.correlation.quotient(sums[index]) + kernel.correlation.offset
        if stage.isAbsolute { value = abs(value) }
        switch combination {
        case .maximum: values[index] = number == 0 ? value : larger(values[index], value)
        case .minimum: values[index] = number == 0 ? value : smaller(values[index], value)
        case .sum: values[index] = number == 0 ? value : values[index] + value
        case .magnitude: values[index] = (number == 0 ? 0 : values[index]) + value * value
        }
      }
    }
    let isMagnitude = combination == .magnitude
    for index in 0..<width * kept {
      values[index] = (isMagnitude ? values[index].squareRoot() : values[index]) + offset
    }
  }

  private func extremum(_ windows: RealWindows, _ maximum: Bool, _ y: Int) {
    let (lanes, step) = (windows.lanes, windows.horizontal.stride * windows.lanes)
    values.update(repeating: maximum ? -.infinity : .infinity, count: width * lanes)
    windows.visit(y, lines: lines.line, padded: work) { tap in
      for x in tap.windows {
        for lane in 0..<lanes {
          let (value, index) = (tap.samples[x * step + lane], x * lanes + lane)
          values[index] = maximum ? larger(values[index], value) : smaller(values[index], value)
        }
      }
    }
  }

  private func local(_ kind: RealLocal, _ windows: RealWindows, _ y: Int) {
    readOwn(y)
    let lanes = windows.lanes
    let middles = middles!
    for x in 0..<width {
      (middles + x * lanes).update(
        from: own + windows.horizontal.anchorSample(x) * lanes, count: lanes)
    }
    let row = RealLocal.Row(
      width: width, lanes: lanes, colors: stage.input.color.colorChannels, own: middles,
      values: values, sums: sums, totals: live, work: middles + width * lanes)
    if case .normalization(let mean, let deviation, let floor) = kind, RealLocal.isWide(windows) {
      return row.normalize(windows, mean: mean, deviation: deviation, floor: floor, padded: work) {
        windows.visitLines(y, lines: lines.line, padded: work, $0)
      }
    }
    kind.compute(row, windows, padded: work) {
      windows.visitRows(y, lines: lines.line, padded: work, $0)
    }
  }

  /// `in + amount · (in − blurred)`, from the blurred results.
  private func sharpen(_ amount: Double, _ threshold: Double, _ isSoft: Bool, _ y: Int) {
    readOwn(y)
    let (channels, kept) = (stage.input.color.channels, stage.kept)
    let horizontal = stage.windows[0].horizontal
    for x in 0..<width {
      let pixel = own + horizontal.anchorSample(x) * channels
      for channel in 0..<kept {
        var difference = pixel[channel] - values[x * kept + channel]
        // What is no number exceeds everything.
        let exceeds = !(abs(difference) <= threshold)
        if isSoft { difference -= difference < 0 ? -threshold : threshold }
        values[x * kept + channel] = exceeds ? pixel[channel] + amount * difference : pixel[channel]
      }
    }
  }

  func readOwn(_ y: Int) {
    let row = window.row(stage.windows[0].vertical.anchorSample(y))
    let count = stage.input.samplesPerRow
    // Safety: the row holds `count` samples.
    switch stage.input.sample {
    case .uint8:
      let samples = row.assumingMemoryBound(to: UInt8.self)
      for index in 0..<count { own[index] = Double(samples[index]) }
    case .uint16:
      let samples = row.assumingMemoryBound(to: UInt16.self)
      for index in 0..<count { own[index] = Double(samples[index]) }
    case .float32:
      let samples = row.assumingMemoryBound(to: Float.self)
      for index in 0..<count { own[index] = Double(samples[index]) }
    }
  }
}

/// The larger of two numbers; none where one is none.
@inline(__always)
private func larger(_ a: Double, _ b: Double) -> Double { b > a || b.isNaN ? b : a }

/// The smaller of two numbers; none where one is none.
@inline(__always)
private func smaller(_ a: Double, _ b: Double) -> Double { b < a || b.isNaN ? b : a }
