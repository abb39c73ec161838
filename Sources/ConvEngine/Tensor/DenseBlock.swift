internal import CConvKernels
public import Raster

/// `y = x · W + b`, with ReLU if asked for, over a batch. Weights: `[inputs][outputs]`.
///
/// The same bytes for any team, and for a row whatever batch it stands in. Not to be used by two
/// callers at once.
public final class DenseBlock: @unchecked Sendable {
  // Safety: tasks of one call keep to their own slice of the inputs and to their own scratch.
  public let inputs: Int
  public let outputs: Int
  public let relu: Bool
  let maximumBatch: Int
  let team: ThreadTeam
  let kernels: TensorKernels
  let amx: AMXDense?
  /// Slices of the inputs whose sums are added in order.
  let slices: Int
  /// One sum a slice, row and output.
  let partial: TensorMemory<Float>
  /// The weights in panels where they can't be read in place or are kept.
  private(set) var packed: TensorMemory<Float>
  /// Whether these are the weights of all passes to come.
  private var keepsWeights = false
  /// The gradient of the output in panels.
  let packedGradient: TensorMemory<Float>
  /// Where products take pairs: the input, and the gradient of the output, by twos.
  let foldedInput: TensorMemory<Float>
  let foldedGradient: TensorMemory<Float>
  /// The same: pairs of rows of the inputs that `backward` takes at a time.
  let rowPairs: Workspaces<PassMemory>
  let takesPairs: Bool
  let entries: Entries
  /// Inputs that `backward` takes at a time.
  let grain: Int
  /// Their weights, transposed, in panels.
  let turnedWeights: Workspaces<TensorMemory<Float>>
  /// Where several ranks share a batch.
  var shared = SharedRows()

  /// - Parameters:
  ///   - maximumBatch: the largest number of rows of one call (≥ 1).
  ///   - training: whether `backward` will be called.
  ///   - precision: of the products.
  ///   - blocks: whether products of bfloat16 are those of AMX, emulated where there is none; nil where the
  ///     processor has it.
  public init(
    inputs: Int, outputs: Int, relu: Bool, maximumBatch: Int, training: Bool,
    precision: Precision = .f32, team: ThreadTeam, instructionSet: InstructionSet = .current,
    blocks: Bool? = nil
  ) {
    precondition(inputs >= 1 && outputs >= 1, "a dense layer has inputs and outputs")
    self.inputs = inputs
    self.outputs = outputs
    self.relu = relu
    self.maximumBatch = maximumBatch
    self.team = team
    let kernels = TensorKernels(instructionSet, precision, blocks: blocks)
    self.kernels = kernels
    slices = min(16, max(1, inputs / 1024))
    partial = TensorMemory(count: slices > 1 ? slices * maximumBatch * outputs : 0)
    let columns = kernels.panels(outputs) * kernels.panel
    amx = AMXDense(inputs: inputs, outputs: outputs, maximumBatch: maximumBatch, kernels)
    takesPairs = kernels.takesPairs && amx == nil
    let isInPlace = outputs % kernels.lanes == 0
    packed = TensorMemory(
      count: takesPairs
        ? TensorKernels.pairs(inputs) * columns
        : isInPlace || amx != nil ? 0 : inputs * columns)
    packedGradient = TensorMemory(
      count: training ? Self.gradientCount(rows: maximumBatch, outputs, kernels) : 0)
    foldedInput = TensorMemory(count: takesPairs ? maximumBatch * TensorKernels.pairs(inputs) : 0)
    foldedGradient = TensorMemory(
      count: takesPairs ? maximumBatch * TensorKernels.pairs(outputs) : 0)
    rowPairs = Workspaces { PassMemory() }
    // Half the products in half the time: what could be left out of them is not worth looking for.
    entries = Entries(
      rows: training && relu && kernels.precision == .f32 ? maximumBatch : 0, outputs: outputs)
    let grain = Self.grain(outputs, maximumBatch, kernels)
    self.grain = grain
    turnedWeights = Workspaces { TensorMemory(count: grain * outputs) }
  }

  /// Takes weights that stay as they are: the passes to come use these, whichever they are given.
  ///
  /// - Parameter weights: inputs · outputs.
  /// - Precondition: not made for training.
  public func keep(_ weights: UnsafePointer<Float>) {
    precondition(packedGradient.count == 0, "weights that learn are not kept")
    if packed.count == 0, amx == nil {
      packed = TensorMemory(count: inputs * kernels.panels(outputs) * kernels.panel)
    }
    prepare(weights)
    keepsWeights = true
  }

  /// Lays down the weights as the products read them.
  private func prepare(_ weights: UnsafePointer<Float>) {
    if let amx {
      amx.lay(weights: weights, team)
    } else if takesPairs {
      takePairs(weights: weights)
    } else {
      kernels.pack(rows: inputs, columns: outputs, weights, pitch: outputs, into: packed.pointer)
    }
  }

  deinit { shared.delivery?.wait() }

  /// - Parameters:
  ///   - batch: number of rows (1…maximumBatch).
  ///   - x: batch · inputs.
  ///   - weights: inputs · outputs.
  ///   - bias: outputs, or nil.
  ///   - y: batch · outputs, written.
  public func forward(
    batch: Int, x: UnsafePointer<Float>, weights: UnsafePointer<Float>,
    bias: UnsafePointer<Float>?, y: UnsafeMutablePointer<Float>
  ) {
    precondition(batch <= maximumBatch, "the batch fits")
    let isInPlace = packed.count == 0 && amx == nil
    if !isInPlace && !keepsWeights { prepare(weights) }
    if let amx {
      amx.lay(batch, x, team)
    } else if takesPairs {
      takePairs(batch, x)
    }
    nonisolated(unsafe) let (weights, bias, y) = (weights, bias, y)
    nonisolated(unsafe) let x = takesPairs ? UnsafePointer(foldedInput.pointer) : x
    nonisolated(unsafe) let packed = packed.pointer
    let depth =
      amx != nil
      ? AMXDense.steps(inputs) : takesPairs ? TensorKernels.pairs(inputs) : inputs
    // Safety: a task writes the sums of its slice, rows and columns.
    let body: @Sendable (Int, Range<Int>, Range<Int>) -> Void = { slice, rows, columns in
      let range = chunk(slice, of: self.slices, depth)
      let isWhole = self.slices == 1
      let c = isWhole ? y : self.partial.pointer + slice * batch * self.outputs
      if let amx = self.amx {
        let c = c + rows.lowerBound * self.outputs + columns.lowerBound
        amx.forward(rows, columns, steps: range, into: c)
        if isWhole { self.finish(rows.count, columns, bias, c) }
        return
      }
      // Blocks of the inputs whose weights stay in the cache while all rows pass.
      let block = max(512, 98304 / self.outputs)
      for first in stride(from: range.lowerBound, to: range.upperBound, by: block) {
        let last = min(first + block, range.upperBound)
        var product = net_product()
        product.rows = rows.count
        product.columns = columns.count
        product.a = x + rows.lowerBound * depth + first
        product.a_row = depth
        product.a_step = 1
        product.run_length = last - first
        if isInPlace {
          product.b = weights + first * self.outputs + columns.lowerBound
          product.b_step = self.outputs
          product.b_panel = self.kernels.panel
        } else {
          product.b = UnsafePointer(
            packed + columns.lowerBound * depth + first * self.kernels.panel)
          product.b_step = self.kernels.panel
          product.b_panel = depth * self.kernels.panel
        }
        product.c = c + rows.lowerBound * self.outputs + columns.lowerBound
        product.c_row = self.outputs
        product.accumulate = first > range.lowerBound
        if isWhole && last == range.upperBound {
          product.bias = bias.map { $0 + columns.lowerBound }
          product.relu = self.relu
        }
        self.kernels.multiply(&product, pairs: self.takesPairs)
      }
    }
    let grain = slices > 1 ? 240 : 48
    let parts = (batch + grain - 1) / grain
    if slices * parts == 1 {
      // The columns are what there is to share.
      let panel = amx == nil ? kernels.panel : 2 * AMXCorrelation.side
      let panels = max(1, (1 << 16) / (inputs * panel)) * panel
      team.split(0..<outputs, grain: panels) { body(0, 0..<batch, $0) }
      return
    }
    team.run(slices * parts) { task in
      let first = task % parts * grain
      body(task / parts, first..<min(first + grain, batch), 0..<self.outputs)
    }
    if slices > 1 { add(batch, bias, y) }
  }

  /// The sums of the slices, in order, then bias and ReLU.
  private func add(
    _ batch: Int, _ bias: UnsafePointer<Float>?, _ y: UnsafeMutablePointer<Float>
  ) {
    let count = batch * outputs
    nonisolated(unsafe) let (bias, y) = (bias, y)
    team.split(0..<batch, grain: max(1, 8192 / outputs)) { rows in
      let to = y + rows.lowerBound * self.outputs
      let from = self.partial.pointer + rows.lowerBound * self.outputs
      let part = rows.count * self.outputs
      to.update(from: from, count: part)
      for slice in 1..<self.slices {
        self.kernels.table.combine(part, 1, from + slice * count, 1, to)
      }
      self.finish(rows.count, 0..<self.outputs, bias, to)
    }
  }

  /// Bias and ReLU of some outputs of neighbouring rows.
  private func finish(
    _ rows: Int, _ columns: Range<Int>, _ bias: UnsafePointer<Float>?,
    _ y: UnsafeMutablePointer<Float>
  ) {
    for row in 0..<rows {
      let values = y + row * outputs
      if let bias {
        kernels.table.combine(columns.count, 1, bias + columns.lowerBound, 1, values)
      }
      if relu { kernels.table.mask(columns.count, values, values, values) }
    }
  }
}
