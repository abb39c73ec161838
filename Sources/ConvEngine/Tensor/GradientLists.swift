internal import CConvKernels

/// The sparse way back through a convolution: see `ConvolutionGradients`.
final class GradientLists: @unchecked Sendable {
  // Safety: constant after `init`.
  private let plan: ConvolutionPlan
  private let kernels: TensorKernels
  /// For each output, the position of the first sample of its window, in the rows and columns that
  /// windows see.
  private let positions: [Int32]
  /// For each sample of a window, how many positions further it lies.
  private let positionOffsets: [Int32]
  /// For each position, where its window of taps starts in a block of the frame, in floats.
  private let places: [Int32]
  private let placeOffsets: [Int]
  private let positionStarts: [Int32]
  private let channelStarts: [Int32]
  /// Where a tap lies in a block of the frame, and in a block of the weights, in floats.
  private let frameTaps: [Int]
  private let weightTaps: [Int]
  private let filterSums: [Int]

  init(_ plan: ConvolutionPlan, _ kernels: TensorKernels) {
    self.plan = plan
    self.kernels = kernels
    let lanes = kernels.lanes
    let window = plan.pool ?? PoolShape(windowHeight: 1, windowWidth: 1)
    var positions: [Int32] = []
    for y in 0..<plan.outputHeight {
      for x in 0..<plan.outputWidth {
        positions.append(Int32(y * window.strideY * plan.usedWidth + x * window.strideX))
      }
    }
    self.positions = positions
    var offsets: [Int32] = []
    for j in 0..<window.windowHeight {
      for i in 0..<window.windowWidth { offsets.append(Int32(j * plan.usedWidth + i)) }
    }
    positionOffsets = offsets
    placeOffsets = (0..<plan.usedHeight).flatMap { y in
      (0..<plan.usedWidth).map { plan.origin(y, $0) * lanes }
    }
    places = placeOffsets.map { Int32($0) }
    let room = Self.room(plan)
    positionStarts = (0..<places.count).map { Int32($0 * room) }
    channelStarts = (0..<plan.shape.outputChannels).map { Int32($0 * positions.count) }
    frameTaps = plan.taps.map { $0 * lanes }
    weightTaps = plan.taps.indices.map { $0 * lanes }
    let taps = plan.taps.count
    filterSums = (0..<plan.shape.outputChannels).map { $0 * plan.shape.inputChannels * taps }
  }

  /// Entries that one position can get: all filters of all windows that see it.
  private static func room(_ plan: ConvolutionPlan) -> Int {
    guard let pool = plan.pool else { return plan.shape.outputChannels }
    let rows = (pool.windowHeight + pool.strideY - 1) / pool.strideY
    let columns = (pool.windowWidth + pool.strideX - 1) / pool.strideX
    return rows * columns * plan.shape.outputChannels
  }

  final class Workspace: Sendable {
    /// The frame in blocks of lanes: `[block][row][column][lane]`.
    let frame: TensorMemory<Float>
    /// Its gradient.
    let gradient: TensorMemory<Float>
    let byChannel: TensorMemory<net_entry>
    let byPosition: TensorMemory<net_entry>
    let channelEnds: TensorMemory<Int32>
    let positionEnds: TensorMemory<Int32>

    init(_ plan: ConvolutionPlan, _ kernels: TensorKernels) {
      let positions = plan.usedHeight * plan.usedWidth
      frame = TensorMemory(count: plan.frameCount)
      gradient = TensorMemory(count: plan.frameCount)
      byChannel = TensorMemory(count: plan.outputCount)
      byPosition = TensorMemory(count: positions * GradientLists.room(plan))
      channelEnds = TensorMemory(count: plan.shape.outputChannels)
      positionEnds = TensorMemory(count: positions)
    }
  }

  /// Sorts the entries of a gradient by channel and, if asked for, by position.
  func fill(
    _ space: Workspace, dy: UnsafePointer<Float>, argmax: UnsafePointer<UInt8>?, byPosition: Bool
  ) {
    channelStarts.withUnsafeBufferPointer {
      space.channelEnds.pointer.update(from: $0.baseAddress!, count: $0.count)
    }
    positionStarts.withUnsafeBufferPointer {
      space.positionEnds.pointer.update(from: $0.baseAddress!, count: $0.count)
    }
    positions.withUnsafeBufferPointer { positions in
      positionOffsets.withUnsafeBufferPointer { offsets in
        places.withUnsafeBufferPointer { places in
          // Safety: no list gets more entries than it has room for.
          var listing = net_listing()
          listing.windows = positions.count
          listing.channels = plan.shape.outputChannels
          listing.g = dy
          listing.choices = argmax
          listing.positions = positions.baseAddress!
          listing.position_offsets = offsets.baseAddress!
          listing.places = places.baseAddress!
          listing.by_channel = space.byChannel.pointer
          listing.channel_ends = space.channelEnds.pointer
          listing.by_position = byPosition ? space.byPosition.pointer : nil
          listing.position_ends = space.positionEnds.pointer
          listing.channel_offset = Int32(plan.taps.count * kernels.lanes)
          kernels.table.list(&listing)
        }
      }
    }
  }

  /// Adds the gradient of the weights of one image: `sums[filter][block][tap][lane]`.
  func addWeights(
    _ x: UnsafePointer<Float>, _ sums: UnsafeMutablePointer<Float>, _ space: Workspace
  ) {
    let shape = plan.shape
    let lanes = kernels.lanes
    let block = plan.frameHeight * plan.frameWidth * lanes
    for row in 0..<shape.inputHeight {
      let at = ((row + shape.padTop) * plan.frameWidth + shape.padLeft) * lanes
      kernels.table.split(
        shape.inputWidth, shape.inputChannels, x + row * shape.inputWidth * shape.inputChannels,
        space.frame.pointer + at, block)
    }
    // Safety: every place plus every tap lies within a block.
    var gather = net_gather()
    gather.lists = shape.outputChannels
    gather.blocks = shape.inputChannels / lanes
    gather.taps = plan.taps.count
    gather.entries = UnsafePointer(space.byChannel.pointer)
    gather.ends = UnsafePointer(space.channelEnds.pointer)
    gather.source = UnsafePointer(space.frame.pointer)
    gather.source_block = block
    gather.sums = sums
    gather.sum_block = plan.taps.count * lanes
    run(&gather, starts: channelStarts, taps: frameTaps, sumLists: filterSums, sumTaps: weightTaps)
  }

  /// The gradient of the input of one image, overwritten.
  func input(
    _ dx: UnsafeMutablePointer<Float>, _ weights: UnsafePointer<Float>, _ space: Workspace
  ) {
    let shape = plan.shape
    let lanes = kernels.lanes
    let block = plan.frameHeight * plan.frameWidth * lanes
    space.gradient.fill(0)
    // Safety: as above; weights are [block][filter][tap][lane].
    var gather = net_gather()
    gather.lists = places.count
    gather.blocks = shape.inputChannels / lanes
    gather.taps = plan.taps.count
    gather.entries = UnsafePointer(space.byPosition.pointer)
    gather.ends = UnsafePointer(space.positionEnds.pointer)
    gather.source = weights
    gather.source_block = shape.outputChannels * plan.taps.count * lanes
    gather.sums = space.gradient.pointer
    gather.sum_block = block
    run(
      &gather, starts: positionStarts, taps: weightTaps, sumLists: placeOffsets,
      sumTaps: frameTaps)
    for row in 0..<shape.inputHeight {
      let at = ((row + shape.padTop) * plan.frameWidth + shape.padLeft) * lanes
      kernels.table.join(
        shape.inputWidth, shape.inputChannels, space.gradient.pointer + at, block,
        dx + row * shape.inputWidth * shape.inputChannels)
    }
  }

  private func run(
    _ gather: inout net_gather, starts: [Int32], taps: [Int], sumLists: [Int], sumTaps: [Int]
  ) {
    starts.withUnsafeBufferPointer { starts in
      taps.withUnsafeBufferPointer { taps in
        sumLists.withUnsafeBufferPointer { sumLists in
          sumTaps.withUnsafeBufferPointer { sumTaps in
            gather.starts = starts.baseAddress!
            gather.tap_offsets = taps.baseAddress!
            gather.sum_lists = sumLists.baseAddress!
            gather.sum_taps = sumTaps.baseAddress!
            kernels.table.gather(&gather)
          }
        }
      }
    }
  }
}
