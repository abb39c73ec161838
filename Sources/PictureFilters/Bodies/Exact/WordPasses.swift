internal import CConvKernels
import ConvEngine
import Raster

/// Columns, then rows, exactly, through an intermediate of 32 bits.
struct WordPasses: FilterBody {
  let kernels: MicroKernels
  let columnPass: ColumnPass
  let row: [Int32]
  let sampleStep: Int
  let finish: conv_finish
  let output: Element

  private static let chunk = 16
  private static let strip = 1024

  init(_ request: BodyRequest, kernels: MicroKernels) throws(BodyRefusal) {
    guard request.first == 0 else { throw .shifted }
    let factors = try request.factors()
    let column = factors.column.compactMap { Int16(exactly: $0) }.map { Int32($0) }
    guard column.count == factors.column.count else { throw .weightsTooWide(bits: 16) }
    row = factors.row.compactMap { Int32(exactly: $0) }
    guard row.count == factors.row.count else { throw .weightsTooWide(bits: 32) }
    let first = try conv_finish(
      sums: sumBounds(factors.column, top: request.top),
      bias: ColumnPass.bias(column, request.input), rounding: nil, output: .int32)
    finish = try conv_finish(
      sums: try productBounds(factors.column, factors.row, top: request.top), bias: 0,
      rounding: request.rounding, output: request.output)
    self.kernels = kernels
    columnPass = ColumnPass(column, request, finish: first, kernels: kernels)
    sampleStep = request.sampleStep
    output = request.output
  }

  var input: Element { columnPass.input }
  var windowRows: Int { columnPass.windowRows }
  var rowStride: Int { columnPass.rowStride }
  var reachSamples: Int { (row.count - 1) * sampleStep }
  var preferredRows: Int { 32 }
  var summary: String {
    "two exact passes in 32 bits: \(windowRows) rows, then \(row.count) columns, \(kernels.name)"
  }

  func scratchBytes(rows: Int, width: Int) -> Int {
    let held = min(rows, Self.chunk)
    return columnPass.scratchBytes(rows: held) + held * rowPitch((width + reachSamples) * 4)
      + Self.strip * 4
  }

  func run(_ input: InputRows, _ output: OutputRows, rows: Int, width: Int, scratch: RawMemory) {
    let held = min(rows, Self.chunk)
    let pitch = rowPitch((width + reachSamples) * 4)
    let sums = scratch + columnPass.scratchBytes(rows: held)
    let acc = (sums + held * pitch).bindMemory(to: Int32.self, capacity: Self.strip)
    var finish = finish
    for first in stride(from: 0, to: rows, by: Self.chunk) {
      let count = min(Self.chunk, rows - first)
      columnPass.run(
        input + first * rowStride, rows: count, width: width + reachSamples, out: sums,
        outPitch: pitch, scratch: scratch)
      for index in 0..<count {
        let line = (sums + index * pitch).assumingMemoryBound(to: Int32.self)
        for start in stride(from: 0, to: width, by: Self.strip) {
          let columns = min(Self.strip, width - start)
          // Safety: `start + columns + reach` is at most the length of the row of sums.
          for (tap, weight) in row.enumerated() {
            kernels.table.pointee.scale_i32(
              line + start + tap * sampleStep, weight, tap == 0 ? 1 : 0, acc, columns)
          }
          kernels.table.pointee.finish_i32(
            acc, columns, output[first + index] + start * self.output.byteCount, &finish)
        }
      }
    }
  }
}
