import ConvEngine
import KernelLanguage
import Raster

/// A stage in double precision: on pictures of floats, and where integers would be rounded too soon.
///
///     one kernel:  out = (Σ w · in) / divisor + offset        colours with alpha: (Σ w·a·c) / (Σ w·a)
///     a set:       out = (op_i v_i) + offset                  v_i: results of the kernels
///     local:       bilateral means, distances from local means
///     unsharp:     out = in + amount · (in − blurred)         where the difference exceeds the threshold
///                  (a soft one is taken from all of them)
///
/// Integers are rounded half up and cut to their range at the very end.
struct RealStage: SpreadableStage {
  enum Work: Sendable {
    case correlate(RealKernel)
    case combine([RealKernel], Combination, offset: Double)
    case extremum(RealWindows, maximum: Bool)
    case unsharp(RealKernel, amount: Double, threshold: Double, isSoft: Bool)
    case local(RealLocal, RealWindows)
  }

  let input: PictureFormat
  let output: PictureFormat
  let work: Work
  /// Full intensity of the input.
  let white: Double
  /// Whether results are cut to `0 … white` where samples are floats.
  let clamps: Bool
  /// Whether the magnitudes of the results of a set are combined.
  let isAbsolute: Bool
  /// Channels that are copied.
  let copies: [CorrelationStage.ChannelCopy]
  /// What windows run through that are opaque all over, on pictures with alpha.
  var opaque: CorrelationStage?
  /// Results to spread over the whole range.
  var spread: Extremes?

  func inputRows(for rows: Range<Int>) -> Range<Int> {
    let all = windows.map { $0.inputRows(for: rows) }
    return all.dropFirst().reduce(all[0]) {
      min($0.lowerBound, $1.lowerBound)..<max($0.upperBound, $1.upperBound)
    }
  }

  var operations: Double {
    let own =
      switch work {
      case .extremum(let windows, _):
        Double(windows.horizontal.taps * windows.vertical.taps)
      case .local(let kind, let windows):
        kind.operations(taps: windows.horizontal.taps * windows.vertical.taps)
      case .correlate, .combine, .unsharp: kernels.reduce(0) { $0 + $1.correlation.operations }
      }
    return own + (opaque?.operations ?? 0)
  }

  var heldBytes: Int { opaque?.heldBytes ?? 0 }

  func scratchBytes(rows: Int) -> Int {
    RealRow.scratchBytes(self, rows: min(rows, RealColumns.mostRows(self) ?? rows))
      .saturatingSum(opaque?.scratchBytes(rows: rows) ?? 0)
  }

  func extremesBytes(rows: Int) -> Int {
    RealRow.scratchBytes(self, rows: min(rows, RealColumns.mostRows(self) ?? rows))
  }

  var preferredRows: Int { RealColumns.serve(self) ? 32 : 16 }

  var summary: String {
    let size = windows.map { "\($0.horizontal.taps)x\($0.vertical.taps)" }[0]
    let what =
      switch work {
      case .correlate(let kernel): kernel.isPremultiplied ? ", colours weighted by alpha" : ""
      case .combine(let kernels, let combination, _): ", \(kernels.count) kernels, \(combination)"
      case .extremum(_, let maximum): maximum ? ", maximum" : ", minimum"
      case .unsharp(_, let amount, _, _): ", unsharp, amount \(amount)"
      case .local(.bilateral, _): ", bilateral"
      case .local(.nonLocalMeans, _): ", non-local means"
      case .local(.normalization, _): ", local normalisation"
      }
    return "\(size) in double precision\(what)" + (opaque.map { "; opaque: " + $0.summary } ?? "")
  }

  func spreading(_ extremes: Extremes) -> RealStage {
    var stage = self
    stage.spread = extremes
    return stage
  }

  var windows: [RealWindows] {
    switch work {
    case .correlate(let kernel), .unsharp(let kernel, _, _, _): [kernel.correlation.windows]
    case .combine(let kernels, _, _): kernels.map(\.correlation.windows)
    case .extremum(let windows, _), .local(_, let windows): [windows]
    }
  }

  var kernels: [RealKernel] {
    switch work {
    case .correlate(let kernel), .unsharp(let kernel, _, _, _): [kernel]
    case .combine(let kernels, _, _): kernels
    case .extremum, .local: []
    }
  }

  var form: RealLines.Form { kernels.first?.isPremultiplied == true ? .premultiplied : .plain }

  /// Samples of a pixel of the result that are computed: the first ones.
  var kept: Int {
    guard let kernel = kernels.first else { return input.color.channels }
    if kernel.isPremultiplied { return output.color.channels }
    return kernel.depth > 1 ? 1 : input.color.channels
  }

  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    opaque?.produce(band, from: window, scratch: scratch)
    let isOpaque =
      opaque != nil
      && inputRows(for: band.rows).allSatisfy { input.isOpaque(window.row($0)) }
    for rows in parts(of: band.rows) {
      scratch.scoped {
        let row = isOpaque ? nil : RealRow(self, rows, window, scratch)
        for y in rows {
          row?.compute(y)
          store(row, band.row(y))
        }
      }
    }
    copy(copies, from: window, to: band, [windows[0].vertical], [windows[0].horizontal])
  }

  func extremes(
    of rows: Range<Int>, in part: SelectedPart?, from window: RowWindow, scratch: Scratch
  ) -> Extremes {
    let counted = (0..<kept).filter { channel in !copies.contains { $0.to == channel } }
    var found = Extremes()
    for rows in self.parts(of: rows) {
      scratch.scoped { add(rows, in: part, counted, from: window, scratch, to: &found) }
    }
    return found
  }

  private func add(
    _ rows: Range<Int>, in part: SelectedPart?, _ counted: [Int], from window: RowWindow,
    _ scratch: Scratch, to found: inout Extremes
  ) {
    let row = RealRow(self, rows, window, scratch)
    for y in rows {
      row.compute(y)
      for x in 0..<output.width where part?.contains(row: y, column: x) ?? true {
        for channel in counted {
          let value = row.values[x * kept + channel]
          // What is infinite has no place between black and white.
          guard value.isFinite else { continue }
          found.low = min(found.low, value)
          found.high = max(found.high, value)
        }
      }
    }
  }

  /// Rows that are computed together: narrow pictures have many of them a band, and columns a list of taps for
  /// each.
  private func parts(of rows: Range<Int>) -> [Range<Int>] {
    let most = RealColumns.mostRows(self) ?? rows.count
    return stride(from: rows.lowerBound, to: rows.upperBound, by: max(most, 1)).map {
      $0..<min($0 + most, rows.upperBound)
    }
  }

  /// - Parameter row: nil where all windows are opaque.
  private func store(_ row: RealRow?, _ target: UnsafeMutableRawPointer) {
    switch output.sample {
    case .uint8: store(row, target, UInt8.self)
    case .uint16: store(row, target, UInt16.self)
    case .float32: if let row { storeFloats(row, target) }
    }
  }

  /// Levels of the output for one of the results.
  private var gain: Double {
    output.sample == .float32 ? 1 : output.sample.maximum / white
  }

  /// What becomes of a result before it is stored.
  private var mapping: (factor: Double, shift: Double) {
    guard let spread else { return (gain, 0) }
    let range = spread.high - spread.low
    let top = output.sample == .float32 ? white : output.sample.maximum
    return range > 0 ? (top / range, -spread.low * top / range) : (0, 0)
  }

  private func store<Sample: FixedWidthInteger>(
    _ row: RealRow?, _ target: UnsafeMutableRawPointer, _ type: Sample.Type
  ) {
    // Safety: the row holds `output.width` pixels; `kept` of the samples of each are computed.
    let samples = target.assumingMemoryBound(to: Sample.self)
    let (channels, kept, top) = (output.color.channels, kept, Double(Sample.max))
    let (factor, shift) = mapping
    for x in 0..<output.width {
      guard let row, row.isWanted(x) else {
        // Opaque windows have their colours from elsewhere.
        samples[x * channels + channels - 1] = Sample.max
        continue
      }
      for channel in 0..<kept {
        let level = (row.values[x * kept + channel] * factor + shift + 0.5).rounded(.down)
        samples[x * channels + channel] = Sample(min(max(level, 0), top))
      }
    }
  }

  private func storeFloats(_ row: RealRow, _ target: UnsafeMutableRawPointer) {
    // Safety: as above.
    let samples = target.assumingMemoryBound(to: Float.self)
    let (channels, kept) = (output.color.channels, kept)
    let (factor, shift) = mapping
    for x in 0..<output.width where row.isWanted(x) {
      for channel in 0..<kept {
        let value = row.values[x * kept + channel] * factor + shift
        samples[x * channels + channel] = Float(clamps ? min(max(value, 0), white) : value)
      }
    }
  }
}

/// A kernel of a stage in double precision.
struct RealKernel: Sendable {
  let correlation: RealCorrelation
  /// Channels summed over (≥ 1).
  let depth: Int
  /// Whether colours are weighted by alpha.
  let isPremultiplied: Bool
  /// Whether windows over the border are divided by the weights that lie inside.
  let evens: Bool
  /// One weight a tap for alpha, where the kernel sums over channels.
  let alpha: RealCorrelation?
  /// What rounding may leave of a sum of weights that cancel: 0 where none are negative.
  let noise: Double
}
