internal import CConvKernels
import ConvEngine
import Raster

/// Columns, then rows, through an intermediate of 16 bits, for rows of any length.
///
/// The rows of sums are parted into planes of every `sampleStep`-th sample; in a plane the taps are
/// neighbours, and a 32-bit lane holds two of them as it lies in memory.
///
/// Takes whole blocks: at least `ByteColumns.block` columns a call.
struct PlanePasses: FilterBody {
  let kernels: MicroKernels
  let columns: ByteColumns
  /// Weights for results at even and at odd places: (w[2j], w[2j + 1]) and (w[2j − 1], w[2j]).
  let even: [UInt32]
  let odd: [UInt32]
  let rowTaps: Int
  let sampleStep: Int
  let finish: conv_finish
  let output: Element
  let title: String

  /// What `row_dot` and `split_i16` may touch beyond a row, in samples.
  private static let slack = 512

  init(_ pair: PassPair, _ request: BodyRequest, kernels: MicroKernels) {
    self.kernels = kernels
    columns = ByteColumns(pair.column, request, finish: pair.first, kernels: kernels)
    even = pair.words(from: 0)
    odd = pair.words(from: -1)
    rowTaps = pair.row.count
    sampleStep = request.sampleStep
    finish = pair.last
    output = request.output
    title = pair.title
  }

  var input: Element { .uint8 }
  var windowRows: Int { columns.windowRows }
  var rowStride: Int { columns.rowStride }
  var reachSamples: Int { (rowTaps - 1) * sampleStep }
  var preferredRows: Int { 32 }
  var summary: String {
    "\(title): \(windowRows) rows, then \(rowTaps) columns, plane by plane, \(kernels.name)"
  }

  /// Rows of sums that are held at once.
  private var chunk: Int { windowRows > 48 ? 32 : 16 }

  private struct Layout {
    var sumPitch: Int
    var planePitch: Int
    var resultPitch: Int
    var sums: Int
    var planes: Int
    var results: Int
    var total: Int
  }

  private func layout(rows: Int, width: Int) -> Layout {
    let held = min(rows, chunk)
    let sumPitch = rowPitch((width + reachSamples + sampleStep) * 2)
    let pixels = (width + sampleStep - 1) / sampleStep
    let planePitch = rowPitch((pixels + rowTaps + Self.slack) * 2)
    let resultPitch = rowPitch((pixels + Self.slack) * output.byteCount)
    // One row more, that nobody wants.
    let sums = sumPitch
    let planes = sums + held * sumPitch
    let results = planes + sampleStep * planePitch
    return Layout(
      sumPitch: sumPitch, planePitch: planePitch, resultPitch: resultPitch, sums: sums,
      planes: planes, results: results, total: results + sampleStep * resultPitch)
  }

  func scratchBytes(rows: Int, width: Int) -> Int {
    layout(rows: rows, width: width).total
  }

  func run(_ input: InputRows, _ output: OutputRows, rows: Int, width: Int, scratch: RawMemory) {
    let layout = layout(rows: rows, width: width)
    for first in stride(from: 0, to: rows, by: chunk) {
      let count = min(chunk, rows - first)
      columns.run(
        input + first * rowStride, rows: count, width: width + reachSamples,
        out: scratch + layout.sums, outPitch: layout.sumPitch, spare: scratch)
      for row in 0..<count {
        rowPass(
          scratch + layout.sums + row * layout.sumPitch, output[first + row], width: width,
          layout, scratch)
      }
    }
  }

  private func rowPass(
    _ sums: UnsafeMutableRawPointer, _ out: UnsafeMutableRawPointer, width: Int, _ layout: Layout,
    _ scratch: UnsafeMutableRawPointer
  ) {
    let planes = (scratch + layout.planes).assumingMemoryBound(to: Int16.self)
    let results = scratch + layout.results
    let pixels = (width + sampleStep - 1) / sampleStep
    // Safety: a row of sums has room for a last pixel that is not whole; planes and results have
    // `slack` samples more than their pixels.
    kernels.table.pointee.split_i16(
      sums.assumingMemoryBound(to: Int16.self), sampleStep, pixels + rowTaps - 1, planes,
      layout.planePitch / 2)
    var finish = finish
    for plane in 0..<sampleStep {
      kernels.table.pointee.row_dot(
        planes + plane * layout.planePitch / 2, even, odd, even.count, pixels,
        results + plane * layout.resultPitch, &finish)
    }
    join(UnsafeRawPointer(results), layout.resultPitch, width: width, out)
  }

  private func join(
    _ results: UnsafeRawPointer, _ distance: Int, width: Int, _ out: UnsafeMutableRawPointer
  ) {
    let whole = width / sampleStep
    switch output {
    case .uint8:
      kernels.table.pointee.join_u8(results.samples(), distance, sampleStep, whole, out.samples())
    case .uint16:
      kernels.table.pointee.join_u16(
        results.samples(), distance / 2, sampleStep, whole, out.samples())
    default:
      kernels.table.pointee.join_u32(
        results.samples(), distance / 4, sampleStep, whole, out.samples())
    }
    // The samples of a last pixel that is not whole.
    let size = output.byteCount
    for plane in 0..<width - whole * sampleStep {
      (out + (whole * sampleStep + plane) * size).copyMemory(
        from: results + plane * distance + whole * size, byteCount: size)
    }
  }
}
