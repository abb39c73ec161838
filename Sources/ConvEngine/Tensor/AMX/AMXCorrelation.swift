internal import CConvKernels

/// A correlation over one image by products of blocks of bfloat16, as AMX makes them (see net_blocks.h).
///
/// Outputs are numbered along the rows of a frame, so that each block of 16 finds its samples at one distance;
/// what lies between the last output of a row and the first of the next is computed, too, and dropped.
struct AMXCorrelation: Sendable {
  /// Numbers of a step of the sum, and rows or columns of a block.
  static let (step, side) = (32, 16)

  /// Outputs.
  let height, width: Int
  let filters: Int
  /// Samples of a row of the frame.
  private let frameWidth: Int
  /// Samples between neighbouring outputs.
  private let stride: Int
  /// Numbers of a sample: its channels, then zeros.
  private let pixel: Int
  /// Bytes of each step of the sum behind the first sample of an output, and behind the first weight.
  private let sampleSteps, weightSteps: [Int]
  /// Bytes between weights of neighbouring blocks of filters.
  private let weightBlock: Int
  /// Outputs that are computed before they are taken.
  private let atOnce: Int

  /// A tap: where its sample lies behind the first one, and which of the packed taps is its.
  typealias Tap = (sample: Int, place: Int)

  /// - Parameters:
  ///   - stride: the same down and across.
  ///   - places: how many taps are packed.
  init(
    height: Int, width: Int, frameWidth: Int, stride: Int, channels: Int, filters: Int,
    taps: [Tap], places: Int
  ) {
    self.height = height
    self.width = width
    self.filters = filters
    self.frameWidth = frameWidth
    self.stride = stride
    pixel = Self.pixel(channels)
    let steps = pixel / Self.step
    let half = MemoryLayout<UInt16>.size
    let pixel = pixel
    sampleSteps = taps.flatMap { tap in
      (0..<steps).map { (tap.sample * pixel + $0 * Self.step) * half }
    }
    weightSteps = taps.flatMap { tap in
      (0..<steps).map { (tap.place * steps + $0) * Self.step * Self.side * half }
    }
    weightBlock = places * steps * Self.step * Self.side * half
    let most = 1 << 14
    atOnce = max(2, most / Self.columns(filters) / Self.side) * Self.side
  }

  /// Numbers of a sample, or columns of a result, in whole steps or blocks.
  static func pixel(_ channels: Int) -> Int { (channels + step - 1) / step * step }
  static func columns(_ filters: Int) -> Int { (filters + side - 1) / side * side }

  /// Numbers that the frame needs for `samples` of them: blocks reach beyond the last output.
  static func frameCount(samples: Int, channels: Int, stride: Int) -> Int {
    (samples + 2 * side * stride) * pixel(channels)
  }

  /// Floats that `run` needs for outputs not yet taken.
  var scratchCount: Int { atOnce * Self.columns(filters) }

  /// - Parameters:
  ///   - frame: from the first sample of the first output on.
  ///   - weights: as `AMXWeights` packs them.
  ///   - take: given outputs of a row that lie side by side, their values `columns(filters)` apart.
  func run(
    _ frame: UnsafePointer<UInt16>, _ weights: UnsafePointer<Float>, _ kernels: TensorKernels,
    scratch: UnsafeMutablePointer<Float>,
    _ take: (_ row: Int, _ columns: Range<Int>, _ values: UnsafePointer<Float>) -> Void
  ) {
    let positions = (height - 1) * frameWidth + width
    let row = Self.columns(filters)
    sampleSteps.withUnsafeBufferPointer { samples in
      weightSteps.withUnsafeBufferPointer { packed in
        // Safety: the frame has room for the samples of whole blocks, scratch for their results.
        var work = net_blocks()
        work.columns = row / Self.side
        work.steps = samples.count
        work.a_row = stride * pixel * MemoryLayout<UInt16>.size
        work.a_block = Self.side * work.a_row
        work.a_steps = samples.baseAddress!
        work.b = UnsafeRawPointer(weights)
        work.b_block = weightBlock
        work.b_row = Self.side * MemoryLayout<Float>.size
        work.b_steps = packed.baseAddress!
        work.c = scratch
        work.c_row = row
        for first in Swift.stride(from: 0, to: positions, by: atOnce) {
          let count = min(atOnce, positions - first)
          work.rows = (count + Self.side - 1) / Self.side
          work.a = UnsafeRawPointer(frame + first * stride * pixel)
          kernels.table.products_of_blocks(1, &work)
          var position = first
          while position < first + count {
            let (y, x) = position.quotientAndRemainder(dividingBy: frameWidth)
            let end = min(width, x + first + count - position)
            if x < end { take(y, x..<end, scratch + (position - first) * row) }
            position = end < width ? first + count : (y + 1) * frameWidth
          }
        }
      }
    }
  }
}
