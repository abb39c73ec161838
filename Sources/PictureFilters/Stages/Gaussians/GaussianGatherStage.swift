internal import CConvKernels
import ConvEngine
import Raster

/// The first step of a Gaussian of large σ: sums down the columns on every d-th row, then whole Gaussians
/// along those rows, in single precision. Colours with alpha are multiplied by it first: 255 is 1, so that
/// opaque pixels are as they are without alpha.
///
/// - SeeAlso: `GaussianGrid`.
struct GaussianGatherStage: GaussianStep {
  let frame: GaussianFrame<GaussianGrid>
  /// `horizontal.scattering` for each pixel of a row, in whole quads.
  private let weights: [Float]
  private let starts: [Int32]
  private let taps: Int

  init(_ frame: GaussianFrame<GaussianGrid>) {
    let (input, fill) = (frame.input, frame.fill)
    precondition(input.sample == .uint8 && fill.count == input.color.channels, "bytes")
    precondition(!frame.premultiplies || input.color.hasAlpha, "colours and alpha")
    self.frame = frame
    (starts, weights, taps) = frame.horizontal.row
  }

  private var rowsSeen: Int { frame.rowsSeen }
  /// Samples of a line, and some zeros for whole quads.
  private var lineSamples: Int { channels * (frame.linePixels + Self.margin) }
  private static let margin = 8

  var summary: String {
    "Gaussian, sigma \(vertical.sigma) by \(horizontal.sigma), gathered on every"
      + " \(vertical.spacing)th row and \(horizontal.spacing)th column, single precision"
      + (premultiplies ? ", premultiplied" : "")
  }
  var preferredRows: Int { 8 }
  var heldBytes: Int { 4 * weights.count + 4 * starts.count + vertical.bytes + horizontal.bytes }

  /// Of a sample of the output: the whole window down, and a share of those along.
  var operations: Double {
    Double(rowsSeen) + Double(frame.columnsSeen) / Double(horizontal.spacing) + Double(taps)
  }

  func scratchBytes(rows: Int) -> Int {
    let line = 4 * (lineSamples + channels * Self.margin) + 192
    let grid = 4 * channels * (horizontal.points + taps + 2 * Self.margin) + 64
    let result = 4 * (output.samplesPerRow + Self.margin)
    let planes =
      premultiplies
      ? (inputCount(for: rows) + 1).saturatingProduct(4 * strip(rows)).saturatingSum(1 << 11) : 0
    let pointers = 8 * inputCount(for: rows) + 192
    return rows.saturatingProduct(line + 8 * rowsSeen + 128).saturatingSum(planes)
      .saturatingSum(pointers)
      .saturatingSum(grid + result + 4 * weightsAlong.count + input.bytesPerRow + (1 << 12))
  }

  /// a along the rows, in whole quads.
  private var weightsAlong: [Float] {
    horizontal.gathering
      + [Float](repeating: 0, count: (4 - horizontal.gathering.count % 4) % 4)
  }

  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    let kernels = MicroKernels.current
    let lines = scratch.rows(band.count, bytesPerRow: 4 * lineSamples)
    gatherColumns(band, window, lines, scratch, kernels)
    let (along, beyond) = (weightsAlong, beyond)
    let grid = scratch.array(of: Float.self, channels * (horizontal.points + taps + Self.margin))
    grid.update(repeating: 0, count: channels * (horizontal.points + taps + Self.margin))
    let result = scratch.array(of: Float.self, output.samplesPerRow + Self.margin)
    var origin: Int32 = 0
    for index in 0..<band.count {
      let line = lines[index].assumingMemoryBound(to: Float.self)
      frame.pad(line, beyond: beyond, count: lineSamples)
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
      raise(result)
      band.row(band.firstRow + index).copyMemory(from: result, byteCount: output.bytesPerRow)
    }
  }

  /// Lifts the values of a row by less than what is rounded away on the way, so that what lies in the middle of
  /// two levels, as everywhere on a board of black and white pixels, becomes the upper one.
  private func raise(_ result: UnsafeMutablePointer<Float>) {
    let step: Float = 1.0 / 256
    if premultiplies {
      for pixel in stride(from: 0, to: output.samplesPerRow, by: channels) {
        let part = step * result[pixel + channels - 1]
        for channel in 0..<channels - 1 { result[pixel + channel] += part }
      }
    } else {
      for index in 0..<output.samplesPerRow { result[index] += step }
    }
  }

  /// The sums down the columns, at their place in the lines.
  private func gatherColumns(
    _ band: RowBand, _ window: RowWindow, _ lines: UnsafeMutablePointer<UnsafeMutableRawPointer>,
    _ scratch: Scratch, _ kernels: MicroKernels
  ) {
    let needed = inputRows(for: band.rows)
    let beyond = scratch.bytes(input.bytesPerRow)
    for x in 0..<input.samplesPerRow {
      beyond.storeBytes(of: frame.fill[x % channels], toByteOffset: x, as: UInt8.self)
    }
    // What each tap of each row of the band sees, by its place in the window; the border's comes last.
    let sources = scratch.array(of: Int32.self, band.count * rowsSeen)
    for index in 0..<band.count {
      for (tap, row) in vertical.samples(band.firstRow + index).enumerated() {
        let source = frame.padding.source(row, count: input.height)
        sources[index * rowsSeen + tap] = Int32(
          source.map { $0 - needed.lowerBound } ?? needed.count)
      }
    }
    let rows = scratch.array(of: UnsafePointer<UInt8>.self, needed.count + 1)
    for index in 0...needed.count {
      let row =
        index < needed.count ? window.row(needed.lowerBound + index) : UnsafeRawPointer(beyond)
      rows[index] = row.assumingMemoryBound(to: UInt8.self)
    }
    let target = { (index: Int) in
      lines[index].assumingMemoryBound(to: Float.self) + frame.lead * channels
    }
    if premultiplies {
      gatherPremultiplied(
        band.count, rows, needed.count, sources, target, scratch, kernels.table.pointee)
      return
    }
    let strip = strip(band.count)
    let places = scratch.array(of: UnsafePointer<UInt8>?.self, rowsSeen)
    for start in stride(from: 0, to: input.samplesPerRow, by: strip) {
      let count = min(strip, input.samplesPerRow - start)
      for index in 0..<band.count {
        for tap in 0..<rowsSeen {
          places[tap] = rows[Int(sources[index * rowsSeen + tap])] + start
        }
        // Safety: `count` samples of each row from `start` on, and as many of the line.
        kernels.table.pointee.fold_u8_f32(
          places, vertical.gathering, vertical.reach, target(index) + start, count)
      }
    }
  }

  /// Samples of the rows that a band sees which stay in the second cache together.
  private func strip(_ rows: Int) -> Int {
    let bytes = premultiplies ? MemoryLayout<Float>.size : 1
    let most = (premultiplies ? 1 << 19 : 1 << 18) / frame.seen(rows) / bytes / 64 * 64
    return min(max(most, premultiplies ? 512 : 256), input.samplesPerRow)
  }

  /// The same of colours times alpha, which are worked out once for all rows of the band that see them.
  private func gatherPremultiplied(
    _ count: Int, _ rows: UnsafePointer<UnsafePointer<UInt8>>, _ beyond: Int,
    _ sources: UnsafePointer<Int32>, _ target: (Int) -> UnsafeMutablePointer<Float>,
    _ scratch: Scratch, _ table: conv_filter_table
  ) {
    let alphas = (0...255).map { Float($0) / 255 }
    let strip = strip(count)
    let planes = scratch.array(of: Float.self, (beyond + 1) * strip)
    let places = scratch.array(of: UnsafePointer<Float>?.self, rowsSeen)
    for start in stride(from: 0, to: input.samplesPerRow, by: strip) {
      let samples = min(strip, input.samplesPerRow - start)
      // Safety: whole pixels of each row from `start` on.
      for row in 0...beyond {
        table.premultiply_u8_f32(
          rows[row] + start, alphas, channels, samples / channels, planes + row * strip)
      }
      for index in 0..<count {
        for tap in 0..<rowsSeen {
          places[tap] = UnsafePointer(planes + Int(sources[index * rowsSeen + tap]) * strip)
        }
        table.fold_f32(places, vertical.gathering, vertical.reach, target(index) + start, samples)
      }
    }
  }

  /// A pixel beyond the border, as lines have it.
  private var beyond: [Float] {
    let fill = frame.fill
    let alpha = premultiplies ? Float(fill[channels - 1]) / 255 : 1
    return fill.enumerated().map { channel, value in
      premultiplies && channel == channels - 1 ? alpha : Float(value) * alpha
    }
  }
}
