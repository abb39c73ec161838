internal import CConvKernels
import Raster

/// A correlation whose weights or sums are too wide for 32-bit lanes: parts of the weights run in
/// bodies of their own, and their sums meet in 64 bits.
struct SplitCorrelation: FilterBody {
  private struct Summand: Sendable {
    var body: any FilterBody
    var shift: Int32
  }

  let kernels: MicroKernels
  let output: Element
  private let parts: [Summand]
  private let finish: LongFinish

  private static let rowsAtOnce = 16
  private static let strip = 1024

  init(_ request: BodyRequest, kernels: MicroKernels) throws(BodyRefusal) {
    guard request.output != .int32 else { throw .sumsInWords }
    let taps = try request.taps()
    let parted = try WeightParts(taps.map { Int($0.weight) }, top: request.top)
    parts = parted.parts.map { part in
      let own = zip(taps, part.weights).map {
        WeightedTap(row: $0.row, offset: $0.offset, weight: Int($1))
      }
      // A part is a request like any other, of sums that fit 32 bits, for a few rows at a time.
      var summand = request.with(own, output: .int32)
      summand.rowsACall = min(request.rowsACall ?? .max, Self.rowsAtOnce)
      return Summand(
        body: BodyChoice(summand, kernels: kernels).body,
        shift: Int32(part.shift))
    }
    self.kernels = kernels
    output = request.output
    finish = LongFinish(request.rounding, output: request.output, kernels: kernels)
  }

  var input: Element { parts[0].body.input }
  var windowRows: Int { parts[0].body.windowRows }
  var rowStride: Int { parts[0].body.rowStride }
  var reachSamples: Int { parts[0].body.reachSamples }
  var preferredRows: Int { 32 }
  var summary: String { parts[0].body.summary + ", in \(parts.count) parts" }

  /// Bytes for the parts' own scratch, which they use one after the other.
  private func ownBytes(_ rows: Int, _ width: Int) -> Int {
    parts.reduce(0) { max($0, rowPitch($1.body.scratchBytes(rows: rows, width: width))) }
  }

  func scratchBytes(rows: Int, width: Int) -> Int {
    let held = min(rows, Self.rowsAtOnce)
    return ownBytes(held, width) + parts.count * held * rowPitch(width * 4) + Self.strip * 8
      + held * MemoryLayout<UnsafeMutableRawPointer>.stride
  }

  func run(_ input: InputRows, _ output: OutputRows, rows: Int, width: Int, scratch: RawMemory) {
    let held = min(rows, Self.rowsAtOnce)
    let pitch = rowPitch(width * 4)
    let lines = scratch + ownBytes(held, width)
    let strip = lines + parts.count * held * pitch
    let pointers = (strip + Self.strip * 8).bindMemory(
      to: UnsafeMutableRawPointer.self, capacity: held)
    for first in stride(from: 0, to: rows, by: held) {
      let count = min(held, rows - first)
      for (index, part) in parts.enumerated() {
        for row in 0..<count { pointers[row] = lines + (index * held + row) * pitch }
        part.body.run(
          input + first * rowStride, pointers, rows: count, width: width, scratch: scratch)
      }
      for row in 0..<count {
        join(
          lines + row * pitch, distance: held * pitch, output[first + row], width: width,
          strip.assumingMemoryBound(to: Int64.self))
      }
    }
  }

  /// One row from the rows of its parts, `distance` bytes apart.
  private func join(
    _ line: UnsafeRawPointer, distance: Int, _ out: UnsafeMutableRawPointer, width: Int,
    _ held: UnsafeMutablePointer<Int64>
  ) {
    for start in stride(from: 0, to: width, by: Self.strip) {
      let count = min(Self.strip, width - start)
      let sums = output == .int64 ? out.assumingMemoryBound(to: Int64.self) + start : held
      for (index, part) in parts.enumerated() {
        // Safety: each part has written `width` sums of 32 bits.
        kernels.table.pointee.add_shifted_i32(
          (line + index * distance).assumingMemoryBound(to: Int32.self) + start, part.shift,
          index == 0 ? 1 : 0, sums, count)
      }
      if output != .int64 { finish.store(sums, count, out, at: start) }
    }
  }
}
