internal import CConvKernels
import Raster

/// Columns, then rows, exactly, for factors whose sums need more than 32 bits.
///
/// The weights of the column are parted so that each part sums in 32 bits. Such sums are weighted along
/// the row in doubles, which hold them exactly, and the parts meet in 64 bits.
struct LongPasses: FilterBody {
  private struct ColumnPart: Sendable {
    var pass: ColumnPass
    var shift: Int32
  }

  let kernels: MicroKernels
  let output: Element
  private let parts: [ColumnPart]
  private let row: [Double]
  private let sampleStep: Int
  private let finish: LongFinish

  private static let strip = 1024

  init(_ request: BodyRequest, kernels: MicroKernels) throws(BodyRefusal) {
    guard request.output != .int32 else { throw .sumsInWords }
    guard request.first == 0 else { throw .shifted }
    let (column, row) = try request.factors()
    // What is weighted along the row may grow by the row's magnitude, up to 2^53.
    let magnitude = row.reduce(0.0) { $0 + Double($1.magnitude) }
    guard magnitude < 0x1p53 else { throw .sumsTooWide(bits: 53) }
    let parted = try WeightParts(
      column, top: request.top, largest: min(Int(0x1p53 / max(magnitude, 1)), Int(Int32.max)))
    var parts: [ColumnPart] = []
    for part in parted.parts {
      let finish = try conv_finish(
        sums: sumBounds(part.weights.lazy.map { Int($0) }, top: request.top),
        bias: ColumnPass.bias(part.weights, request.input), rounding: nil, output: .int32)
      parts.append(
        ColumnPart(
          pass: ColumnPass(part.weights, request, finish: finish, kernels: kernels),
          shift: Int32(part.shift)))
    }
    self.kernels = kernels
    self.parts = parts
    self.row = row.map { Double($0) }
    output = request.output
    sampleStep = request.sampleStep
    finish = LongFinish(request.rounding, output: request.output, kernels: kernels)
  }

  var input: Element { parts[0].pass.input }
  var windowRows: Int { parts[0].pass.windowRows }
  var rowStride: Int { parts[0].pass.rowStride }
  var reachSamples: Int { (row.count - 1) * sampleStep }
  var preferredRows: Int { 32 }
  var summary: String {
    "two exact passes in 64 bits: \(windowRows) rows, then \(row.count) columns, \(kernels.name)"
  }

  private struct Layout {
    /// Rows of sums that are held at once.
    var held: Int
    var linePitch: Int
    var lines: Int
    var numbers: Int
    var sums: Int
    var total: Int
  }

  private func layout(rows: Int, width: Int) -> Layout {
    let held = min(rows, windowRows > 48 ? 32 : 16)
    let linePitch = rowPitch((width + reachSamples) * 4)
    let lines = parts[0].pass.scratchBytes(rows: held)
    let numbers = lines + parts.count * held * linePitch
    let sums = numbers + rowPitch((Self.strip + reachSamples) * 8)
    return Layout(
      held: held, linePitch: linePitch, lines: lines, numbers: numbers, sums: sums,
      total: sums + Self.strip * 8)
  }

  func scratchBytes(rows: Int, width: Int) -> Int { layout(rows: rows, width: width).total }

  func run(_ input: InputRows, _ output: OutputRows, rows: Int, width: Int, scratch: RawMemory) {
    let layout = layout(rows: rows, width: width)
    for first in stride(from: 0, to: rows, by: layout.held) {
      let count = min(layout.held, rows - first)
      for (index, part) in parts.enumerated() {
        part.pass.run(
          input + first * rowStride, rows: count, width: width + reachSamples,
          out: scratch + layout.lines + index * layout.held * layout.linePitch,
          outPitch: layout.linePitch, scratch: scratch)
      }
      for row in 0..<count {
        rowPass(row, output[first + row], width: width, layout, scratch)
      }
    }
  }

  private func rowPass(
    _ row: Int, _ out: UnsafeMutableRawPointer, width: Int, _ layout: Layout,
    _ scratch: UnsafeMutableRawPointer
  ) {
    let numbers = (scratch + layout.numbers).assumingMemoryBound(to: Double.self)
    let held = (scratch + layout.sums).assumingMemoryBound(to: Int64.self)
    for start in stride(from: 0, to: width, by: Self.strip) {
      let count = min(Self.strip, width - start)
      let sums = output == .int64 ? out.assumingMemoryBound(to: Int64.self) + start : held
      for (index, part) in parts.enumerated() {
        let line = scratch + layout.lines + (index * layout.held + row) * layout.linePitch
        // Safety: `start + count + reach` is at most the length of the row of sums.
        kernels.table.pointee.widen_i32_f64(
          line.assumingMemoryBound(to: Int32.self) + start, numbers, count + reachSamples)
        kernels.table.pointee.sum_row_f64(
          numbers, sampleStep, self.row, self.row.count, part.shift, index == 0 ? 1 : 0, sums, count
        )
      }
      if output != .int64 { finish.store(sums, count, out, at: start) }
    }
  }
}
