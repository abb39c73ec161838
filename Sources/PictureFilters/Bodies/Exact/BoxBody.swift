internal import CConvKernels
import Raster

/// Sums over a window of equal weights, by running sums: the time does not depend on the window.
///
/// Column sums go from one row to the next by one addition and one subtraction; they start anew in
/// each call, which changes nothing as integers are exact. Along the row a window is the difference
/// of two prefix sums (which may wrap), or, where sums fit 16 bits, windows are doubled until
/// they are long enough.
struct BoxBody: FilterBody {
  let kernels: MicroKernels
  let windowRows: Int
  let columns: Int
  let sampleStep: Int
  let rowStride: Int
  let input: Element
  let output: Element
  let finish: conv_finish
  /// Whether sums are held in 16 bits.
  let narrow: Bool

  private static let strip = 2048

  /// - Parameter narrow: whether sums are held in 16 bits, else in 32.
  init(_ request: BodyRequest, narrow: Bool, kernels: MicroKernels) throws(BodyRefusal) {
    guard case .ones(let rows, let columns) = request.weights, request.rowStep == 1 else {
      throw .noBox
    }
    guard request.first == 0 else { throw .shifted }
    guard !narrow || request.input == .uint8 else { throw .sampleType }
    let largest = rows * columns * request.top
    guard !narrow || largest <= 65535 else { throw .sumsTooWide(bits: 16) }
    finish = try conv_finish(
      sums: 0...largest, bias: 0, rounding: request.rounding, output: request.output)
    self.kernels = kernels
    windowRows = rows
    self.columns = columns
    sampleStep = request.sampleStep
    rowStride = request.rowStride
    input = request.input
    output = request.output
    self.narrow = narrow
  }

  var reachSamples: Int { (columns - 1) * sampleStep }
  var preferredRows: Int { max(32, 2 * windowRows) }
  var summary: String {
    "running sums of \(windowRows) rows and \(columns) columns in \(narrow ? 16 : 32) bits,"
      + " \(kernels.name)"
  }

  func scratchBytes(rows: Int, width: Int) -> Int {
    let total = width + reachSamples
    return narrow
      ? rowPitch(total * 2) + 2 * rowPitch((Self.strip + reachSamples) * 2)
      : rowPitch(total * 4) + rowPitch((total + sampleStep) * 4) + Self.strip * 4
  }

  func run(_ input: InputRows, _ output: OutputRows, rows: Int, width: Int, scratch: RawMemory) {
    let total = width + reachSamples
    for row in 0..<rows {
      advance(input, row, total, scratch)
      if narrow {
        narrowRow(scratch, output[row], width: width)
      } else {
        wideRow(scratch, output[row], width: width)
      }
    }
  }

  /// Column sums of output row `row`, from those of the row before.
  private func advance(
    _ input: InputRows, _ row: Int, _ count: Int, _ sums: UnsafeMutableRawPointer
  ) {
    let top = row * rowStride
    guard row > 0, rowStride < windowRows else {
      sums.initializeMemory(as: UInt8.self, repeating: 0, count: count * (narrow ? 2 : 4))
      for index in top..<top + windowRows { gather(input[index], sums, count) }
      return
    }
    for step in 0..<rowStride {
      slide(
        add: input[top - rowStride + windowRows + step], take: input[top - rowStride + step], sums,
        count)
    }
  }

  private func gather(_ row: UnsafeRawPointer, _ sums: UnsafeMutableRawPointer, _ count: Int) {
    let table = kernels.table.pointee
    switch (input, narrow) {
    case (.uint8, true): table.gather_u8_u16(row.samples(), sums.samples(), count)
    case (.uint8, false): table.gather_u8_u32(row.samples(), sums.samples(), count)
    default: table.gather_u16_u32(row.samples(), sums.samples(), count)
    }
  }

  private func slide(
    add: UnsafeRawPointer, take: UnsafeRawPointer, _ sums: UnsafeMutableRawPointer, _ count: Int
  ) {
    let table = kernels.table.pointee
    switch (input, narrow) {
    case (.uint8, true): table.slide_u8_u16(add.samples(), take.samples(), sums.samples(), count)
    case (.uint8, false): table.slide_u8_u32(add.samples(), take.samples(), sums.samples(), count)
    default: table.slide_u16_u32(add.samples(), take.samples(), sums.samples(), count)
    }
  }

  private func wideRow(
    _ scratch: UnsafeMutableRawPointer, _ out: UnsafeMutableRawPointer, width: Int
  ) {
    let total = width + reachSamples
    let sums = scratch.assumingMemoryBound(to: UInt32.self)
    let prefixes = scratch + rowPitch(total * 4)
    let prefix = prefixes.assumingMemoryBound(to: UInt32.self)
    let difference = (prefixes + rowPitch((total + sampleStep) * 4))
      .assumingMemoryBound(to: UInt32.self)
    // Safety: `prefix` holds one zero for each chain before the `total` sums.
    for index in 0..<sampleStep { prefix[index] = 0 }
    kernels.table.pointee.prefix_u32(sums, sampleStep, prefix + sampleStep, total)
    var finish = finish
    for start in stride(from: 0, to: width, by: Self.strip) {
      let count = min(Self.strip, width - start)
      kernels.table.pointee.subtract_u32(
        prefix + start + columns * sampleStep, prefix + start, difference, count)
      difference.withMemoryRebound(to: Int32.self, capacity: count) {
        kernels.table.pointee.finish_i32($0, count, out + start * output.byteCount, &finish)
      }
    }
  }

  private func narrowRow(
    _ scratch: UnsafeMutableRawPointer, _ out: UnsafeMutableRawPointer, width: Int
  ) {
    let sums = scratch.assumingMemoryBound(to: UInt16.self)
    let buffers = scratch + rowPitch((width + reachSamples) * 2)
    let bufferPitch = rowPitch((Self.strip + reachSamples) * 2)
    func buffer(_ index: Int) -> UnsafeMutablePointer<UInt16> {
      (buffers + index * bufferPitch).assumingMemoryBound(to: UInt16.self)
    }
    var finish = finish
    for start in stride(from: 0, to: width, by: Self.strip) {
      let count = min(Self.strip, width - start)
      // Windows of `length` samples; the bits of `columns` from the second highest on say how they
      // grow: to twice the length, and by one more.
      var windows = UnsafePointer(sums + start)
      var length = 1
      var rest = count + reachSamples
      var turn = 0
      func grow(by other: UnsafePointer<UInt16>, _ samples: Int) {
        rest -= samples * sampleStep
        // Safety: `rest` windows are left; source and target are different buffers.
        kernels.table.pointee.add_u16(windows, other, buffer(turn), rest)
        windows = UnsafePointer(buffer(turn))
        turn = 1 - turn
      }
      for bit in stride(from: Int.bitWidth - columns.leadingZeroBitCount - 2, through: 0, by: -1) {
        grow(by: windows + length * sampleStep, length)
        length *= 2
        guard columns >> bit & 1 == 1 else { continue }
        grow(by: sums + start + length * sampleStep, 1)
        length += 1
      }
      kernels.table.pointee.finish_u16(windows, count, out + start * output.byteCount, &finish)
    }
  }
}
