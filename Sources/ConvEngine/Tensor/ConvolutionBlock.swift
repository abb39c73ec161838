public import Raster

/// Convolution, bias, ReLU and max pooling over a batch, as one step.
///
/// One image at a time stays in the cache; only what the backward pass needs is written: the
/// (pooled) output and, where there is a pooling, one byte per output that says which sample of the
/// window won (the first of several equal ones). Images NHWC, weights
/// `[kernelHeight][kernelWidth][inputChannels][outputChannels]`.
///
/// The same bytes for any team, and for an image whatever batch it stands in; of a block that is not made
/// for training and has many weights, `maximumBatch` decides how they are applied. Not to be used by two
/// callers at once.
public final class ConvolutionBlock: @unchecked Sendable {
  // Safety: tasks of one call share the packed weights (read) and keep to their own images, chunk
  // and workspace.
  public let shape: ConvolutionShape
  public let relu: Bool
  /// The largest output; nil for none.
  public let ceiling: Float?
  public let pool: PoolShape?
  let maximumBatch: Int
  let team: ThreadTeam
  let kernels: TensorKernels
  let plan: ConvolutionPlan
  let memory: PassMemory
  /// The cut into tiles where the products of tiles are cheaper, and the weights for them.
  let winograd: (tiling: WinogradTiling, weights: WinogradWeights)?
  let winogradWorkspaces: Workspaces<WinogradWorkspace>?
  let amx: AMXForward?
  /// The weights in panels, packed anew in each pass unless they are kept.
  let packed: TensorMemory<Float>
  let forwardWorkspaces: Workspaces<ForwardWorkspace>
  /// Samples by twos, where one product takes those of all images and their precision asks for it.
  let folds: Workspaces<TensorMemory<Float>>
  let gradients: ConvolutionGradients?
  /// Whether the weights are prepared for all passes to come.
  private var keepsWeights = false

  /// - Parameters:
  ///   - maximumBatch: the largest number of images of one call (≥ 1).
  ///   - needsInputGradient: whether `backward` will be asked for dx.
  ///   - training: whether `backward` will be called; then there is no ceiling.
  ///   - precision: of the products.
  ///   - memory: shared with blocks that run before and after this one.
  ///   - blocks: whether products of bfloat16 are those of AMX, emulated where there is none; nil where the
  ///     processor has it.
  /// - Precondition: the shape is valid and at least one pooling window fits.
  public init(
    _ shape: ConvolutionShape, relu: Bool, ceiling: Float? = nil, pool: PoolShape? = nil,
    maximumBatch: Int, needsInputGradient: Bool, training: Bool, precision: Precision = .f32,
    team: ThreadTeam, memory: PassMemory = PassMemory(), instructionSet: InstructionSet = .current,
    blocks: Bool? = nil
  ) {
    precondition(shape.isValid, "the shape of the convolution is valid")
    precondition(ceiling == nil || !training, "what is cut off has no way back")
    let shape = pool == nil ? shape.asOneRow : shape
    if let pool {
      precondition(pool.windowHeight * pool.windowWidth <= 256, "the choice fits a byte")
    }
    self.shape = shape
    self.relu = relu
    self.ceiling = ceiling
    self.pool = pool
    self.maximumBatch = maximumBatch
    self.team = team
    self.memory = memory
    let kernels = TensorKernels(instructionSet, precision, blocks: blocks)
    self.kernels = kernels
    let plan = ConvolutionPlan(shape, pool: pool)
    precondition(plan.outputHeight >= 1 && plan.outputWidth >= 1, "a pooling window fits")
    self.plan = plan
    amx = AMXForward(plan, kernels)
    if amx == nil, let tiling = WinogradTiling(plan, kernels, images: training ? nil : maximumBatch)
    {
      winograd = (tiling, WinogradWeights(tiling, shape, kernels, turned: false))
      winogradWorkspaces = Workspaces { WinogradWorkspace(plan, tiling) }
    } else {
      winograd = nil
      winogradWorkspaces = nil
    }
    packed = TensorMemory(
      count: winograd != nil || amx != nil
        ? 0
        : plan.runs.count * plan.runSteps(kernels) * kernels.panels(shape.outputChannels)
          * kernels.panel)
    forwardWorkspaces = Workspaces { ForwardWorkspace(plan, kernels) }
    folds = Workspaces {
      TensorMemory(
        count: Self.rowsAtOnce(shape.depth, kernels) * TensorKernels.pairs(shape.depth))
    }
    gradients =
      training
      ? ConvolutionGradients(
        plan, kernels, relu: relu, needsInputGradient: needsInputGradient, memory: memory)
      : nil
  }

  /// Rows of the output, after the pooling.
  public var outputHeight: Int { plan.outputHeight }
  /// Columns of the output, after the pooling.
  public var outputWidth: Int { plan.outputWidth }
  /// Elements of the output of one image.
  public var outputCount: Int { plan.outputCount }

  /// Bytes that `forward` remembers of one image: `outputCount` where there is a pooling, else 0.
  public var argmaxCount: Int { pool == nil ? 0 : outputCount }

  /// Takes weights that stay as they are: the passes to come use these, whichever they are given, and
  /// need not prepare them.
  ///
  /// - Parameter weights: `shape.weightCount`.
  /// - Precondition: not made for training.
  public func keep(_ weights: UnsafePointer<Float>) {
    precondition(gradients == nil, "weights that learn are not kept")
    if let winograd {
      winograd.weights.keep(weights, team)
    } else if let amx {
      amx.prepare(weights, team)
    } else {
      pack(weights)
    }
    keepsWeights = true
  }

  /// Values that `keep` makes of the weights, for batches of up to `maximumBatch`.
  public static func keptCount(
    _ shape: ConvolutionShape, pool: PoolShape? = nil, maximumBatch: Int
  ) -> Int {
    let kernels = TensorKernels()
    let (depth, filters) = (shape.depth, kernels.panels(shape.outputChannels) * kernels.panel)
    let plan = ConvolutionPlan(shape, pool: pool)
    guard let tiling = WinogradTiling(plan, kernels, images: maximumBatch) else {
      return depth.saturatingProduct(filters)
    }
    return (tiling.planes * shape.inputChannels).saturatingProduct(filters)
  }

  private func pack(_ weights: UnsafePointer<Float>) {
    if kernels.takesPairs {
      return kernels.packPairs(
        runs: plan.runs.count, length: plan.runLength, columns: shape.outputChannels, weights,
        pitch: shape.outputChannels, into: packed.pointer)
    }
    kernels.pack(
      rows: shape.depth, columns: shape.outputChannels, weights, pitch: shape.outputChannels,
      into: packed.pointer)
  }

  /// - Parameters:
  ///   - batch: number of images (1…maximumBatch).
  ///   - x: batch · `shape.inputCount`.
  ///   - weights: `shape.weightCount`.
  ///   - bias: `shape.outputChannels`, or nil.
  ///   - y: batch · `outputCount`, written.
  ///   - argmax: batch · `argmaxCount`, written; nil where no backward pass follows.
  ///   - visits: before an image of `x` is read, and after it is written in `y`.
  public func forward(
    batch: Int, x: UnsafePointer<Float>, weights: UnsafePointer<Float>,
    bias: UnsafePointer<Float>?, y: UnsafeMutablePointer<Float>,
    argmax: UnsafeMutablePointer<UInt8>?, visits: ImageVisits = ImageVisits()
  ) {
    precondition(batch <= maximumBatch, "the batch fits")
    prepare(weights)
    if goesByImages(batch) {
      return forward(images: batch, x: x, bias: bias, y: y, argmax: argmax, visits)
    }
    ImageVisits.visitAll(visits.before, batch: batch, team)
    if let winograd, let winogradWorkspaces, winograd.tiling.isDeep(plan) {
      forward(planes: batch, x: x, bias: bias, y: y, argmax: argmax, winograd, winogradWorkspaces)
    } else if let winograd, let winogradWorkspaces {
      forward(strips: batch, x: x, bias: bias, y: y, winograd, winogradWorkspaces)
    } else if plan.isProduct {
      multiply(samples: batch * shape.inputWidth, x, bias, y)
    } else {
      forward(few: batch, x: x, bias: bias, y: y)
    }
    ImageVisits.visitAll(visits.after, batch: batch, team)
  }

  private func prepare(_ weights: UnsafePointer<Float>) {
    if keepsWeights { return }
    if let winograd {
      winograd.weights.prepare(weights, memory, team)
    } else if let amx {
      amx.prepare(weights, team)
    } else {
      pack(weights)
    }
  }

  /// Cuts off what is beyond the ceiling.
  func limit(_ y: UnsafeMutablePointer<Float>, _ count: Int) {
    if let ceiling { kernels.table.limit(count, ceiling, y) }
  }

  /// - Parameters:
  ///   - y, argmax: as written by `forward`.
  ///   - dy: batch · `outputCount`; may be destroyed.
  ///   - dx: batch · `shape.inputCount`, overwritten; nil for the first layer.
  ///   - weightGradient: `shape.weightCount`, overwritten with the sum over the batch.
  ///   - biasGradient: `shape.outputChannels`, overwritten, or nil.
  ///   - isMasked: whether `dy` is 0 wherever the ReLU was shut (then `y` isn't read).
  ///   - share: where `batch` are this rank's images of a larger batch, over which the sums run.
  ///   - visits: before an image of `dy` is read, and after it is written in `dx`.
  public func backward(
    batch: Int, x: UnsafePointer<Float>, weights: UnsafePointer<Float>, y: UnsafePointer<Float>,
    argmax: UnsafePointer<UInt8>?, dy: UnsafeMutablePointer<Float>,
    dx: UnsafeMutablePointer<Float>?, weightGradient: UnsafeMutablePointer<Float>,
    biasGradient: UnsafeMutablePointer<Float>?, isMasked: Bool = false, share: BatchShare? = nil,
    visits: ImageVisits = ImageVisits()
  ) {
    precondition(batch <= maximumBatch, "the batch fits")
    precondition(gradients != nil, "made for training")
    precondition(dx == nil || gradients!.needsInputGradient, "made for input gradients")
    gradients!.run(
      batch: batch, x: x, weights: weights, y: relu && !isMasked ? y : nil, argmax: argmax, dy: dy,
      dx: dx, weightGradient: weightGradient, biasGradient: biasGradient, team: team,
      share: share, visits: visits)
  }
}
