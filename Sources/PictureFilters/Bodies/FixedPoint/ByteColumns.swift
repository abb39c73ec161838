internal import CConvKernels

/// The first of two passes: sums of 16 bits down the columns, straight from rows of bytes.
struct ByteColumns: Sendable {
  let kernels: MicroKernels
  let windowRows: Int
  let rowStride: Int
  let finish: conv_finish
  private let groups: [UInt32]
  private let weights: [UInt32]

  /// The fewest columns of a call.
  static let block = 64
  static let rowsAtOnce = Int(conv_dot_rows)
  /// Rows that a lane of dot products holds.
  private static let lane = 2
  /// Bytes of the rows of a window that are worked on before the window moves down.
  private static let windowTarget = 24 << 10

  /// - Parameters:
  ///   - weights: in 16 bits.
  ///   - request: says how far apart rows are.
  init(
    _ weights: [Int32], _ request: BodyRequest, finish: conv_finish, kernels: MicroKernels
  ) {
    let words = DotWords(column: weights, request)
    self.kernels = kernels
    rowStride = request.rowStride
    self.finish = finish
    windowRows = (weights.count - 1) * request.rowStep + 1
    groups = words.places.map { UInt32($0.group) }
    self.weights = words.weights
  }

  /// Rows `0 ..< rows` of sums, `outPitch` bytes apart, strip by strip.
  ///
  /// - Parameters:
  ///   - width: columns (≥ `block`).
  ///   - spare: room for the sums of a row.
  func run(
    _ input: InputRows, rows: Int, width: Int, out: UnsafeMutableRawPointer,
    outPitch: Int, spare: UnsafeMutableRawPointer
  ) {
    let strip = min(max(Self.windowTarget / (windowRows + 3) / 64 * 64, 128), 2048)
    for columns in Self.strips(of: strip, in: width) {
      for row in stride(from: 0, to: rows, by: Self.rowsAtOnce) {
        fourRows(
          input + row * rowStride, rows: min(Self.rowsAtOnce, rows - row),
          available: (rows - 1 - row) * rowStride + windowRows, columns: columns,
          out: out + row * outPitch + columns.lowerBound * 2, outPitch: outPitch, spare: spare)
      }
    }
  }

  /// Parts of a row, none of them shorter than a block, if the row is not.
  static func strips(of length: Int, in width: Int) -> some Sequence<Range<Int>> {
    sequence(state: 0) { start -> Range<Int>? in
      guard start < width else { return nil }
      let count = width - start < length + block ? width - start : length
      defer { start += count }
      return start..<start + count
    }
  }

  /// Up to four rows of sums over some columns (≥ `block`).
  ///
  /// - Parameters:
  ///   - available: input rows that there are, `inputRows` for `rows` or more: those that the next
  ///     four rows want are fetched ahead.
  ///   - out: where the sum of the first column of the first row goes.
  ///   - spare: room for the sums of as many columns.
  func fourRows(
    _ input: InputRows, rows: Int, available: Int, columns: Range<Int>,
    out: UnsafeMutableRawPointer, outPitch: Int, spare: UnsafeMutableRawPointer
  ) {
    var finish = finish
    var job = conv_column_job()
    job.entries = groups.count
    job.columns = columns.count
    let last = (rows - 1) * rowStride + windowRows - 1
    let rounded = (rows + Self.rowsAtOnce - 1) / Self.rowsAtOnce * Self.rowsAtOnce
    let lineCount = ((rounded - 1) * rowStride + windowRows + 1) / Self.lane * Self.lane
    func line(_ index: Int) -> UnsafePointer<UInt8> {
      (input[index] + columns.lowerBound).assumingMemoryBound(to: UInt8.self)
    }
    func ahead(_ index: Int) -> UnsafePointer<UInt8> { line(min(lineCount + index, available - 1)) }
    job.ahead = (ahead(0), ahead(1), ahead(2), ahead(3))
    func target(_ row: Int) -> UnsafeMutablePointer<Int16> {
      (row < rows ? out + row * outPitch : spare).assumingMemoryBound(to: Int16.self)
    }
    job.out = (target(0), target(1), target(2), target(3))
    withUnsafeTemporaryAllocation(of: UnsafePointer<UInt8>?.self, capacity: lineCount) { lines in
      for index in 0..<lineCount { lines[index] = line(min(index, last)) }
      job.rows = UnsafePointer(lines.baseAddress!)
      groups.withUnsafeBufferPointer { groups in
        weights.withUnsafeBufferPointer { weights in
          job.groups = groups.baseAddress
          job.weights = weights.baseAddress
          kernels.table.pointee.columns_u8(&job, &finish)
        }
      }
    }
  }
}
