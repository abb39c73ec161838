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

  /// Nil where a column's weights or sums do not fit.
  init?(
    column: [Int32], row: [Int32], rowStep: Int, sampleStep: Int, rowStride: Int, input: Element,
    output: Element, rounding: Rounding?, kernels: MicroKernels
  ) {
    let top = Int(input.top!)
    guard column.allSatisfy({ Int16(exactly: $0) != nil }),
      let first = conv_finish(
        sums: sumBounds(column.lazy.map { Int($0) }, top: top),
        bias: input == .uint16 ? 32768 * column.reduce(0) { $0 + Int($1) } : 0, rounding: nil,
        output: .int32),
      let finish = conv_finish(
        sums: productBounds(column, row, top: top), bias: 0, rounding: rounding, output: output)
    else { return nil }
    self.kernels = kernels
    columnPass = ColumnPass(
      column, rowStep: rowStep, rowStride: rowStride, input: input, finish: first, kernels: kernels)
    self.row = row
    self.sampleStep = sampleStep
    self.finish = finish
    self.output = output
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

  func run(
    _ input: UnsafePointer<UnsafeRawPointer>, _ output: UnsafePointer<UnsafeMutableRawPointer>,
    rows: Int, width: Int, scratch: UnsafeMutableRawPointer
  ) {
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
