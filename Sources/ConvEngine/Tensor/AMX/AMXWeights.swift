internal import CConvKernels
import Raster

/// Weights in blocks: `[block of 16 filters][tap][step of 16 pairs][pair][filter]`, pairs of neighbouring
/// channels.
final class AMXWeights: @unchecked Sendable {
  // Safety: tasks of one call write blocks of their own; what lies beyond the last filter or channel
  // stays 0.
  private let shape: ConvolutionShape
  private let kernels: TensorKernels
  /// Channels that are summed over, and filters; pairs of a tap.
  private let channels, filters, pairs: Int
  private let memory: TensorMemory<Float>
  private let rounded: Workspaces<TensorMemory<Float>>

  /// - Parameter turned: whether for the gradient of the input: filters are summed over.
  init(_ shape: ConvolutionShape, _ kernels: TensorKernels, turned: Bool) {
    self.shape = shape
    self.kernels = kernels
    channels = turned ? shape.outputChannels : shape.inputChannels
    filters = turned ? shape.inputChannels : shape.outputChannels
    pairs = AMXCorrelation.pixel(channels) / 2
    memory = TensorMemory(
      count: shape.kernelHeight * shape.kernelWidth * pairs * AMXCorrelation.columns(filters))
    let count = turned ? AMXCorrelation.side * pairs : 0
    rounded = Workspaces { TensorMemory(count: count) }
  }

  var pointer: UnsafePointer<Float> { UnsafePointer(memory.pointer) }

  /// Where a block of filters lies, from a tap on.
  private func place(_ block: Int, _ tap: Int) -> UnsafeMutablePointer<Float> {
    let taps = shape.kernelHeight * shape.kernelWidth
    return memory.pointer + (block * taps + tap) * pairs * AMXCorrelation.side
  }

  /// - Parameter weights: `[tap][channel][filter]`.
  func pack(_ weights: UnsafePointer<Float>, _ team: ThreadTeam) {
    nonisolated(unsafe) let weights = weights
    let (side, blocks) = (
      AMXCorrelation.side, AMXCorrelation.columns(filters) / AMXCorrelation.side
    )
    // Tap by tap: the weights of one stay in the cache, whose blocks are strips of it.
    let (taps, atOnce) = (shape.kernelHeight * shape.kernelWidth, 8)
    let strips = (blocks + atOnce - 1) / atOnce
    team.run(taps * strips) { task in
      let (tap, strip) = task.quotientAndRemainder(dividingBy: strips)
      for block in strip * atOnce..<min((strip + 1) * atOnce, blocks) {
        self.kernels.table.pair_rows(
          self.channels, min(side, self.filters - block * side),
          weights + tap * self.channels * self.filters + block * side, self.filters,
          self.place(block, tap), side)
      }
    }
  }

  /// - Parameters:
  ///   - weights: `[tap][filter][channel]`.
  ///   - places: where each tap goes.
  func packTurned(_ weights: UnsafePointer<Float>, places: [Int], _ team: ThreadTeam) {
    nonisolated(unsafe) let weights = weights
    let side = AMXCorrelation.side
    team.run(AMXCorrelation.columns(filters) / side) { block in
      let count = min(side, self.filters - block * side)
      self.rounded.borrow { space in
        for (tap, place) in places.enumerated() {
          let from = weights + (tap * self.filters + block * side) * self.channels
          for filter in 0..<count {
            self.kernels.table.round_row(
              self.channels, from + filter * self.channels,
              UnsafeMutableRawPointer(space.pointer + filter * self.pairs)
                .assumingMemoryBound(to: UInt16.self))
          }
          self.kernels.table.transpose(
            count, self.pairs, space.pointer, self.pairs, self.place(block, place), side)
        }
      }
    }
  }
}
