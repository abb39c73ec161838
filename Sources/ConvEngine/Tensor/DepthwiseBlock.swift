internal import CConvKernels
public import Raster

/// A convolution of each channel by itself, with bias and ReLU, over a batch.
///
///     out[y, x, c] = bias[c] + Σ w[j, i, c] · in[y·strideY + j·dilationY − padTop, …, c]
///
/// Images NHWC, weights `[kernelHeight][kernelWidth][channels]`. The same bytes for any team, and for
/// an image whatever batch it stands in. Not to be used by two callers at once.
public final class DepthwiseBlock: @unchecked Sendable {
  // Safety: tasks of one call keep to their own rows (forwards) or images and chunk (backwards).
  public let shape: ConvolutionShape
  public let relu: Bool
  /// The largest output; nil for none.
  public let ceiling: Float?
  let maximumBatch: Int
  let team: ThreadTeam
  let kernels: TensorKernels
  /// Columns of the output that see the same columns of taps, which lie within the map.
  private let parts: [(columns: Range<Int>, taps: Range<Int>)]
  /// What computes whole rows forwards; nil where windows are of another size, or rows are short.
  private let windows: (@convention(c) (UnsafePointer<net_depthwise>?) -> Void)?
  /// Channels at a time: the weights of all taps stay in the first cache.
  private static let block = 64
  /// Outputs that are worth a task.
  private static let grain = 16384
  /// Gradients of the weights, then of the biases; nil unless made for training.
  let sums: TreeSum?

  /// - Parameters:
  ///   - shape: as many outputs as inputs.
  ///   - maximumBatch: the largest number of images of one call (≥ 1).
  ///   - training: whether `backward` will be called; then there is no ceiling.
  public init(
    _ shape: ConvolutionShape, relu: Bool, ceiling: Float? = nil, maximumBatch: Int,
    training: Bool, team: ThreadTeam, instructionSet: InstructionSet = .current
  ) {
    precondition(shape.isValid, "the shape of the convolution is valid")
    precondition(shape.inputChannels == shape.outputChannels, "an output for each channel")
    precondition(ceiling == nil || !training, "what is cut off has no way back")
    self.shape = shape
    self.relu = relu
    self.ceiling = ceiling
    self.maximumBatch = maximumBatch
    self.team = team
    kernels = TensorKernels(instructionSet)
    parts = Self.parts(shape)
    windows = Self.windows(shape, kernels)
    let count = (shape.kernelHeight * shape.kernelWidth + 1) * shape.outputChannels
    sums = training ? TreeSum(count: count, kernels) : nil
  }

  /// Weights, without the biases.
  public var weightCount: Int { shape.kernelHeight * shape.kernelWidth * shape.outputChannels }

  /// - Parameters:
  ///   - batch: number of images (1…maximumBatch).
  ///   - x: batch · `shape.inputCount`.
  ///   - weights: `weightCount`.
  ///   - bias: a number a channel, or nil.
  ///   - y: batch · `shape.outputCount`, written.
  public func forward(
    batch: Int, x: UnsafePointer<Float>, weights: UnsafePointer<Float>,
    bias: UnsafePointer<Float>?, y: UnsafeMutablePointer<Float>
  ) {
    precondition(batch <= maximumBatch, "the batch fits")
    nonisolated(unsafe) let (x, weights, bias, y) = (x, weights, bias, y)
    let rows = shape.outputHeight
    let rowCount = shape.outputWidth * shape.outputChannels
    let channels = shape.outputChannels
    let convolve: @Sendable (Range<Int>, Range<Int>) -> Void = { part, channels in
      var first = part.lowerBound
      while first < part.upperBound {
        let image = first / rows
        let end = min(part.upperBound, (image + 1) * rows)
        self.convolve(
          first - image * rows..<end - image * rows, channels,
          of: x + image * self.shape.inputCount, from: 0, weights, bias, into: y + first * rowCount)
        first = end
      }
    }
    let all = batch * rows
    // Safety: each task writes rows, or channels, of its own.
    if all * rowCount <= 4 * team.threads * Self.grain, channels >= 2 * team.threads * Self.block {
      // Rows so few that they can't be shared evenly.
      team.share(channels, parts: 4 * team.threads, unit: Self.block) { convolve(0..<all, $0) }
    } else {
      team.split(0..<all, grain: max(1, Self.grain / rowCount)) { convolve($0, 0..<channels) }
    }
  }

  /// Some rows and channels of the output of an image.
  ///
  /// - Parameters:
  ///   - x: the first sample of row `top` of the input.
  ///   - y: the first sample of the first of the rows.
  func convolve(
    _ rows: Range<Int>, _ channels: Range<Int>, of x: UnsafePointer<Float>, from top: Int,
    _ weights: UnsafePointer<Float>, _ bias: UnsafePointer<Float>?,
    into y: UnsafeMutablePointer<Float>
  ) {
    let rowCount = shape.outputWidth * shape.outputChannels
    for channel in stride(from: channels.lowerBound, to: channels.upperBound, by: Self.block) {
      for row in rows {
        var whole = product(
          row: row, x + channel, from: top, weights + channel,
          out: y + (row - rows.lowerBound) * rowCount + channel)
        whole.channels = min(Self.block, channels.upperBound - channel)
        whole.bias = bias.map { $0 + channel }
        whole.relu = relu
        whole.ceiling = ceiling ?? 0
        if let windows {
          windows(&whole)
        } else {
          visit(whole) { product, _, _ in kernels.table.depthwise(&product) }
        }
      }
    }
  }

  /// Rows of the input that some rows of the output see.
  func rows(seenBy rows: Range<Int>) -> Range<Int> {
    let first = rows.lowerBound * shape.strideY - shape.padTop
    let last = (rows.upperBound - 1) * shape.strideY - shape.padTop + shape.windowHeight
    let start = min(max(0, first), shape.inputHeight)
    return start..<max(start, min(last, shape.inputHeight))
  }

  /// An output row of an image: its windows begin left of the first sample of the map, where there is padding.
  ///
  /// - Parameter x: the first sample of row `top`.
  func product(
    row: Int, _ x: UnsafePointer<Float>, from top: Int, _ weights: UnsafePointer<Float>,
    out: UnsafeMutablePointer<Float>
  ) -> net_depthwise {
    let (channels, width) = (shape.inputChannels, shape.inputWidth)
    let start = row * shape.strideY - shape.padTop
    let taps = Self.taps(
      at: start, taps: shape.kernelHeight, dilation: shape.dilationY, in: shape.inputHeight)
    var product = net_depthwise()
    product.outputs = shape.outputWidth
    product.channels = channels
    product.pitch = channels
    product.tap_rows = taps.count
    product.tap_columns = shape.kernelWidth
    // Safety: `taps` lie within the map; where there are none, nothing is read.
    product.in =
      taps.isEmpty
      ? x : x + (start + taps.lowerBound * shape.dilationY - top) * width * channels
    product.step = shape.strideX * channels
    product.row = shape.dilationY * width * channels
    product.column = shape.dilationX * channels
    product.left = shape.padLeft
    product.width = width
    product.weights = weights + taps.lowerBound * shape.kernelWidth * channels
    product.weight_row = shape.kernelWidth * channels
    product.out = out
    return product
  }

  /// Visits an output row in parts of which all outputs see the same taps.
  ///
  /// - Parameter body: given a part, and how far its first sample and its first tap are from those of the row.
  func visit(_ row: net_depthwise, _ body: (inout net_depthwise, Int, Int) -> Void) {
    let channels = shape.inputChannels
    for part in parts {
      let taps = part.taps
      let left =
        part.columns.lowerBound * shape.strideX - shape.padLeft + taps.lowerBound * shape.dilationX
      let sees = row.tap_rows > 0 && !taps.isEmpty
      let (sample, tap) = sees ? (left * channels, taps.lowerBound * channels) : (0, 0)
      // Safety: `parts` leaves taps that lie within the map; outputs are those of the row.
      var product = row
      product.outputs = part.columns.count
      product.tap_rows = sees ? row.tap_rows : 0
      product.tap_columns = taps.count
      product.in += sample
      product.weights += tap
      product.out += part.columns.lowerBound * channels
      body(&product, sample, tap)
    }
  }

  private static func windows(
    _ shape: ConvolutionShape, _ kernels: TensorKernels
  ) -> (@convention(c) (UnsafePointer<net_depthwise>?) -> Void)? {
    guard shape.dilationX == 1, shape.outputWidth >= 7 else { return nil }
    let bodies = kernels.table.depthwise_windows
    return switch (shape.kernelWidth, shape.strideX) {
    case (3, 1): bodies.0.0
    case (3, 2): bodies.0.1
    case (5, 1): bodies.1.0
    case (5, 2): bodies.1.1
    default: nil
    }
  }

  /// The columns of an output row, cut where the taps within the map change.
  private static func parts(
    _ shape: ConvolutionShape
  ) -> [(columns: Range<Int>, taps: Range<Int>)] {
    var parts: [(columns: Range<Int>, taps: Range<Int>)] = []
    for column in 0..<shape.outputWidth {
      let taps = taps(
        at: column * shape.strideX - shape.padLeft, taps: shape.kernelWidth,
        dilation: shape.dilationX, in: shape.inputWidth)
      if let last = parts.last, last.taps == taps {
        parts[parts.count - 1].columns = last.columns.lowerBound..<column + 1
      } else {
        parts.append((column..<column + 1, taps))
      }
    }
    return parts
  }

  /// The taps of a window that lie within the map.
  private static func taps(
    at start: Int, taps: Int, dilation: Int, in length: Int
  ) -> Range<Int> {
    // start + t · dilation ≥ 0, and < length.
    let first = start >= 0 ? 0 : (-start + dilation - 1) / dilation
    let last = start >= length ? 0 : (length - 1 - start) / dilation + 1
    return first < min(last, taps) ? first..<min(last, taps) : 0..<0
  }
}
