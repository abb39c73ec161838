internal import CConvKernels

/// The way back of a convolution through Winograd's tiles: the transposes of the maps of the way
/// forward, so that the gradients are those of what was computed.
final class WinogradGradients: SegmentedGradients {
  let tiling: WinogradTiling
  let plan: ConvolutionPlan
  let kernels: TensorKernels
  /// The transposed weights, for the gradient of the input.
  let weights: WinogradWeights?
  /// Where all of a batch goes through tiles plane by plane.
  let frames: Workspaces<Frame>
  let blocks: Workspaces<TensorMemory<Float>>
  private var inputPlane: Int { tiling.plane(tiling.group, tiling.pixel) }
  private var outputPlane: Int { tiling.plane(tiling.group, plan.shape.outputChannels) }

  init(
    _ plan: ConvolutionPlan, _ tiling: WinogradTiling, _ kernels: TensorKernels,
    needsInputGradient: Bool
  ) {
    self.plan = plan
    self.tiling = tiling
    self.kernels = kernels
    weights =
      needsInputGradient ? WinogradWeights(tiling, plan.shape, kernels, turned: true) : nil
    frames = Workspaces { Frame(tiling) }
    let count = Self.blockCount(tiling)
    blocks = Workspaces { TensorMemory(count: count) }
  }

  /// The input of an image with zeros around it, and its gradient.
  final class Frame: Sendable {
    let input, gradient: TensorMemory<Float>

    init(_ tiling: WinogradTiling) {
      input = TensorMemory(count: tiling.frameCount)
      gradient = TensorMemory(count: tiling.frameCount)
    }
  }

  /// What a group of images needs on its way back.
  final class Workspace: Sendable {
    let frame: Frame
    /// Transformed inputs, then (in their place) the gradient of these.
    let inputs: TensorMemory<Float>
    /// The gradient of the products.
    let products: TensorMemory<Float>
    /// The gradient of the transformed weights, summed over a chunk.
    let weights: TensorMemory<Float>

    init(_ plan: ConvolutionPlan, _ tiling: WinogradTiling) {
      let filters = plan.shape.outputChannels
      frame = Frame(tiling)
      inputs = TensorMemory(count: tiling.planes * tiling.plane(tiling.group, tiling.pixel))
      products = TensorMemory(count: tiling.planes * tiling.plane(tiling.group, filters))
      weights = TensorMemory(count: tiling.planes * plan.shape.inputChannels * filters)
    }
  }

  func makeWorkspace() -> Workspace { Workspace(plan, tiling) }

  /// Starts the sums over a chunk.
  func begin(_ space: Workspace) {
    space.weights.pointer.update(repeating: 0, count: space.weights.count)
  }

  /// Some images, at most `tiling.group`: adds to the sums of the chunk, writes their dx.
  ///
  /// - Parameter gradient: that of the convolution of an image, before the pooling; asked for once
  ///   each, and used before the next.
  func add(
    _ images: Range<Int>, x: UnsafePointer<Float>, dx: UnsafeMutablePointer<Float>?,
    _ space: Workspace, gradient: (Int) -> UnsafePointer<Float>
  ) {
    let shape = plan.shape
    let (filters, channels) = (shape.outputChannels, shape.inputChannels)
    let rows = images.count * tiling.tiles
    for (index, image) in images.enumerated() {
      transform(
        x + image * shape.inputCount, gradient: gradient(image), at: index, space.inputs.pointer,
        plane: inputPlane, space.products.pointer, plane: outputPlane, space.frame.input.pointer)
    }
    for plane in 0..<tiling.planes {
      var product = net_product()
      product.rows = channels
      product.columns = filters
      product.a = UnsafePointer(space.inputs.pointer + plane * inputPlane)
      product.a_row = 1
      product.a_step = tiling.pixel
      product.run_length = rows
      product.b = UnsafePointer(space.products.pointer + plane * outputPlane)
      product.b_step = filters
      product.b_panel = kernels.panel
      product.c = space.weights.pointer + plane * channels * filters
      product.c_row = filters
      product.accumulate = true
      kernels.multiply(&product)
    }
    guard let dx, let weights else { return }
    weights.multiply(
      rows: rows, space.products.pointer, leftRow: filters, leftPlane: outputPlane,
      into: space.inputs.pointer, resultRow: tiling.pixel, resultPlane: inputPlane)
    for (index, image) in images.enumerated() {
      scatter(
        space.inputs.pointer, plane: inputPlane, at: index, space.frame.gradient.pointer,
        into: dx + image * shape.inputCount)
    }
  }

  /// Lays down the transformed input of an image and the transformed gradient of its output.
  ///
  /// - Parameters:
  ///   - dy: the gradient of the convolution, before the pooling.
  ///   - index: the image's place in the planes.
  ///   - frame: the input goes into its middle.
  func transform(
    _ x: UnsafePointer<Float>, gradient dy: UnsafePointer<Float>, at index: Int,
    _ inputs: UnsafeMutablePointer<Float>, plane inputPlane: Int,
    _ products: UnsafeMutablePointer<Float>, plane outputPlane: Int,
    _ frame: UnsafeMutablePointer<Float>
  ) {
    let filters = plan.shape.outputChannels
    tiling.copy(x, plan.shape, into: frame)
    tiling.transform(frame, image: index, into: inputs, plane: inputPlane, kernels)
    for row in 0..<tiling.down {
      var work = tiling.tilesOfRow(
        products, image: index, row: row, channels: filters, plane: outputPlane)
      work.in = dy + row * tiling.side * plan.usedWidth * filters
      work.row = plan.usedWidth * filters
      work.pixel = filters
      work.rows = plan.usedHeight - row * tiling.side
      work.columns = plan.usedWidth
      kernels.table.tiles_gradient(&work)
    }
  }

  /// The gradient of the input of an image from that of its tiles.
  func scatter(
    _ inputs: UnsafeMutablePointer<Float>, plane inputPlane: Int, at index: Int,
    _ frame: UnsafeMutablePointer<Float>, into dx: UnsafeMutablePointer<Float>
  ) {
    frame.update(repeating: 0, count: tiling.frameCount)
    for row in 0..<tiling.down {
      var work = tiling.tilesOfRow(
        inputs, image: index, row: row, channels: tiling.pixel, plane: inputPlane)
      work.out = frame + row * tiling.side * tiling.frameWidth * tiling.pixel
      work.row = tiling.frameWidth * tiling.pixel
      work.pixel = tiling.pixel
      kernels.table.tiles_scatter(&work)
    }
    tiling.copy(frame, plan.shape, outOf: dx)
  }

  /// Adds the gradient of the weights over the chunk to `sums`: `[3][3][channels][filters]`.
  func end(_ sums: UnsafeMutablePointer<Float>, _ space: Workspace) {
    kernels.table.tiles_weight_gradient(
      Int32(tiling.side), plan.shape.inputChannels * plan.shape.outputChannels,
      space.weights.pointer, sums)
  }
}
