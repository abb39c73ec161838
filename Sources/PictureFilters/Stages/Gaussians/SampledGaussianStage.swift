internal import CConvKernels
import ConvEngine
import Raster

/// The first step of a Gaussian of large σ over samples of 16 bits: sums down the columns for every d-th row,
/// then along those rows, in single precision. Samples are taken from 32768, colours with alpha times alpha,
/// and alpha from 65535, so that opaque pixels are as they are without alpha.
///
/// - SeeAlso: `SampledGaussian`.
struct SampledGaussianStage: GaussianStep {
  let frame: GaussianFrame<SampledGaussian>
  private let starts: [Int32]
  private let cubics: [Float]

  init(_ frame: GaussianFrame<SampledGaussian>) {
    let (input, fill) = (frame.input, frame.fill)
    precondition(input.sample == .uint16 && fill.count == 2 * input.color.channels, "words")
    precondition(!frame.premultiplies || input.color.hasAlpha, "colours and alpha")
    self.frame = frame
    (starts, cubics, _) = frame.horizontal.row
  }

  private var rowsSeen: Int { frame.rowsSeen }
  private var columnsSeen: Int { frame.columnsSeen }
  private var lead: Int { frame.lead }
  private var linePixels: Int { frame.linePixels }
  /// Samples of a line, and as many as micro-kernels may write beyond.
  private var lineSamples: Int { max(linePixels, lead + input.width) * channels + Self.block }
  /// Pixels of a line that lie a spacing apart, and some for whole blocks.
  private var phaseSamples: Int {
    (linePixels / horizontal.spacing + 1) * channels + Self.block
  }
  private var pointSamples: Int { horizontal.points * channels + Self.block }

  /// Samples that micro-kernels take at a time.
  private static let block = 64
  /// Samples of the rows of a window that are worked on together: they stay in the second cache.
  private static let strip = 128

  var summary: String {
    "Gaussian, \(columnsSeen)x\(rowsSeen), summed up \(vertical.spacing) rows and"
      + " \(horizontal.spacing) columns apart, single precision"
      + (premultiplies ? ", premultiplied" : "")
  }
  var preferredRows: Int { 32 }
  var wastesShortBands: Bool { true }
  var heldBytes: Int { 4 * (starts.count + cubics.count) + vertical.bytes + horizontal.bytes }
  var operations: Double { Double(rowsSeen) + Double(columnsSeen) / Double(horizontal.spacing) }

  func scratchBytes(rows: Int) -> Int {
    let lines = rows.saturatingProduct(4 * lineSamples + 192)
    let planes = frame.seen(rows).saturatingProduct(4 * Self.strip + 8)
    let phases = horizontal.spacing * (4 * phaseSamples + 64) + 8 * columnsSeen
    let row = 4 * (pointSamples + output.samplesPerRow + 2 * Self.block)
    return lines.saturatingSum(planes).saturatingSum(phases + row + input.bytesPerRow + 1024)
  }

  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    let lines = scratch.rows(band.count, bytesPerRow: 4 * lineSamples)
    scratch.scoped { sumColumns(band, window, lines, scratch) }
    let result = scratch.array(of: Float.self, output.samplesPerRow + Self.block)
    let beyond = beyond
    for index in 0..<band.count {
      let line = lines[index].assumingMemoryBound(to: Float.self)
      frame.pad(line, beyond: beyond, count: lineSamples)
      scratch.scoped { sumRow(line, result, scratch) }
      band.row(band.firstRow + index).copyMemory(from: result, byteCount: output.bytesPerRow)
    }
  }

  /// The sums down the columns, at their place in the lines.
  private func sumColumns(
    _ band: RowBand, _ window: RowWindow, _ lines: UnsafeMutablePointer<UnsafeMutableRawPointer>,
    _ scratch: Scratch
  ) {
    let kernels = MicroKernels.current.table.pointee.wide
    let seen = frame.seen(band.count)
    let first = vertical.samples(band.firstRow).lowerBound
    let beyond = scratch.bytes(input.bytesPerRow)
    let fill = frame.fill
    for place in 0..<input.bytesPerRow {
      beyond.storeBytes(of: fill[place % fill.count], toByteOffset: place, as: UInt8.self)
    }
    let planes = scratch.array(of: Float.self, seen * Self.strip)
    planes.update(repeating: 0, count: seen * Self.strip)
    let rows = scratch.array(of: UnsafePointer<Float>?.self, seen)
    for row in 0..<seen { rows[row] = UnsafePointer(planes + row * Self.strip) }
    for start in stride(from: 0, to: input.samplesPerRow, by: Self.strip) {
      let count = min(Self.strip, input.samplesPerRow - start)
      // Safety: `count` samples of each row from `start` on, whole pixels of those with alpha; planes hold
      // whole blocks, and so does what is left of a line.
      for row in 0..<seen {
        let source = frame.padding.source(first + row, count: input.height)
        let from =
          (source.map(window.row) ?? UnsafeRawPointer(beyond)).assumingMemoryBound(to: UInt16.self)
          + start
        if premultiplies {
          kernels.premultiply(from, channels, count / channels, planes + row * Self.strip)
        } else {
          kernels.center(from, planes + row * Self.strip, count)
        }
      }
      for index in 0..<band.count {
        let line = lines[index].assumingMemoryBound(to: Float.self) + lead * channels + start
        kernels.fold(
          rows + index * vertical.spacing, vertical.weights, vertical.radius, line, count)
      }
    }
  }

  /// A pixel beyond the border, as lines have it.
  private var beyond: [Float] {
    let kernels = MicroKernels.current.table.pointee.wide
    let fill = frame.fill
    let words = (0..<channels).map { UInt16(fill[2 * $0]) | UInt16(fill[2 * $0 + 1]) << 8 }
    var pixel = [Float](repeating: 0, count: channels)
    // Safety: one pixel.
    if premultiplies {
      kernels.premultiply(words, channels, 1, &pixel)
    } else {
      kernels.center(words, &pixel, channels)
    }
    return pixel
  }

  /// The sums along a line, at its points, and what lies between.
  private func sumRow(
    _ line: UnsafePointer<Float>, _ result: UnsafeMutablePointer<Float>, _ scratch: Scratch
  ) {
    let kernels = MicroKernels.current
    let taps = scratch.array(of: UnsafePointer<Float>?.self, columnsSeen)
    guard horizontal.spacing > 1 else {
      for tap in 0..<columnsSeen { taps[tap] = line + tap * channels }
      // Safety: the last window ends within the line, in whole blocks within its margin.
      kernels.table.pointee.wide.fold(
        taps, horizontal.weights, horizontal.radius, result, output.samplesPerRow)
      return
    }
    let phases = scratch.array(of: Float.self, horizontal.spacing * phaseSamples)
    for phase in 0..<horizontal.spacing {
      part(line, phase, into: phases + phase * phaseSamples)
    }
    for tap in 0..<columnsSeen {
      let (place, phase) = tap.quotientAndRemainder(dividingBy: horizontal.spacing)
      taps[tap] = UnsafePointer(phases + phase * phaseSamples + place * channels)
    }
    let points = scratch.array(of: Float.self, pointSamples)
    // Safety: point p sees pixel p + place of each phase, in whole blocks within its margin; a pixel is made
    // of four points, and read and written as a quad within the margins.
    kernels.table.pointee.wide.fold(
      taps, horizontal.weights, horizontal.radius, points, horizontal.points * channels)
    kernels.resize.row_f32(points, starts, cubics, 4, channels, result, output.width)
  }

  /// Every d-th pixel of a line from `phase` on; zeros behind all.
  private func part(
    _ line: UnsafePointer<Float>, _ phase: Int, into target: UnsafeMutablePointer<Float>
  ) {
    let step = horizontal.spacing * channels
    let count = (linePixels - phase + horizontal.spacing - 1) / horizontal.spacing
    var from = line + phase * channels
    for pixel in 0..<count {
      for channel in 0..<channels { target[pixel * channels + channel] = from[channel] }
      from += step
    }
    (target + count * channels).update(repeating: 0, count: phaseSamples - count * channels)
  }
}
