internal import CConvKernels
import KernelLanguage
import Raster

/// A correlation by Fourier transforms of overlapping tiles, exact all the same.
///
///     sum = ⌊F⁻¹(F(x) · F(w)) + ½⌋ + middle · Σ w
///
/// `x` are the samples less the middle of all samples; two planes or tiles are the real and the
/// imaginary part of one transform, as the weights are real. Every sum is an integer, and the bound of
/// `FourierPlan.errorBound` keeps what is computed less than 1/4 away from it: rounding yields it, in
/// whatever order and precision an instruction set adds.
struct TransformCorrelation: FilterBody {
  let input: Element
  let output: Element
  let rowStride: Int
  let reachSamples: Int
  private let layout: TransformLayout
  private let plan: FourierPlan
  private let weights: [TransformedWeights]
  private let finish: SumFinish
  /// What all sums lack.
  private let bias: Int64

  private enum SumFinish: Sendable {
    case words(conv_finish)
    case long(LongFinish)
  }

  init(_ request: BodyRequest, kernels: MicroKernels) throws(BodyRefusal) {
    let layout = try TransformLayout(request)
    let taps = try request.everyTap()
    let total = taps.reduce(0) { $0 + $1.weight }
    let bias = layout.middle * total
    self.bias = Int64(bias)
    if layout.parts.count == 1, request.output != .int64,
      let words = try? conv_finish(
        sums: sumBounds(taps.lazy.map(\.weight), top: request.top), bias: bias,
        rounding: request.rounding, output: request.output)
    {
      finish = .words(words)
    } else {
      finish = .long(LongFinish(request.rounding, output: request.output, kernels: kernels))
    }
    input = request.input
    output = request.output
    rowStride = request.rowStride
    reachSamples = taps.reduce(0) { max($0, $1.offset) }
    self.layout = layout
    let plan = FourierPlan(rows: layout.rows, columns: layout.columns, kernels: kernels)
    self.plan = plan
    weights = layout.parts.map { TransformedWeights($0, plan) }
  }

  var windowRows: Int { layout.windowRows }
  var preferredRows: Int { tileOutputs }
  var wastesShortCalls: Bool { true }
  var weightBytes: Int { weights.reduce(0) { $0 + $1.byteCount } }
  var summary: String {
    let parts = weights.count == 1 ? "" : ", weights in \(weights.count) parts"
    return "transforms of \(plan.rows)x\(plan.columns)\(parts), \(plan.kernels.name)"
  }

  /// Output rows and columns of a tile.
  private var tileOutputs: Int { (plan.rows - windowRows) / rowStride + 1 }
  private var tileColumns: Int { plan.columns - layout.windowColumns + 1 }

  func scratchBytes(rows: Int, width: Int) -> Int {
    // A tile for each part, two rows of doubles, sums, finished samples.
    (weights.count * plan.tileDoubles + 4 * plan.columns) * 8
  }

  /// Some columns of one plane.
  private struct Piece {
    /// The first sample of the result, and how many follow it, `step` apart.
    var first: Int
    var count: Int
  }

  func run(_ input: InputRows, _ output: OutputRows, rows: Int, width: Int, scratch: RawMemory) {
    let (step, columns) = (layout.step, tileColumns)
    var pieces: [Piece] = []
    for start in stride(from: 0, to: (width + step - 1) / step, by: columns) {
      for plane in 0..<min(step, width) {
        let count = min(columns, (width - plane + step - 1) / step - start)
        if count > 0 { pieces.append(Piece(first: plane + start * step, count: count)) }
      }
    }
    let memory = Memory(
      scratch.assumingMemoryBound(to: Double.self), tiles: weights.count, plan)
    let frequencies = weights.map(\.strips)
    plan.withJob { job in
      for row in stride(from: 0, to: rows, by: tileOutputs) {
        let count = min(tileOutputs, rows - row)
        for index in stride(from: 0, to: pieces.count, by: 2) {
          let pair = Array(pieces[index..<min(index + 2, pieces.count)])
          load(input + row * rowStride, (count - 1) * rowStride + windowRows, pair, memory, job)
          weigh(frequencies, memory, job)
          store(output + row, count, pair, memory, job)
        }
      }
    }
  }

  private struct Memory {
    let tile: UnsafeMutablePointer<Double>
    /// Two rows: real and imaginary.
    let line: UnsafeMutablePointer<Double>
    let sums: UnsafeMutableRawPointer
    let results: UnsafeMutableRawPointer

    init(_ start: UnsafeMutablePointer<Double>, tiles: Int, _ plan: FourierPlan) {
      tile = start
      line = start + tiles * plan.tileDoubles
      sums = UnsafeMutableRawPointer(line + 2 * plan.columns)
      results = sums + 8 * plan.columns
    }
  }

  /// The rows of a tile, transformed; those below the last are zeros.
  private func load(
    _ input: InputRows, _ rows: Int, _ pair: [Piece], _ memory: Memory,
    _ job: UnsafePointer<conv_transform>
  ) {
    let table = plan.kernels.table.pointee
    let middle = Double(layout.middle)
    for row in 0..<rows {
      for part in 0..<2 {
        let line = memory.line + part * plan.columns
        var filled = 0
        if part < pair.count {
          let start = pair[part].first + layout.firstOffset
          filled = pair[part].count + layout.windowColumns - 1
          // Safety: the last is sample `width + reachSamples - 1` at most; it fits the tile.
          if self.input == .uint8 {
            table.pick_u8_f64(input[row].samples(from: start), layout.step, middle, line, filled)
          } else {
            table.pick_u16_f64(input[row].samples(from: start), layout.step, middle, line, filled)
          }
        }
        (line + filled).update(repeating: 0, count: plan.columns - filled)
      }
      table.transform_row(
        memory.line, memory.line + plan.columns, memory.tile + row * plan.lineDoubles, job)
    }
    for strip in 0..<plan.strips where rows < plan.rows {
      (memory.tile + strip * plan.stripDoubles + rows * plan.lineDoubles).update(
        repeating: 0, count: (plan.rows - rows) * plan.lineDoubles)
    }
  }

  /// Columns forth, times the weights, and back; the last part takes the place of the samples.
  private func weigh(
    _ frequencies: [UnsafePointer<Double>], _ memory: Memory, _ job: UnsafePointer<conv_transform>
  ) {
    let table = plan.kernels.table.pointee
    for strip in 0..<plan.strips {
      let at = strip * plan.stripDoubles
      table.transform_columns(memory.tile + at, job)
      for part in frequencies.indices.reversed() {
        table.weigh_columns(
          memory.tile + at, frequencies[part] + at,
          memory.tile + part * plan.tileDoubles + at, job)
      }
    }
  }

  private func store(
    _ output: OutputRows, _ rows: Int, _ pair: [Piece],
    _ memory: Memory, _ job: UnsafePointer<conv_transform>
  ) {
    let table = plan.kernels.table.pointee
    let long = memory.sums.assumingMemoryBound(to: Int64.self)
    for row in 0..<rows {
      if case .words(var finish) = finish {
        restore(row, 0, memory, job)
        for (index, piece) in pair.enumerated() {
          let words = memory.sums.assumingMemoryBound(to: Int32.self)
          table.round_f64_i32(memory.line + index * plan.columns, words, piece.count)
          let results = place(output[row], piece, memory)
          table.finish_i32(words, piece.count, results, &finish)
          lay(results, piece, to: output[row])
        }
      } else if case .long(let finish) = finish {
        for (index, piece) in pair.enumerated() {
          let sums =
            self.output == .int64
            ? place(output[row], piece, memory).assumingMemoryBound(to: Int64.self) : long
          for part in weights.indices {
            if weights.count > 1 || index == 0 { restore(row, part, memory, job) }
            table.round_f64_i64(
              memory.line + index * plan.columns, Int32(layout.parts[part].shift), bias,
              part == 0 ? 1 : 0, sums, piece.count)
          }
          let results = place(output[row], piece, memory)
          if self.output != .int64 { finish.store(sums, piece.count, results, at: 0) }
          lay(results, piece, to: output[row])
        }
      }
    }
  }

  /// A row of a part's tile, back in the order of columns.
  private func restore(
    _ row: Int, _ part: Int, _ memory: Memory, _ job: UnsafePointer<conv_transform>
  ) {
    let from = memory.tile + part * plan.tileDoubles + row * rowStride * plan.lineDoubles
    plan.kernels.table.pointee.restore_row(from, memory.line, memory.line + plan.columns, job)
  }

  /// Where finished samples go: straight to the row where they are neighbours there.
  private func place(_ row: UnsafeMutableRawPointer, _ piece: Piece, _ memory: Memory)
    -> UnsafeMutableRawPointer
  { layout.step == 1 ? row + piece.first * output.byteCount : memory.results }

  private func lay(
    _ results: UnsafeMutableRawPointer, _ piece: Piece, to row: UnsafeMutableRawPointer
  ) {
    guard layout.step > 1 else { return }
    func lay<Sample>(_ type: Sample.Type) {
      // Safety: the last is sample `width - 1` of the row at most.
      let from = results.assumingMemoryBound(to: Sample.self)
      let to = row.assumingMemoryBound(to: Sample.self) + piece.first
      for index in 0..<piece.count { to[index * layout.step] = from[index] }
    }
    switch output {
    case .uint8: lay(UInt8.self)
    case .uint16: lay(UInt16.self)
    case .int32: lay(Int32.self)
    case .int64: lay(Int64.self)
    }
  }
}
