internal import CConvKernels
import ConvEngine
import Raster

/// Columns, then rows, through an intermediate of 16 bits: exact products of two factors, and formula
/// kernels in fixed point.
///
/// The rows of sums are parted into planes of every `sampleStep`-th sample; in a plane the taps are
/// neighbours, and a 32-bit lane holds two of them as it lies in memory.
struct TwoPasses: FilterBody {
  let kernels: MicroKernels
  let columnPass: ColumnPass
  /// Weights for results at even and at odd places: (w[2j], w[2j + 1]) and (w[2j − 1], w[2j]).
  let even: [UInt32]
  let odd: [UInt32]
  let rowTaps: Int
  /// Whether taps of the same weight are added before they are weighted.
  let isMirrored: Bool
  let sampleStep: Int
  let finish: conv_finish
  let output: Element
  let title: String

  /// What `row_dot` and `split_i16` may touch beyond a row, in samples.
  private static let slack = 512

  /// - Parameters:
  ///   - request: says how far apart rows and samples are.
  ///   - sums: bounds of the sums of the columns.
  ///   - first: finishes the sums of the columns.
  private init(
    _ request: BodyRequest, column: [Int32], row: [Int32], sums: ClosedRange<Int>,
    first: conv_finish, last: conv_finish, title: String, kernels: MicroKernels
  ) {
    var (first, last) = (first, last)
    let center = Self.mirrorCenter(row, sums: sums)
    isMirrored = center != nil && kernels.table.pointee.row_mirrored != nil
    if isMirrored, let center {
      first.start -= Int32(center) << first.shift
      // Lanes may wrap; their sum does not.
      last.start &+= row.reduce(0) { $0 &+ $1 &* Int32(center) }
    }
    self.kernels = kernels
    columnPass = ColumnPass(column, request, finish: first, kernels: kernels)
    rowTaps = row.count
    sampleStep = request.sampleStep
    finish = last
    output = request.output
    self.title = title
    func word(_ index: Int) -> UInt32 {
      func weight(_ index: Int) -> UInt32 {
        row.indices.contains(index) ? UInt32(UInt16(bitPattern: Int16(row[index]))) : 0
      }
      return weight(index) | weight(index + 1) << 16
    }
    let entries = row.count / 2 + 1
    even = (0..<entries).map { word(2 * $0) }
    odd = (0..<entries).map { word(2 * $0 - 1) }
  }

  var input: Element { columnPass.input }
  var windowRows: Int { columnPass.windowRows }
  var rowStride: Int { columnPass.rowStride }
  var reachSamples: Int { (rowTaps - 1) * sampleStep }
  var preferredRows: Int { 32 }
  var summary: String {
    "\(title): \(columnPass.windowRows) rows, then \(rowTaps) columns, \(kernels.name)"
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
    let sums = columnPass.scratchBytes(rows: held)
    let planes = sums + held * sumPitch
    let results = planes + sampleStep * planePitch
    return Layout(
      sumPitch: sumPitch, planePitch: planePitch, resultPitch: resultPitch, sums: sums,
      planes: planes, results: results, total: results + sampleStep * resultPitch)
  }

  func scratchBytes(rows: Int, width: Int) -> Int {
    isDirect(width) ? directBytes : layout(rows: rows, width: width).total
  }

  func run(
    _ input: UnsafePointer<UnsafeRawPointer>, _ output: UnsafePointer<UnsafeMutableRawPointer>,
    rows: Int, width: Int, scratch: UnsafeMutableRawPointer
  ) {
    if isDirect(width) {
      return runDirectly(input, output, rows: rows, width: width, scratch: scratch)
    }
    let layout = layout(rows: rows, width: width)
    for first in stride(from: 0, to: rows, by: chunk) {
      let count = min(chunk, rows - first)
      columnPass.run(
        input + first * rowStride, rows: count, width: width + reachSamples,
        out: scratch + layout.sums, outPitch: layout.sumPitch, scratch: scratch)
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
    join(results, layout.resultPitch, width: width, out)
  }

  private func join(
    _ results: UnsafeMutableRawPointer, _ distance: Int, width: Int, _ out: UnsafeMutableRawPointer
  ) {
    let whole = width / sampleStep
    switch output {
    case .uint8:
      kernels.table.pointee.join_u8(
        results.assumingMemoryBound(to: UInt8.self), distance, sampleStep, whole,
        out.assumingMemoryBound(to: UInt8.self))
    case .uint16:
      kernels.table.pointee.join_u16(
        results.assumingMemoryBound(to: UInt16.self), distance / 2, sampleStep, whole,
        out.assumingMemoryBound(to: UInt16.self))
    default:
      kernels.table.pointee.join_u32(
        results.assumingMemoryBound(to: UInt32.self), distance / 4, sampleStep, whole,
        out.assumingMemoryBound(to: UInt32.self))
    }
    // The samples of a last pixel that is not whole.
    let size = output.byteCount
    for plane in 0..<width - whole * sampleStep {
      (out + (whole * sampleStep + plane) * size).copyMemory(
        from: results + plane * distance + whole * size, byteCount: size)
    }
  }
}

extension TwoPasses {
  /// The exact product of two factors.
  init(exact request: BodyRequest, kernels: MicroKernels) throws(BodyRefusal) {
    guard request.input == .uint8 else { throw .sampleType }
    guard request.first == 0 else { throw .shifted }
    let (column, row) = try request.factors()
    guard (column + row).allSatisfy({ Int16(exactly: $0) != nil }) else {
      throw .weightsTooWide(bits: 16)
    }
    let columns = sumBounds(column, top: request.top)
    guard columns.lowerBound >= Int(Int16.min), columns.upperBound <= Int16.max else {
      throw .sumsTooWide(bits: 16)
    }
    var first = conv_finish()
    first.store = conv_store_i16
    self.init(
      request, column: column.map { Int32($0) }, row: row.map { Int32($0) }, sums: columns,
      first: first,
      last: try conv_finish(
        sums: try productBounds(column, row, top: request.top), bias: 0, rounding: request.rounding,
        output: request.output),
      title: "two exact passes", kernels: kernels)
  }

  /// A formula kernel in fixed point.
  init(formula request: BodyRequest, kernels: MicroKernels) throws(BodyRefusal) {
    guard case .formula(let plan) = request.weights else { throw .notRoundedBetween }
    guard case .fixed(let factors) = plan else { throw .definedOtherwise }
    var first = conv_finish()
    first.store = conv_store_i16
    first.shift = Int32(factors.columnBits - factors.fraction)
    first.start = 1 << (first.shift - 1)
    var last = conv_finish()
    last.store = conv_store_u8
    last.division = conv_divide_shift
    last.shift = Int32(factors.rowBits + factors.fraction)
    last.start = 1 << (last.shift - 1)
    last.top = Int32(min(256 << last.shift - 1, Int(Int32.max)))
    self.init(
      request, column: factors.column.map { Int32($0) }, row: factors.row.map { Int32($0) },
      sums: factors.intermediate, first: first, last: last, title: "two passes in fixed point",
      kernels: kernels)
  }

  /// What is taken off the sums of the columns, so that the sum of any two fits 16 bits; nil where
  /// weights are not the same from both ends, or nothing helps.
  private static func mirrorCenter(_ row: [Int32], sums: ClosedRange<Int>) -> Int? {
    guard row.count % 2 == 1, (3...fewTaps).contains(row.count), row == row.reversed() else {
      return nil
    }
    if 2 * sums.lowerBound >= Int(Int16.min), 2 * sums.upperBound <= Int16.max { return 0 }
    guard sums.upperBound - sums.lowerBound <= Int16.max else { return nil }
    return (sums.lowerBound + sums.upperBound + 1) >> 1
  }
}
