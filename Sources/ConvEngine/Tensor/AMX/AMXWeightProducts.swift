internal import CConvKernels

/// The gradient of the weights of a convolution by blocks of bfloat16: of each tap,
/// gradient of the output · samples, over all outputs.
///
/// Outputs are numbered along the rows of the input's frame. Both operands are pairs of neighbouring outputs:
/// those of the gradient one after the other for each filter, 0 where no output is, in whole blocks; those of
/// the samples, 16 channels after the other, once for taps an even and once for taps an odd number of outputs
/// away (and, with strides, for each rest).
struct AMXWeightProducts: Sendable {
  private let plan: ConvolutionPlan
  private let channels, filters: Int
  /// Numbers of the outputs, in whole steps of the sum.
  private let positions: Int
  /// Steps of the sum over one image.
  let steps: Int
  /// Pairs of samples that taps reach.
  private let pairRows: Int
  /// Where pairs start that are laid down, in samples of the frame; for each tap which these are, and the
  /// first pair.
  private let starts: [Int]
  private let taps: [(start: Int, pair: Int)]
  /// Filters and channels of a block of weights: large ones read the operands less often, small ones are more
  /// tasks.
  private let blockSide: Int
  /// Steps of the sum that stay in the cache while all taps take them.
  private static let stepsAtOnce = 32

  init(_ plan: ConvolutionPlan) {
    let stride = plan.shape.strideX
    self.plan = plan
    channels = AMXCorrelation.columns(plan.shape.inputChannels)
    filters = AMXCorrelation.columns(plan.shape.outputChannels)
    let last = (plan.usedHeight - 1) * plan.frameWidth + plan.usedWidth
    steps = (last + AMXCorrelation.step - 1) / AMXCorrelation.step
    positions = steps * AMXCorrelation.step
    var starts: [Int] = []
    var taps: [(start: Int, pair: Int)] = []
    for tap in plan.taps {
      let (outputs, rest) = tap.quotientAndRemainder(dividingBy: stride)
      let start = rest + outputs % 2 * stride
      if !starts.contains(start) { starts.append(start) }
      taps.append((starts.firstIndex(of: start)!, outputs / 2))
    }
    self.starts = starts
    self.taps = taps
    blockSide = channels * filters > 1 << 13 ? 64 : 32
    pairRows = positions / 2 + taps.map(\.pair).max()!
  }

  /// Samples of the frame with what pairs reach beyond, zeros.
  var sampleCount: Int {
    let reach = starts.max()! + 2 * pairRows * plan.shape.strideX
    return max(plan.frameCount, reach * plan.shape.inputChannels)
  }

  /// Elements of the gradient as numbered, and of its pairs, turned.
  var gradientCount: Int { positions * plan.shape.outputChannels }
  var turnedCount: Int { filters * positions / 2 }

  /// Elements of the pairs of samples.
  var pairCount: Int { starts.count * pairRows * channels }

  /// The pairs of samples of a frame: `[start][16 channels][pair][channel]`.
  func pair(
    _ frame: UnsafePointer<Float>, _ kernels: TensorKernels, into out: UnsafeMutablePointer<Float>
  ) {
    let (count, side) = (plan.shape.inputChannels, AMXCorrelation.side)
    for (index, start) in starts.enumerated() {
      for first in stride(from: 0, to: count, by: side) {
        kernels.table.pair_rows(
          2 * pairRows, min(side, count - first), frame + start * count + first,
          plan.shape.strideX * count, out + pairRows * (index * channels + first), side)
      }
    }
  }

  /// The pairs of the gradient of the output: `[16 filters][step][filter][16 pairs]`.
  ///
  /// - Parameter frame: 0 wherever no output is, at first.
  func turn(
    _ dy: UnsafePointer<Float>, _ kernels: TensorKernels, frame: UnsafeMutablePointer<Float>,
    pairs: UnsafeMutablePointer<Float>, into out: UnsafeMutablePointer<Float>
  ) {
    let count = plan.shape.outputChannels
    for row in 0..<plan.usedHeight {
      (frame + row * plan.frameWidth * count).update(
        from: dy + row * plan.usedWidth * count, count: plan.usedWidth * count)
    }
    kernels.table.pair_rows(positions, count, frame, count, pairs, count)
    let side = AMXCorrelation.side
    for first in stride(from: 0, to: count, by: side) {
      for step in 0..<steps {
        kernels.table.transpose(
          side, min(side, count - first), pairs + step * side * count + first, count,
          out + (first * steps + step * side) * side, side)
      }
    }
  }

  /// Blocks of weights.
  var blocks: Int { (filters + blockSide - 1) / blockSide * blocksAcross }
  private var blocksAcross: Int { (channels + blockSide - 1) / blockSide }

  /// Elements of the sums of all blocks.
  var sumCount: Int { blocks * blockFloats }

  /// Sums of a block: `[tap][filter][channel]`; with those of pieces that wait for their neighbours.
  var blockFloats: Int { plan.taps.count * blockSide * blockSide }
  var blockCount: Int { blockFloats * (Int.bitWidth - mostPieces.leadingZeroBitCount + 1) }

  /// Filters and channels of a block, without those that only fill it.
  private func range(_ index: Int) -> (filters: Range<Int>, channels: Range<Int>) {
    let (down, across) = index.quotientAndRemainder(dividingBy: blocksAcross)
    let (filter, channel) = (down * blockSide, across * blockSide)
    return (
      filter..<min(filter + blockSide, plan.shape.outputChannels),
      channel..<min(channel + blockSide, plan.shape.inputChannels)
    )
  }

  /// The sums of a block over neighbouring images.
  ///
  /// - Parameters:
  ///   - samples, gradients: of the first image; those of the next so many floats on.
  ///   - adds: whether to what is in `sums`.
  func multiply(
    block: Int, images: Int, _ samples: UnsafePointer<Float>, _ sampleCount: Int,
    _ gradients: UnsafePointer<Float>, _ gradientCount: Int, _ kernels: TensorKernels,
    adds: Bool, into sums: UnsafeMutablePointer<Float>
  ) {
    let (unit, side) = (MemoryLayout<Float>.size, AMXCorrelation.side)
    let range = range(block)
    var (gradientSteps, sampleSteps): ([Int], [Int]) = ([], [])
    for image in 0..<images {
      for step in 0..<steps {
        gradientSteps.append((image * gradientCount + step * side * side) * unit)
        sampleSteps.append((image * sampleCount + step * side * side) * unit)
      }
    }
    gradientSteps.withUnsafeBufferPointer { gradientSteps in
      sampleSteps.withUnsafeBufferPointer { sampleSteps in
        // Safety: blocks end with the last filter and channel, in whole blocks, pairs with the last position.
        var work = net_blocks()
        work.rows = (range.filters.count + side - 1) / side
        work.columns = (range.channels.count + side - 1) / side
        work.a = UnsafeRawPointer(gradients + range.filters.lowerBound * positions / 2)
        work.a_row = side * unit
        work.a_block = side * positions / 2 * unit
        work.b_row = side * unit
        work.b_block = side * pairRows * unit
        work.c_row = blockSide
        var works = [net_blocks](repeating: work, count: taps.count)
        for first in stride(from: 0, to: gradientSteps.count, by: Self.stepsAtOnce) {
          for (index, tap) in taps.enumerated() {
            let block = tap.start * channels + range.channels.lowerBound
            works[index].accumulate = adds || first > 0
            works[index].steps = min(Self.stepsAtOnce, gradientSteps.count - first)
            works[index].a_steps = gradientSteps.baseAddress! + first
            works[index].b_steps = sampleSteps.baseAddress! + first
            works[index].b = UnsafeRawPointer(samples + block * pairRows + tap.pair * side)
            works[index].c = sums + index * blockSide * blockSide
          }
          kernels.table.products_of_blocks(works.count, works)
        }
      }
    }
  }

  /// The sums of a block, in their places of `[tap][channel][filter]`.
  func write(
    block: Int, _ sums: UnsafePointer<Float>, _ kernels: TensorKernels,
    into gradient: UnsafeMutablePointer<Float>
  ) {
    let range = range(block)
    let (channels, filters) = (plan.shape.inputChannels, plan.shape.outputChannels)
    for tap in taps.indices {
      kernels.table.transpose(
        range.filters.count, range.channels.count, sums + tap * blockSide * blockSide, blockSide,
        gradient + (tap * channels + range.channels.lowerBound) * filters
          + range.filters.lowerBound, filters)
    }
  }
}
