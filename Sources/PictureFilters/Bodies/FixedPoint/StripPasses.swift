internal import CConvKernels
import Raster

/// Both passes of a `PassPair` strip by strip, with all sums in the second-level cache, as the rows of the
/// input are; the few taps of a row are taken where they lie.
///
/// Takes whole blocks: at least `ByteColumns.block` columns a call.
struct StripPasses: FilterBody {
  let kernels: MicroKernels
  let columns: ByteColumns
  let weights: [UInt32]
  let rowTaps: Int
  /// Whether taps of the same weight are added before they are weighted.
  let isMirrored: Bool
  let sampleStep: Int
  let finish: conv_finish
  let output: Element
  let title: String

  private static let mostTaps = 12
  private static let strip = 8192
  private static let rowsAtOnce = ByteColumns.rowsAtOnce

  /// - Parameter isMirrored: whether taps of the same weight are to be added first.
  init(
    _ pair: PassPair, _ request: BodyRequest, isMirrored: Bool, kernels: MicroKernels
  ) throws(BodyRefusal) {
    let table = kernels.table.pointee
    guard table.row_taps != nil, !isMirrored || table.row_mirrored != nil else {
      throw .noInstruction
    }
    let pair = isMirrored ? try pair.mirrored() : pair
    guard pair.row.count <= Self.mostTaps else { throw .tooManyTaps(most: Self.mostTaps) }
    self.kernels = kernels
    self.isMirrored = isMirrored
    columns = ByteColumns(pair.column, request, finish: pair.first, kernels: kernels)
    weights = pair.words(from: 0)
    rowTaps = pair.row.count
    sampleStep = request.sampleStep
    finish = pair.last
    output = request.output
    title = pair.title
    guard reachSamples + sampleStep <= Self.strip else { throw .windowTooLarge }
  }

  var input: Element { .uint8 }
  var windowRows: Int { columns.windowRows }
  var rowStride: Int { columns.rowStride }
  var reachSamples: Int { (rowTaps - 1) * sampleStep }
  var preferredRows: Int { 32 }
  var summary: String {
    "\(title): \(windowRows) rows, then \(rowTaps) columns, strip by strip, \(kernels.name)"
  }

  private var sumPitch: Int {
    rowPitch((Self.strip + ByteColumns.block + reachSamples + sampleStep) * 2)
  }

  /// Four rows of sums, and one that nobody wants.
  func scratchBytes(rows: Int, width: Int) -> Int { (Self.rowsAtOnce + 1) * sumPitch }

  func run(_ input: InputRows, _ output: OutputRows, rows: Int, width: Int, scratch: RawMemory) {
    var finish = finish
    for row in stride(from: 0, to: rows, by: Self.rowsAtOnce) {
      for strip in ByteColumns.strips(of: Self.strip, in: width) {
        let count = min(Self.rowsAtOnce, rows - row)
        columns.fourRows(
          input + row * rowStride, rows: count,
          available: (rows - 1 - row) * rowStride + windowRows,
          columns: strip.lowerBound..<strip.upperBound + reachSamples, out: scratch,
          outPitch: sumPitch, spare: scratch + Self.rowsAtOnce * sumPitch)
        for index in 0..<count {
          let sums = (scratch + index * sumPitch).assumingMemoryBound(to: Int16.self)
          let out = output[row + index] + strip.lowerBound * self.output.byteCount
          // Safety: a row of sums has room for one tap more, as `row_taps` may read.
          if isMirrored {
            kernels.table.pointee.row_mirrored(
              sums, weights, rowTaps, sampleStep, strip.count, out, &finish)
          } else {
            kernels.table.pointee.row_taps(
              sums, weights, (rowTaps + 1) / 2, sampleStep, strip.count, out, &finish)
          }
        }
      }
    }
  }
}
