internal import CConvKernels
import ConvEngine
import Raster

/// Columns, then rows, in single precision: a formula kernel on samples of 16 bits, or with weights
/// that fit no fixed point.
struct SinglePasses: FilterBody {
  let kernels: MicroKernels
  let factors: SinglePrecisionFactors
  let rowStep: Int
  let sampleStep: Int
  let rowStride: Int
  let input: Element

  init(_ request: BodyRequest, kernels: MicroKernels) throws(BodyRefusal) {
    guard case .formula(let plan) = request.weights else { throw .notRoundedBetween }
    guard case .single(let factors) = plan else { throw .definedOtherwise }
    self.kernels = kernels
    self.factors = factors
    rowStep = request.rowStep
    sampleStep = request.sampleStep
    rowStride = request.rowStride
    input = request.input
  }

  private static let chunk = 16
  private static let strip = 512

  var output: Element { input }
  var windowRows: Int { (factors.column.count - 1) * rowStep + 1 }
  var reachSamples: Int { (factors.row.count - 1) * sampleStep }
  var preferredRows: Int { 32 }
  var summary: String {
    "two passes in single precision: \(factors.column.count) rows, then \(factors.row.count)"
      + " columns, \(kernels.name)"
  }

  func scratchBytes(rows: Int, width: Int) -> Int {
    let held = min(rows, Self.chunk)
    return inputRows(held) * rowPitch(Self.strip * 4)
      + held * rowPitch((width + reachSamples) * 4) + Self.strip * 4
  }

  func run(_ input: InputRows, _ output: OutputRows, rows: Int, width: Int, scratch: RawMemory) {
    let held = min(rows, Self.chunk)
    let linePitch = rowPitch(Self.strip * 4)
    let sumPitch = rowPitch((width + reachSamples) * 4)
    let sums = scratch + inputRows(held) * linePitch
    let result = (sums + held * sumPitch).bindMemory(to: Float.self, capacity: Self.strip)
    for first in stride(from: 0, to: rows, by: Self.chunk) {
      let count = min(Self.chunk, rows - first)
      columns(
        input + first * rowStride, rows: count, width: width + reachSamples, scratch, linePitch,
        sums, sumPitch)
      for row in 0..<count {
        let line = (sums + row * sumPitch).assumingMemoryBound(to: Float.self)
        for start in stride(from: 0, to: width, by: Self.strip) {
          let columns = min(Self.strip, width - start)
          let taps = factors.row.indices.map {
            Optional(UnsafePointer(line + start + $0 * sampleStep))
          }
          kernels.table.pointee.sum_f32(
            taps, factors.row, taps.count, SinglePrecisionFactors.group, result, columns)
          round(result, columns, output[first + row], at: start)
        }
      }
    }
  }

  private func columns(
    _ input: InputRows, rows: Int, width: Int, _ lines: UnsafeMutableRawPointer, _ linePitch: Int,
    _ sums: UnsafeMutableRawPointer, _ sumPitch: Int
  ) {
    func line(_ index: Int) -> UnsafeMutablePointer<Float> {
      (lines + index * linePitch).assumingMemoryBound(to: Float.self)
    }
    for start in stride(from: 0, to: width, by: Self.strip) {
      let columns = min(Self.strip, width - start)
      for index in 0..<inputRows(rows) {
        // Safety: `columns` samples from `start` lie in the row, and fit the strip.
        if self.input == .uint8 {
          kernels.table.pointee.widen_u8_f32(
            input[index].samples(from: start), line(index), columns)
        } else {
          kernels.table.pointee.widen_u16_f32(
            input[index].samples(from: start), line(index), columns)
        }
      }
      for row in 0..<rows {
        let taps = factors.column.indices.map {
          Optional(UnsafePointer(line(row * rowStride + $0 * rowStep)))
        }
        let out = (sums + row * sumPitch).assumingMemoryBound(to: Float.self) + start
        kernels.table.pointee.sum_f32(
          taps, factors.column, taps.count, SinglePrecisionFactors.group, out, columns)
      }
    }
  }

  private func round(
    _ sums: UnsafePointer<Float>, _ count: Int, _ row: UnsafeMutableRawPointer, at start: Int
  ) {
    if output == .uint8 {
      kernels.table.pointee.round_f32_u8(sums, row.samples(from: start), count)
    } else {
      kernels.table.pointee.round_f32_u16(sums, row.samples(from: start), count)
    }
  }
}
