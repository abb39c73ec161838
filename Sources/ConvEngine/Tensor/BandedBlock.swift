public import Raster

/// A convolution of each channel by itself with those of 1×1 taps before and behind it, for prediction: a
/// band of rows passes all three while it is in the cache.
///
///     x → 1×1 (many channels) → each channel by itself → 1×1 (few channels) → y
///
/// The outputs are those of the blocks one after the other, byte for byte. Not to be used by two callers at
/// once.
public final class BandedBlock: @unchecked Sendable {
  // Safety: tasks of one call keep to their own rows of the output, and to their workspace.
  private let widening, narrowing: ConvolutionBlock?
  private let depthwise: DepthwiseBlock
  private let team: ThreadTeam
  /// Rows of the output at a time.
  private let bandRows: Int
  private let workspaces: Workspaces<BandedWorkspace>

  /// - Parameters:
  ///   - widening: before `depthwise`, whose input is its output; nil for none.
  ///   - narrowing: behind it; nil for none.
  ///   - cache: floats of the maps between them that a band may have, as far as it has several rows.
  /// - Precondition: the convolutions have one tap, no stride, no pooling, and are not made for training.
  public init(
    _ widening: ConvolutionBlock?, _ depthwise: DepthwiseBlock, _ narrowing: ConvolutionBlock?,
    team: ThreadTeam, cache: Int = BandedBlock.cache
  ) {
    for block in [widening, narrowing].compactMap({ $0 }) {
      precondition(block.plan.isProduct && block.gradients == nil, "a product of each sample")
    }
    self.widening = widening
    self.depthwise = depthwise
    self.narrowing = narrowing
    self.team = team
    let shape = depthwise.shape
    let row = (
      widening == nil ? 0 : shape.inputWidth * shape.inputChannels,
      narrowing == nil ? 0 : shape.outputWidth * shape.outputChannels
    )
    let rows = min(shape.outputHeight, max(1, cache / max(1, row.0 * shape.strideY + row.1)))
    bandRows = rows
    let seen = min(shape.inputHeight, (rows - 1) * shape.strideY + shape.windowHeight)
    workspaces = Workspaces { BandedWorkspace(wide: seen * row.0, narrow: rows * row.1) }
  }

  /// Whether bands are worth more than the layers one after the other: the maps between them are larger than
  /// the weights, which every image reads anew, and where images are few, than the cache of a core.
  public static func pays(
    _ shape: ConvolutionShape, weights: Int, images: Int, threads: Int
  ) -> Bool {
    let map = max(shape.inputCount, shape.outputCount)
    return map > weights && (images >= 2 * threads || map > 2 * cache)
  }

  /// Floats of the maps between the layers that stay in a core's cache beside the weights.
  public static let cache = 1 << 16

  /// - Parameters:
  ///   - batch: number of images (≥ 1, at most what the blocks were made for).
  ///   - x: batch images of the first block.
  ///   - weights: of `depthwise`; those of the others were kept by them.
  ///   - biases: of the three, or nil.
  ///   - y: batch images of the last block, written.
  public func forward(
    batch: Int, x: UnsafePointer<Float>, weights: UnsafePointer<Float>,
    biases: (
      widening: UnsafePointer<Float>?, depthwise: UnsafePointer<Float>?,
      narrowing: UnsafePointer<Float>?
    ), y: UnsafeMutablePointer<Float>
  ) {
    nonisolated(unsafe) let (x, weights, biases, y) = (x, weights, biases, y)
    let shape = depthwise.shape
    let rows = shape.outputHeight
    let channels = (
      widening?.shape.inputChannels ?? shape.inputChannels,
      narrowing?.shape.outputChannels ?? shape.outputChannels
    )
    // Rows of the widest map between two parts are made twice: a thread has one part of a few images.
    let parts = batch >= 2 * team.threads ? 1 : min(rows, (team.threads + batch - 1) / batch)
    team.run(batch * parts) { task in
      let (image, part) = (task / parts, task % parts)
      self.workspaces.borrow { space in
        self.forward(
          rows: part * rows / parts..<(part + 1) * rows / parts,
          x + image * shape.inputHeight * shape.inputWidth * channels.0, weights, biases,
          y + image * rows * shape.outputWidth * channels.1, space)
      }
    }
  }

  /// Some rows of an image.
  private func forward(
    rows: Range<Int>, _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>,
    _ biases: (
      widening: UnsafePointer<Float>?, depthwise: UnsafePointer<Float>?,
      narrowing: UnsafePointer<Float>?
    ), _ y: UnsafeMutablePointer<Float>, _ space: BandedWorkspace
  ) {
    let shape = depthwise.shape
    let outputs = shape.outputWidth * shape.outputChannels
    /// Rows of the wide map in the workspace.
    var held = 0..<0
    for first in stride(from: rows.lowerBound, to: rows.upperBound, by: bandRows) {
      let band = first..<min(first + bandRows, rows.upperBound)
      var (map, top) = (x, 0)
      if let widening {
        held = widen(
          widening, x, seen: depthwise.rows(seenBy: band), held: held, biases.widening,
          space.wide.pointer)
        (map, top) = (UnsafePointer(space.wide.pointer), held.lowerBound)
      }
      let between = narrowing == nil ? y + first * outputs : space.narrow.pointer
      depthwise.convolve(
        band, 0..<shape.outputChannels, of: map, from: top, weights, biases.depthwise, into: between
      )
      if let narrowing {
        let samples = shape.outputWidth * narrowing.shape.outputChannels
        narrowing.multiplyKept(
          band.count * shape.outputWidth, UnsafePointer(between), biases.narrowing,
          y + first * samples)
      }
    }
  }

  /// Makes the rows that a band sees, but for those that the band before has seen too.
  ///
  /// - Returns: rows in the workspace from now on.
  private func widen(
    _ block: ConvolutionBlock, _ x: UnsafePointer<Float>, seen: Range<Int>, held: Range<Int>,
    _ bias: UnsafePointer<Float>?, _ wide: UnsafeMutablePointer<Float>
  ) -> Range<Int> {
    let shape = depthwise.shape
    let row = shape.inputWidth * shape.inputChannels
    let kept = held.clamped(to: seen)
    if !kept.isEmpty {
      // Safety: places may overlap; `update` moves as memmove does.
      wide.update(from: wide + (kept.lowerBound - held.lowerBound) * row, count: kept.count * row)
    }
    let first = kept.isEmpty ? seen.lowerBound : kept.upperBound
    block.multiplyKept(
      (seen.upperBound - first) * shape.inputWidth,
      x + first * shape.inputWidth * block.shape.inputChannels, bias,
      wide + (first - seen.lowerBound) * row)
    return seen
  }
}

/// Rows of the maps between the layers of a `BandedBlock`.
private final class BandedWorkspace: Sendable {
  let wide, narrow: TensorMemory<Float>

  init(wide: Int, narrow: Int) {
    self.wide = TensorMemory(count: wide)
    self.narrow = TensorMemory(count: narrow)
  }
}
