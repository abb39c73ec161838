internal import CConvKernels
import Raster

/// The first of two passes: sums of 32 bits down the columns, on dot products of two rows that are laid
/// into lanes.
struct ColumnPass: Sendable {
  let kernels: MicroKernels
  let input: Element
  let windowRows: Int
  let rowStride: Int
  let finish: conv_finish
  let groups: [UInt32]
  let weights: [UInt32]

  private static let lane = 2
  private static let slack = 64
  private static let rowsAtOnce = Int(conv_dot_rows)
  private static let scratchTarget = 256 << 10

  /// - Parameters:
  ///   - weights: in 16 bits.
  ///   - request: says how far apart rows are.
  init(
    _ weights: [Int32], _ request: BodyRequest, finish: conv_finish, kernels: MicroKernels
  ) {
    self.kernels = kernels
    input = request.input
    rowStride = request.rowStride
    self.finish = finish
    windowRows = (weights.count - 1) * request.rowStep + 1
    let words = DotWords(column: weights, request)
    groups = words.places.map { UInt32($0.group) }
    self.weights = words.weights
  }

  /// What a lane lacks of the sum of samples that are held less 32768.
  static func bias(_ weights: [Int32], _ input: Element) -> Int {
    input == .uint16 ? 32768 * weights.reduce(0) { $0 + Int($1) } : 0
  }

  private func groupCount(_ rows: Int) -> Int {
    let rounded = (rows + Self.rowsAtOnce - 1) / Self.rowsAtOnce * Self.rowsAtOnce
    return ((rounded - 1) * rowStride + windowRows + Self.lane - 1) / Self.lane
  }

  /// Columns that are laid into lanes at once, so that they stay in the cache.
  private func strip(_ rows: Int) -> Int {
    min(max(Self.scratchTarget / 4 / groupCount(rows) / 64 * 64, 256), 4096)
  }

  func scratchBytes(rows: Int) -> Int {
    let pitch = rowPitch((strip(rows) + Self.slack) * 4)
    return (groupCount(rows) + 1) * pitch
  }

  /// Rows `0 ..< rows` of sums, `outPitch` bytes apart.
  func run(
    _ input: InputRows, rows: Int, width: Int,
    out: UnsafeMutableRawPointer, outPitch: Int, scratch: UnsafeMutableRawPointer
  ) {
    let strip = strip(rows)
    let groups = groupCount(rows)
    let pitch = rowPitch((strip + Self.slack) * 4)
    let spare = scratch + groups * pitch
    let deltas = self.groups.map { Int32(Int($0) * pitch) }
    let lastRow = (rows - 1) * rowStride + windowRows - 1
    var finish = finish
    let table = kernels.table.pointee
    deltas.withUnsafeBufferPointer { deltas in
      weights.withUnsafeBufferPointer { weights in
        var job = conv_dot_job()
        job.deltas = deltas.baseAddress
        job.weights = weights.baseAddress
        job.entries = deltas.count
        for start in stride(from: 0, to: width, by: strip) {
          let columns = min(strip, width - start)
          for group in 0..<groups {
            let first = input[min(group * Self.lane, lastRow)]
            let second = input[min(group * Self.lane + 1, lastRow)]
            let lanes = (scratch + group * pitch).assumingMemoryBound(to: UInt32.self)
            // Safety: `columns` samples from `start` lie in the rows, and fit the strip.
            if self.input == .uint8 {
              table.group_pairs_u8(
                first.samples(from: start), second.samples(from: start), lanes, columns)
            } else {
              table.group_pairs_u16(
                first.samples(from: start), second.samples(from: start), lanes, columns)
            }
          }
          job.columns = columns
          for row in stride(from: 0, to: rows, by: Self.rowsAtOnce) {
            job.base = UnsafeRawPointer(scratch + row * rowStride / Self.lane * pitch)
            func line(_ index: Int) -> UnsafeMutableRawPointer {
              row + index < rows ? out + (row + index) * outPitch + start * 4 : spare
            }
            job.out = (line(0), line(1), line(2), line(3))
            table.dot_pairs(&job, &finish)
          }
        }
      }
    }
  }
}
