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
  /// Channels at a time: the weights of all taps stay in the first cache.
  private static let block = 64
  /// Outputs that are worth a task.
  private static let grain = 16384
  /// Gradients of the weights, then of the biases; nil unless made for training.
  private let sums: TreeSum?

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
      for channel in stride(from: channels.lowerBound, to: channels.upperBound, by: Self.block) {
        for row in part {
          let image = row / rows
          self.visit(
            row: row % rows, x + image * self.shape.inputCount + channel, weights + channel,
            out: y + row * rowCount + channel
          ) { product, _, _ in
            product.channels = min(Self.block, channels.upperBound - channel)
            product.bias = bias.map { $0 + channel }
            product.relu = self.relu
            product.ceiling = self.ceiling ?? 0
            self.kernels.table.depthwise(&product)
          }
        }
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

  /// - Parameters:
  ///   - y: as written by `forward`.
  ///   - dy: batch · `shape.outputCount`; may be destroyed.
  ///   - dx: batch · `shape.inputCount`, overwritten; nil where nobody needs it.
  ///   - weightGradient: `weightCount`, overwritten with the sum over the batch.
  ///   - biasGradient: a number a channel, overwritten, or nil.
  ///   - isMasked: whether `dy` is 0 wherever the ReLU was shut (then `y` isn't read).
  ///   - share: where `batch` are this rank's images of a larger batch, over which the sums run.
  public func backward(
    batch: Int, x: UnsafePointer<Float>, weights: UnsafePointer<Float>, y: UnsafePointer<Float>,
    dy: UnsafeMutablePointer<Float>, dx: UnsafeMutablePointer<Float>?,
    weightGradient: UnsafeMutablePointer<Float>, biasGradient: UnsafeMutablePointer<Float>?,
    isMasked: Bool = false, share: BatchShare? = nil
  ) {
    guard let sums, batch <= maximumBatch else {
      preconditionFailure("made for training such batches")
    }
    nonisolated(unsafe) let (x, weights, y, dy, dx) = (x, weights, y, dy, dx)
    let (weightCount, channels) = (weightCount, shape.outputChannels)
    // Safety: each task has images and sums of its own.
    sums.run(batch: batch, share, team) { images, sums in
      for image in images {
        let from = image * self.shape.outputCount
        if self.relu && !isMasked {
          self.kernels.table.mask(self.shape.outputCount, y + from, dy + from, dy + from)
        }
        let input = dx.map { $0 + image * self.shape.inputCount }
        input?.update(repeating: 0, count: self.shape.inputCount)
        self.addGradients(
          x + image * self.shape.inputCount, weights, dy + from, input, sums,
          sums + weightCount)
      }
    } then: { sum in
      weightGradient.update(from: sum, count: weightCount)
      biasGradient?.update(from: sum + weightCount, count: channels)
    }
  }

  /// The gradients of one image, added to `sums`, `biasSums` and `dx`.
  private func addGradients(
    _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, _ dy: UnsafeMutablePointer<Float>,
    _ dx: UnsafeMutablePointer<Float>?, _ sums: UnsafeMutablePointer<Float>,
    _ biasSums: UnsafeMutablePointer<Float>
  ) {
    let channels = shape.outputChannels
    let rowCount = shape.outputWidth * channels
    for row in 0..<shape.outputHeight {
      for column in 0..<shape.outputWidth {
        kernels.table.combine(
          channels, 1, dy + row * rowCount + column * channels, 1, biasSums)
      }
      visit(row: row, x, weights, out: dy + row * rowCount) { product, input, tap in
        product.weight_gradient = sums + tap
        self.kernels.table.depthwise_weights(&product)
        guard let dx else { return }
        product.in_gradient = dx + input
        self.kernels.table.depthwise_scatter(&product)
      }
    }
  }

  /// Visits an output row of an image in parts of which all outputs see the same taps.
  ///
  /// - Parameter body: given a part, and the places of its first sample and of its first tap.
  private func visit(
    row: Int, _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>,
    out: UnsafeMutablePointer<Float>, _ body: (inout net_depthwise, Int, Int) -> Void
  ) {
    let (channels, width) = (shape.inputChannels, shape.inputWidth)
    let rows = Self.taps(
      at: row * shape.strideY - shape.padTop, taps: shape.kernelHeight,
      dilation: shape.dilationY, in: shape.inputHeight)
    let y = row * shape.strideY - shape.padTop + rows.lowerBound * shape.dilationY
    for part in parts {
      let columns = part.taps
      let sees = !rows.isEmpty && !columns.isEmpty
      let left =
        part.columns.lowerBound * shape.strideX - shape.padLeft
        + columns.lowerBound * shape.dilationX
      let input = sees ? (y * width + left) * channels : 0
      let tap = sees ? (rows.lowerBound * shape.kernelWidth + columns.lowerBound) * channels : 0
      // Safety: `parts` leaves taps that lie within the map; outputs are those of the row.
      var product = net_depthwise()
      product.outputs = part.columns.count
      product.channels = channels
      product.pitch = channels
      product.tap_rows = sees ? rows.count : 0
      product.tap_columns = sees ? columns.count : 0
      product.in = x + input
      product.step = shape.strideX * channels
      product.row = shape.dilationY * width * channels
      product.column = shape.dilationX * channels
      product.weights = weights + tap
      product.weight_row = shape.kernelWidth * channels
      product.out = out + part.columns.lowerBound * channels
      body(&product, input, tap)
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
