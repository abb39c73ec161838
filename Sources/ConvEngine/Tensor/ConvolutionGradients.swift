internal import CConvKernels
import Raster

/// The backward pass of a `ConvolutionBlock`.
///
/// Behind a ReLU and a pooling most of a gradient is 0. Ways, by shape alone:
/// - `lists`: only entries other than 0 are walked, each adding all taps of a block of channels,
///   which stay in registers. Behind ReLU and pooling, for kernels of 1 or 9 taps on whole registers
///   of channels.
/// - `chosen`: for few input channels behind a pooling of 2 by 2: one lookup instead of four
///   products.
/// - `tiles`: for other kernels of 3 by 3 taps: the transposes of Winograd's maps.
/// - `dense`: the gradient as a matrix.
/// - `blocks`: the same by blocks of bfloat16, wherever there are products of these.
final class ConvolutionGradients: @unchecked Sendable {
  // Safety: tasks keep to their own images, chunk and workspace; what a pass asks for is set before they begin.
  enum Way: Sendable { case lists, chosen, tiles, dense, blocks }

  let plan: ConvolutionPlan
  let kernels: TensorKernels
  let needsInputGradient: Bool
  let weightWay: Way
  let inputWay: Way
  let lists: GradientLists?
  private let winograd: WinogradGradients?
  private let amx: AMXGradients?
  private let winogradWorkspaces: Workspaces<WinogradGradients.Workspace>?
  /// For each pooling window: where its tables start.
  let tableOrigins: [Int]
  /// The weights as the gradient of the input wants them: flipped in panels (dense), or
  /// `[block][filter][tap][lane]` (lists).
  let turned: TensorMemory<Float>
  /// Gradients of the weights, then of the biases.
  private let sums: TreeSum
  let memory: PassMemory
  /// Whether the pass is asked for the gradient of the biases.
  private var wantsBias = true
  let spaces: Workspaces<Workspace>

  /// Input channels below which looking samples up costs less than tiles.
  private static let fewChannels = 16

  /// - Parameter relu: whether a ReLU stands before the pooling.
  init(
    _ plan: ConvolutionPlan, _ kernels: TensorKernels, relu: Bool, needsInputGradient: Bool,
    memory: PassMemory
  ) {
    self.plan = plan
    self.kernels = kernels
    self.needsInputGradient = needsInputGradient
    let shape = plan.shape
    amx = AMXGradients(plan, kernels, needsInputGradient: needsInputGradient)
    let isSparse =
      amx == nil && plan.pool != nil && relu && shape.inputChannels % kernels.lanes == 0
      && kernels.table.gathers(plan.taps.count)
    let isTwoByTwo = plan.pool.map { $0.windowHeight == 2 && $0.windowWidth == 2 } ?? false
    let tiling = isSparse || amx != nil ? nil : WinogradTiling(plan, kernels)
    let canChoose =
      amx == nil && isTwoByTwo && kernels.table.chosen != nil
      && (tiling == nil || shape.inputChannels < Self.fewChannels)
    let winograd =
      canChoose
      ? nil
      : tiling.map {
        WinogradGradients(plan, $0, kernels, needsInputGradient: needsInputGradient)
      }
    self.winograd = winograd
    winogradWorkspaces = winograd.map { winograd in Workspaces { winograd.makeWorkspace() } }
    let whole: Way = amx != nil ? .blocks : isSparse ? .lists : winograd != nil ? .tiles : .dense
    weightWay = canChoose ? .chosen : whole
    inputWay = whole
    lists = isSparse ? GradientLists(plan, kernels) : nil
    var origins: [Int] = []
    if weightWay == .chosen, let pool = plan.pool {
      for y in 0..<plan.outputHeight {
        for x in 0..<plan.outputWidth {
          origins.append(
            4 * plan.origin(y * pool.strideY, x * pool.strideX) * shape.inputChannels)
        }
      }
    }
    tableOrigins = origins
    let turnedCount =
      inputWay == .lists
      ? shape.weightCount
      : kernels.panels(shape.inputChannels) * kernels.panel * plan.taps.count
        * shape.outputChannels
    turned = TensorMemory(
      count: needsInputGradient && inputWay != .tiles && inputWay != .blocks ? turnedCount : 0)
    self.memory = memory
    sums = TreeSum(
      count: shape.weightCount + shape.outputChannels, kernels, memory: memory)
    let (ways, wantsInput) = ((weightWay, inputWay), needsInputGradient)
    spaces = Workspaces {
      Workspace(plan, kernels, weightWay: ways.0, inputWay: wantsInput ? ways.1 : nil)
    }
  }

  /// - Parameter y: the output where the ReLU is to be undone, else nil.
  func run(
    batch: Int, x: UnsafePointer<Float>, weights: UnsafePointer<Float>, y: UnsafePointer<Float>?,
    argmax: UnsafePointer<UInt8>?, dy: UnsafeMutablePointer<Float>,
    dx: UnsafeMutablePointer<Float>?, weightGradient: UnsafeMutablePointer<Float>,
    biasGradient: UnsafeMutablePointer<Float>?, team: ThreadTeam, share: BatchShare?,
    visits: ImageVisits
  ) {
    wantsBias = biasGradient != nil
    if dx != nil {
      switch inputWay {
      case .tiles: winograd!.weights!.prepare(weights, memory, team)
      case .blocks: amx!.input!.prepare(weights, team)
      case .lists, .chosen, .dense: turn(weights)
      }
    }
    func runSegments(_ way: some SegmentedGradients) {
      ImageVisits.visitAll(visits.before, batch: batch, team)
      defer { ImageVisits.visitAll(visits.after, batch: batch, team) }
      let ends = SegmentSums(weights: weightGradient, biases: biasGradient)
      guard let share else {
        let tree = BatchTree(whole: batch)
        return run(
          segments: way, 0..<tree.leaves, tree, first: 0, x: x, y: y, argmax: argmax, dy: dy,
          dx: dx, into: ends, team)
      }
      let room = sums.ranks.room(share)
      for (index, node) in share.roots(of: share.link.rank).enumerated() {
        let place = room + index * sums.count
        run(
          segments: way, node, share.tree, first: share.examples.lowerBound, x: x, y: y,
          argmax: argmax, dy: dy, dx: dx,
          into: SegmentSums(weights: place, biases: place + plan.shape.weightCount), team)
      }
      sums.ranks.begin(share, team) { self.finish($0, weightGradient, biasGradient) }
    }
    if let amx, amx.isDeep { return runSegments(amx) }
    if let winograd, winograd.tiling.isDeep(plan) { return runSegments(winograd) }
    nonisolated(unsafe) let (x, y, argmax, dy, dx) = (x, y, argmax, dy, dx)
    // Safety: each task has its own images and its own sums.
    sums.run(batch: batch, share, team) { images, sums in
      if let winograd = self.winograd {
        self.run(winograd, images, x: x, y: y, argmax: argmax, dy: dy, dx: dx, sums: sums, visits)
        return
      }
      if let amx = self.amx {
        self.run(amx, images, x: x, y: y, argmax: argmax, dy: dy, dx: dx, sums: sums, visits)
        return
      }
      self.spaces.borrow { space in
        for image in images {
          visits.before?(image..<image + 1)
          self.image(
            x + image * self.plan.shape.inputCount, y: y.map { $0 + image * self.plan.outputCount },
            argmax: argmax.map { $0 + image * self.plan.outputCount },
            dy: dy + image * self.plan.outputCount,
            dx: dx.map { $0 + image * self.plan.shape.inputCount }, sums: sums, space)
          visits.after?(image..<image + 1)
        }
      }
    } then: {
      self.finish($0, weightGradient, biasGradient)
    }
  }

  private func image(
    _ x: UnsafePointer<Float>, y: UnsafePointer<Float>?, argmax: UnsafePointer<UInt8>?,
    dy: UnsafeMutablePointer<Float>, dx: UnsafeMutablePointer<Float>?,
    sums: UnsafeMutablePointer<Float>, _ space: Workspace
  ) {
    let count = plan.outputCount
    if let y { kernels.table.mask(count, y, dy, dy) }
    if weightWay == .lists || (dx != nil && inputWay == .lists) {
      lists!.fill(space.lists!, dy: dy, argmax: argmax, byPosition: dx != nil)
    }
    let isDense = weightWay == .dense || (dx != nil && inputWay == .dense)
    let unpooled = isDense ? unpooled(dy, argmax, space) : UnsafePointer(dy)
    switch weightWay {
    case .lists: lists!.addWeights(x, sums, space.lists!)
    case .chosen: addChosen(x, dy, argmax!, sums, space)
    case .dense: addDense(x, unpooled, sums, space)
    case .tiles, .blocks: preconditionFailure("tiles and blocks take groups of images")
    }
    // After the passes above, which have brought the gradient into the cache.
    addBias(dy, sums + plan.shape.weightCount, space)
    guard let dx else { return }
    switch inputWay {
    case .lists: lists!.input(dx, turned.pointer, space.lists!)
    case .chosen, .dense, .tiles, .blocks: denseInput(dx, unpooled, space)
    }
  }

  /// Adds the gradient of the biases of one image, where it is wanted.
  func addBias(
    _ dy: UnsafePointer<Float>, _ sums: UnsafeMutablePointer<Float>, _ space: Workspace
  ) {
    guard wantsBias else { return }
    let filters = plan.shape.outputChannels
    kernels.table.column_sums(
      plan.outputHeight * plan.outputWidth, filters, dy, filters, space.bias.pointer)
    kernels.table.combine(filters, 1, space.bias.pointer, 1, sums)
  }

  /// The images of a chunk through blocks of bfloat16.
  private func run(
    _ amx: AMXGradients, _ images: Range<Int>, x: UnsafePointer<Float>, y: UnsafePointer<Float>?,
    argmax: UnsafePointer<UInt8>?, dy: UnsafeMutablePointer<Float>,
    dx: UnsafeMutablePointer<Float>?, sums: UnsafeMutablePointer<Float>, _ visits: ImageVisits
  ) {
    let count = plan.outputCount
    spaces.borrow { space in
      amx.run(images, x: x, dx: dx, weightGradient: sums, finished: visits.after) { image in
        visits.before?(image..<image + 1)
        let own = dy + image * count
        if let y { kernels.table.mask(count, y + image * count, own, own) }
        addBias(own, sums + plan.shape.weightCount, space)
        return plan.pool == nil ? UnsafePointer(own) : unpooled(own, argmax! + image * count, space)
      }
    }
  }

  /// The images of a chunk through Winograd's tiles.
  private func run(
    _ winograd: WinogradGradients, _ images: Range<Int>, x: UnsafePointer<Float>,
    y: UnsafePointer<Float>?, argmax: UnsafePointer<UInt8>?, dy: UnsafeMutablePointer<Float>,
    dx: UnsafeMutablePointer<Float>?, sums: UnsafeMutablePointer<Float>, _ visits: ImageVisits
  ) {
    let count = plan.outputCount
    winogradWorkspaces!.borrow { tiles in
      winograd.begin(tiles)
      for first in stride(from: images.lowerBound, to: images.upperBound, by: winograd.tiling.group)
      {
        let group = first..<min(first + winograd.tiling.group, images.upperBound)
        visits.before?(group)
        spaces.borrow { space in
          for image in group {
            let own = dy + image * count
            if let y { kernels.table.mask(count, y + image * count, own, own) }
            addBias(own, sums + plan.shape.weightCount, space)
          }
          winograd.add(group, x: x, dx: dx, tiles) { image in
            let own = UnsafePointer(dy + image * count)
            return plan.pool == nil ? own : unpooled(own, argmax! + image * count, space)
          }
        }
        visits.after?(group)
      }
      winograd.end(sums, tiles)
    }
  }
}
