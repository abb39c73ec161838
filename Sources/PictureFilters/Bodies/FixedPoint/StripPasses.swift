internal import CConvKernels
import Raster

extension TwoPasses {
  /// Taps up to which they are taken where they lie, not from planes.
  static let fewTaps = 12
  private static let strip = 1024
  private static let rowsAtOnce = Int(conv_dot_rows)

  /// Whether both passes go strip by strip, with all sums in the first-level cache.
  func isDirect(_ width: Int) -> Bool {
    kernels.table.pointee.row_taps != nil && rowTaps <= Self.fewTaps
      && reachSamples + sampleStep <= Self.strip && columnPass.isDirect(width)
  }

  private var sumPitch: Int {
    rowPitch((Self.strip + ColumnPass.slack + reachSamples + sampleStep) * 2)
  }

  /// Scratch of the strips: four rows of sums, and one that nobody wants.
  var directBytes: Int { (Self.rowsAtOnce + 1) * sumPitch }

  func runDirectly(
    _ input: UnsafePointer<UnsafeRawPointer>, _ output: UnsafePointer<UnsafeMutableRawPointer>,
    rows: Int, width: Int, scratch: UnsafeMutableRawPointer
  ) {
    var finish = finish
    let entries = (rowTaps + 1) / 2
    for row in stride(from: 0, to: rows, by: Self.rowsAtOnce) {
      for columns in ColumnPass.strips(of: Self.strip, in: width) {
        let count = min(Self.rowsAtOnce, rows - row)
        columnPass.fourRows(
          input + row * rowStride, rows: count,
          available: (rows - 1 - row) * rowStride + windowRows,
          columns: columns.lowerBound..<columns.upperBound + reachSamples, out: scratch,
          outPitch: sumPitch, spare: scratch + Self.rowsAtOnce * sumPitch)
        for index in 0..<count {
          let sums = (scratch + index * sumPitch).assumingMemoryBound(to: Int16.self)
          let out = output[row + index] + columns.lowerBound * self.output.byteCount
          // Safety: a row of sums has room for one tap more, as `row_taps` may read.
          if isMirrored {
            kernels.table.pointee.row_mirrored(
              sums, even, rowTaps, sampleStep, columns.count, out, &finish)
          } else {
            kernels.table.pointee.row_taps(
              sums, even, entries, sampleStep, columns.count, out, &finish)
          }
        }
      }
    }
  }
}
