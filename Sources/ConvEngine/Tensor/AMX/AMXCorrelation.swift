internal import CConvKernels

/// A correlation over images by products of blocks of bfloat16, as AMX makes them (see net_blocks.h).
///
/// Outputs are numbered along the rows of a frame, so that each block of 16 finds its samples at one distance;
/// what lies between the last output of a row and the first of the next is computed, too, and dropped. Where
/// that is much, as on small maps, the samples of some images are packed without it.
struct AMXCorrelation: Sendable {
  /// Numbers of a step of the sum, and rows or columns of a block.
  static let (step, side) = (32, 16)
  /// Outputs that are packed at a time, and steps of the sum that stay in the cache with them.
  private static let (packedRows, packedSteps) = (256, 32)
  /// Blocks of filters that packing a sample costs as much as.
  private static let packingCost = 2

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
  /// Images that are gone through together: more than one where samples are packed.
  let imagesAtOnce: Int
  private let isPacked: Bool

  /// A tap: where its sample lies behind the first one, and which of the packed taps is its.
  typealias Tap = (sample: Int, place: Int)
  /// Given outputs of a row that lie side by side, their values `columns(filters)` apart.
  typealias Taker = (
    _ image: Int, _ row: Int, _ columns: Range<Int>, _ values: UnsafePointer<Float>
  ) -> Void
  /// Given all outputs of an image: rows `rowCount` apart, values as above.
  typealias WholeTaker = (_ image: Int, _ values: UnsafePointer<Float>) -> Void

  /// - Parameters:
  ///   - stride: the same down and across.
  ///   - places: how many taps are packed.
  ///   - isWhole: whether all outputs of an image are computed before they are taken.
  init(
    height: Int, width: Int, frameWidth: Int, stride: Int, channels: Int, filters: Int,
    taps: [Tap], places: Int, isWhole: Bool = false
  ) {
    self.height = height
    self.width = width
    self.filters = filters
    self.frameWidth = frameWidth
    self.stride = stride
    let pixel = Self.pixel(channels)
    self.pixel = pixel
    let steps = pixel / Self.step
    let half = MemoryLayout<UInt16>.size
    sampleSteps = taps.flatMap { tap in
      (0..<steps).map { (tap.sample * pixel + $0 * Self.step) * half }
    }
    weightSteps = taps.flatMap { tap in
      (0..<steps).map { (tap.place * steps + $0) * Self.step * Self.side * half }
    }
    weightBlock = places * steps * Self.step * Self.side * half
    let (blocks, outputs) = (Self.columns(filters) / Self.side, height * width)
    let numbered = ((height - 1) * frameWidth + width + 2 * Self.side - 1) / (2 * Self.side)
    isPacked = outputs * (blocks + Self.packingCost) < numbered * 2 * Self.side * blocks
    imagesAtOnce = isPacked ? max(1, Self.packedRows / outputs) : 1
    let most = 1 << 14
    if isPacked {
      atOnce = (imagesAtOnce * outputs + Self.side - 1) / Self.side * Self.side
    } else if isWhole {
      atOnce = numbered * 2 * Self.side
    } else {
      atOnce = max(2, most / Self.columns(filters) / Self.side) * Self.side
    }
  }

  /// Floats between the first values of two rows of the outputs of an image, where they are taken as a whole.
  var rowCount: Int { (isPacked ? width : frameWidth) * Self.columns(filters) }

  /// Numbers of a sample, or columns of a result, in whole steps or blocks.
  static func pixel(_ channels: Int) -> Int { (channels + step - 1) / step * step }
  static func columns(_ filters: Int) -> Int { (filters + side - 1) / side * side }

  /// Numbers that the frame needs for `samples` of them: blocks reach beyond the last output.
  static func frameCount(samples: Int, channels: Int, stride: Int) -> Int {
    (samples + 2 * side * stride) * pixel(channels)
  }

  /// Floats that `run` needs for outputs not yet taken, and for packed samples.
  var scratchCount: Int {
    atOnce * (Self.columns(filters) + (isPacked ? Self.packedSteps * Self.step / 2 : 0))
  }

  /// - Parameters:
  ///   - frames: from the first sample of the first output of the first image on.
  ///   - distance: from image to image, in numbers.
  ///   - images: at most `imagesAtOnce`.
  ///   - weights: as `AMXWeights` packs them.
  func run(
    _ frames: UnsafePointer<UInt16>, distance: Int = 0, images: Int = 1,
    _ weights: UnsafePointer<Float>, _ kernels: TensorKernels,
    scratch: UnsafeMutablePointer<Float>, _ take: Taker
  ) {
    var work = self.work(weights, scratch)
    if isPacked {
      pack(frames, distance, images, &work, kernels)
      for image in 0..<images {
        for y in 0..<height {
          take(image, y, 0..<width, scratch + (image * height + y) * rowCount)
        }
      }
    } else {
      number(frames, &work, kernels) { first, count in
        var position = first
        while position < first + count {
          let (y, x) = position.quotientAndRemainder(dividingBy: frameWidth)
          let end = min(width, x + first + count - position)
          if x < end { take(0, y, x..<end, scratch + (position - first) * Self.columns(filters)) }
          position = end < width ? first + count : (y + 1) * frameWidth
        }
      }
    }
  }

  /// As `run`, the outputs of each image taken as a whole.
  ///
  /// - Precondition: made for it.
  func runWhole(
    _ frames: UnsafePointer<UInt16>, distance: Int, images: Int, _ weights: UnsafePointer<Float>,
    _ kernels: TensorKernels, scratch: UnsafeMutablePointer<Float>, _ take: WholeTaker
  ) {
    var work = self.work(weights, scratch)
    if isPacked {
      pack(frames, distance, images, &work, kernels)
      for image in 0..<images { take(image, scratch + image * height * rowCount) }
    } else {
      number(frames, &work, kernels) { _, _ in take(0, scratch) }
    }
  }

  private func work(
    _ weights: UnsafePointer<Float>, _ scratch: UnsafeMutablePointer<Float>
  ) -> net_blocks {
    var work = net_blocks()
    work.columns = Self.columns(filters) / Self.side
    work.b = UnsafeRawPointer(weights)
    work.b_block = weightBlock
    work.b_row = Self.side * MemoryLayout<Float>.size
    work.c = scratch
    work.c_row = Self.columns(filters)
    return work
  }

  /// One image, its outputs numbered along the rows of the frame.
  ///
  /// - Parameter take: called once some outputs are in `work.c`, with the number of the first and how many.
  private func number(
    _ frame: UnsafePointer<UInt16>, _ work: inout net_blocks, _ kernels: TensorKernels,
    _ take: (_ first: Int, _ count: Int) -> Void
  ) {
    let positions = (height - 1) * frameWidth + width
    work.steps = sampleSteps.count
    work.a_row = stride * pixel * MemoryLayout<UInt16>.size
    work.a_block = Self.side * work.a_row
    sampleSteps.withUnsafeBufferPointer { samples in
      weightSteps.withUnsafeBufferPointer { packed in
        // Safety: the frame has room for the samples of whole blocks, scratch for their results.
        work.a_steps = samples.baseAddress!
        work.b_steps = packed.baseAddress!
        for first in Swift.stride(from: 0, to: positions, by: atOnce) {
          let count = min(atOnce, positions - first)
          work.rows = (count + Self.side - 1) / Self.side
          work.a = UnsafeRawPointer(frame + first * stride * pixel)
          kernels.table.products_of_blocks(1, &work)
          take(first, count)
        }
      }
    }
  }

  /// Some images, the samples of their outputs packed for some steps of the sum at a time.
  private func pack(
    _ frames: UnsafePointer<UInt16>, _ distance: Int, _ images: Int, _ work: inout net_blocks,
    _ kernels: TensorKernels
  ) {
    let half = MemoryLayout<UInt16>.size
    let samples = work.c + atOnce * work.c_row
    var places: [Int] = []
    for image in 0..<images {
      for y in 0..<height {
        for x in 0..<width {
          places.append((image * distance + (y * frameWidth + x) * stride * pixel) * half)
        }
      }
    }
    let blockBytes = Self.side * Self.step * half
    let blocks = (0..<Self.packedSteps).map { $0 * blockBytes }
    work.rows = (places.count + Self.side - 1) / Self.side
    work.a = UnsafeRawPointer(samples)
    work.a_row = Self.step * half
    blocks.withUnsafeBufferPointer { blocks in
      work.a_steps = blocks.baseAddress!
      weightSteps.withUnsafeBufferPointer { packed in
        for first in Swift.stride(from: 0, to: sampleSteps.count, by: Self.packedSteps) {
          // Safety: scratch has room for whole blocks of rows; those that no output fills are not taken.
          work.steps = min(Self.packedSteps, sampleSteps.count - first)
          work.a_block = work.steps * blockBytes
          work.b_steps = packed.baseAddress! + first
          work.accumulate = first > 0
          sampleSteps.withUnsafeBufferPointer {
            kernels.table.pack_blocks(
              places.count, places, work.steps, $0.baseAddress! + first, frames, samples)
          }
          kernels.table.products_of_blocks(1, &work)
        }
      }
    }
  }
}
