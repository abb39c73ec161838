internal import CConvKernels
import Raster

/// The second step of a Gaussian of large σ: from every d-th row to all, rounded to samples.
///
/// - SeeAlso: `GaussianGrid`, `SampledGaussian`.
struct GaussianScatterStage: RowStage {
  let input: PictureFormat
  let output: PictureFormat
  let vertical: any GridAxis
  /// Whether colours are divided by alpha: of bytes from 0 to 1, of 16 bits what it lacks.
  let divides: Bool

  /// - Parameter sample: 8 bits, or 16, of which the rows hold what they differ from 32768.
  init(_ input: PictureFormat, vertical: any GridAxis, sample: SampleType, divides: Bool) {
    self.input = input
    self.divides = divides
    self.vertical = vertical
    output = PictureFormat(
      width: input.width, height: vertical.count, color: input.color, sample: sample)
  }

  /// Samples of the rows of a window that are worked on together.
  private static let strip = 2048

  var summary: String { "spread from \(vertical.taps) rows of the grid to each" }
  var preferredRows: Int { 32 }
  var heldBytes: Int { 4 * vertical.scattering.count }
  var operations: Double { Double(vertical.taps) }

  func inputRows(for rows: Range<Int>) -> Range<Int> {
    let starts = rows.map(vertical.start)
    return starts.min()!..<starts.max()! + vertical.taps
  }

  func scratchBytes(rows: Int) -> Int { 4 * Self.strip + 8 * vertical.taps + 256 }

  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    let table = MicroKernels.current.table.pointee
    let taps = vertical.taps
    let line = scratch.array(of: Float.self, Self.strip)
    let rows = scratch.array(of: UnsafePointer<Float>?.self, taps)
    vertical.scattering.withUnsafeBufferPointer { weights in
      for start in stride(from: 0, to: output.samplesPerRow, by: Self.strip) {
        let count = min(Self.strip, output.samplesPerRow - start)
        for y in band.rows {
          let first = vertical.start(y)
          for tap in 0..<taps {
            rows[tap] = window.row(first + tap).assumingMemoryBound(to: Float.self) + start
          }
          // Safety: `count` samples of each row from `start` on.
          table.sum_f32(
            rows, weights.baseAddress! + y % vertical.spacing * taps, taps, taps, line, count)
          store(line, count, band.row(y), at: start, table)
        }
      }
    }
  }

  /// Rounds samples, whole pixels of those with alpha.
  private func store(
    _ line: UnsafePointer<Float>, _ count: Int, _ row: UnsafeMutableRawPointer, at start: Int,
    _ table: conv_filter_table
  ) {
    let channels = output.color.channels
    // Safety: `count` samples lie in the row from `start` on.
    if output.sample == .uint8 {
      let out = row.assumingMemoryBound(to: UInt8.self) + start
      if divides {
        table.divide_alpha_f32_u8(line, channels, count / channels, out)
      } else {
        table.round_f32_u8(line, out, count)
      }
    } else {
      let out = row.assumingMemoryBound(to: UInt16.self) + start
      if divides {
        table.wide.divide(line, channels, count / channels, out)
      } else {
        table.wide.round(line, out, count)
      }
    }
  }
}
