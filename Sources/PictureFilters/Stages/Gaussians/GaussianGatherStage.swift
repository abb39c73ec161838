internal import CConvKernels
import ConvEngine
import Raster

/// The first step of a Gaussian of large σ: sums down the columns on every d-th row, then whole Gaussians
/// along those rows, in single precision.
///
/// - SeeAlso: `GaussianGrid`.
struct GaussianGatherStage: RowStage {
  let input: PictureFormat
  let output: PictureFormat
  let vertical: GaussianGrid
  let horizontal: GaussianGrid
  let padding: Padding
  /// The bytes of a pixel beyond the border, where it is constant.
  let fill: [UInt8]
  /// `horizontal.spreading` for each pixel of a row, in whole quads.
  private let weights: [Float]
  private let starts: [Int32]
  private let taps: Int

  init(
    _ input: PictureFormat, vertical: GaussianGrid, horizontal: GaussianGrid, padding: Padding,
    fill: [UInt8]
  ) {
    precondition(input.sample == .uint8 && fill.count == input.color.channels, "bytes")
    self.input = input
    self.vertical = vertical
    self.horizontal = horizontal
    self.padding = padding
    self.fill = fill
    output = PictureFormat(
      width: input.width, height: vertical.points, color: input.color, sample: .float32)
    let taps = (horizontal.taps + 3) / 4 * 4
    var weights = [Float](repeating: 0, count: input.width * taps)
    for x in 0..<input.width {
      let place = x % horizontal.spacing * horizontal.taps
      for tap in 0..<horizontal.taps {
        weights[x * taps + tap] = horizontal.spreading[place + tap]
      }
    }
    self.weights = weights
    self.taps = taps
    starts = (0..<input.width).map { Int32(horizontal.start($0)) }
  }

  private var channels: Int { input.color.channels }
  /// Rows that a point of the grid sees, and columns.
  private var rowsSeen: Int { 2 * vertical.reach + 1 }
  private var columnsSeen: Int { 2 * horizontal.reach + 1 }
  /// Pixels before the first of the picture in a line.
  private var lead: Int { horizontal.reach - horizontal.first * horizontal.spacing }
  /// Pixels of a line: all that the points of the grid see, and some zeros for whole quads.
  private var linePixels: Int { (horizontal.points - 1) * horizontal.spacing + columnsSeen }
  private static let margin = 8

  var summary: String {
    "Gaussian, sigma \(vertical.sigma) by \(horizontal.sigma), gathered on every"
      + " \(vertical.spacing)th row and \(horizontal.spacing)th column, single precision"
  }
  var reasons: [String] { ["chosen: a grid, from sigma \(GaussianGrid.smallestSigma) on"] }
  var preferredRows: Int { 8 }
  var heldBytes: Int { 4 * weights.count + 4 * starts.count + vertical.bytes + horizontal.bytes }

  /// Of a sample of the output: the whole window down, and a share of those along.
  var operations: Double {
    Double(rowsSeen) + Double(columnsSeen) / Double(horizontal.spacing) + Double(taps)
  }

  func inputRows(for rows: Range<Int>) -> Range<Int> {
    let (first, last) = (vertical.samples(rows.lowerBound), vertical.samples(rows.upperBound - 1))
    let middle = min(max(first.lowerBound + vertical.reach, 0), input.height - 1)
    return padding.sources(first.lowerBound..<last.upperBound, count: input.height)
      .including(middle, middle)
  }

  func scratchBytes(rows: Int) -> Int {
    let line = 4 * channels * (linePixels + 2 * Self.margin) + 192
    let grid = 4 * channels * (horizontal.points + taps + 2 * Self.margin) + 64
    let result = 4 * (output.samplesPerRow + Self.margin)
    return rows.saturatingProduct(line + 8 * rowsSeen + 128)
      .saturatingSum(grid + result + 4 * weightsAlong.count + input.bytesPerRow + (1 << 12))
  }

  /// a along the rows, in whole quads.
  private var weightsAlong: [Float] {
    horizontal.gathering
      + [Float](repeating: 0, count: (4 - horizontal.gathering.count % 4) % 4)
  }

  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    let kernels = MicroKernels.current
    let pixels = linePixels + Self.margin
    let lines = scratch.rows(band.count, bytesPerRow: 4 * channels * pixels)
    gatherColumns(band, window, lines, scratch, kernels)
    let along = weightsAlong
    let grid = scratch.array(of: Float.self, channels * (horizontal.points + taps + Self.margin))
    grid.update(repeating: 0, count: channels * (horizontal.points + taps + Self.margin))
    let result = scratch.array(of: Float.self, output.samplesPerRow + Self.margin)
    var origin: Int32 = 0
    for index in 0..<band.count {
      let line = lines[index].assumingMemoryBound(to: Float.self)
      pad(line, pixels)
      // Safety: a point's window, in whole quads, ends within the line; a pixel is written as a quad at
      // most, within the margin.
      for point in 0..<horizontal.points {
        kernels.resize.row_f32(
          line + point * horizontal.spacing * channels, &origin, along, along.count, channels,
          grid + point * channels, 1)
      }
      (grid + horizontal.points * channels).update(
        repeating: 0, count: channels * (taps + Self.margin))
      kernels.resize.row_f32(grid, starts, weights, taps, channels, result, output.width)
      band.row(band.firstRow + index).copyMemory(from: result, byteCount: output.bytesPerRow)
    }
  }

  /// The sums down the columns, at their place in the lines.
  private func gatherColumns(
    _ band: RowBand, _ window: RowWindow, _ lines: UnsafeMutablePointer<UnsafeMutableRawPointer>,
    _ scratch: Scratch, _ kernels: MicroKernels
  ) {
    let sources = scratch.array(
      of: UnsafePointer<UInt8>?.self, band.count * rowsSeen)
    let beyond = scratch.bytes(input.bytesPerRow)
    for x in 0..<input.samplesPerRow {
      beyond.storeBytes(of: fill[x % channels], toByteOffset: x, as: UInt8.self)
    }
    for index in 0..<band.count {
      for (tap, row) in vertical.samples(band.firstRow + index).enumerated() {
        let source = padding.source(row, count: input.height)
        sources[index * rowsSeen + tap] =
          (source.map { window.row($0) } ?? UnsafeRawPointer(beyond))
          .assumingMemoryBound(to: UInt8.self)
      }
    }
    // Strips of all rows that the band sees stay in the second cache.
    let seen = (band.count - 1) * vertical.spacing + rowsSeen
    let strip = min(max((1 << 18) / seen / 64 * 64, 256), input.samplesPerRow)
    let places = scratch.array(of: UnsafePointer<UInt8>?.self, rowsSeen)
    for start in stride(from: 0, to: input.samplesPerRow, by: strip) {
      let count = min(strip, input.samplesPerRow - start)
      for index in 0..<band.count {
        for tap in 0..<rowsSeen { places[tap] = sources[index * rowsSeen + tap]! + start }
        // Safety: `count` samples of each row from `start` on, and as many of the line.
        kernels.table.pointee.fold_u8_f32(
          places, vertical.gathering, vertical.reach,
          lines[index].assumingMemoryBound(to: Float.self) + lead * channels + start, count)
      }
    }
  }

  /// What stands beyond either end of a line; zeros behind all.
  private func pad(_ line: UnsafeMutablePointer<Float>, _ pixels: Int) {
    func fillPixel(_ index: Int) {
      let target = line + (lead + index) * channels
      if let source = padding.source(index, count: input.width) {
        for channel in 0..<channels { target[channel] = line[(lead + source) * channels + channel] }
      } else {
        for channel in 0..<channels { target[channel] = Float(fill[channel]) }
      }
    }
    for index in -lead..<0 { fillPixel(index) }
    for index in input.width..<max(linePixels - lead, input.width) { fillPixel(index) }
    let end = max(linePixels, lead + input.width)
    (line + end * channels).update(repeating: 0, count: (pixels - end) * channels)
  }
}
