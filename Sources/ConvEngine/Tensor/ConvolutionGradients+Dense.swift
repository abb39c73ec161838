internal import CConvKernels

extension ConvolutionGradients {
  /// What one image needs on its way back.
  final class Workspace: Sendable {
    /// The input with zeros around it.
    let frame: TensorMemory<Float>
    /// Tables of four samples.
    let quads: TensorMemory<Float>
    /// The gradient of the convolution, before the pooling, sample by sample.
    let unpooled: TensorMemory<Float>
    /// The same with zeros around (and between, where taps are apart), as the gradient of the input wants it.
    let apart: TensorMemory<Float>
    /// Of the frame and of `apart` each sample with its neighbour, and pairs of the columns of `unpooled`: where
    /// products take pairs.
    let framePairs, apartPairs, unpooledPairs: TensorMemory<Float>
    let bias: TensorMemory<Float>
    let lists: GradientLists.Workspace?

    init(
      _ plan: ConvolutionPlan, _ kernels: TensorKernels, weightWay: Way, inputWay: Way?
    ) {
      let shape = plan.shape
      let isSegmented = weightWay == .tiles || weightWay == .blocks
      let isUnpooled =
        !isSegmented && plan.isUnpooled(kernels) || isSegmented && plan.pool == nil
      let needsUnpooled =
        (weightWay == .dense || inputWay == .dense || isSegmented) && !isUnpooled
      frame = TensorMemory(
        count: plan.isPadded && (weightWay == .dense || weightWay == .tiles)
          || weightWay == .chosen ? plan.frameCount : 0)
      quads = TensorMemory(count: weightWay == .chosen ? 4 * plan.frameCount : 0)
      unpooled = TensorMemory(
        count: needsUnpooled ? plan.usedHeight * plan.usedWidth * shape.outputChannels : 0)
      apart = TensorMemory(
        count: inputWay == .dense ? plan.apartCount : 0)
      let (pairsWeights, pairsInput) = (
        kernels.takesPairs && weightWay == .dense, kernels.takesPairs && inputWay == .dense
      )
      framePairs = TensorMemory(count: pairsWeights ? plan.frameCount : 0)
      unpooledPairs = TensorMemory(
        count: pairsWeights
          ? plan.usedHeight * TensorKernels.pairs(plan.usedWidth) * shape.outputChannels : 0)
      apartPairs = TensorMemory(count: pairsInput ? plan.apartCount : 0)
      bias = TensorMemory(count: shape.outputChannels)
      lists =
        weightWay == .lists || inputWay == .lists ? GradientLists.Workspace(plan, kernels) : nil
    }
  }

  /// The gradient before the pooling: `dy` itself, or in `space.unpooled`.
  func unpooled(
    _ dy: UnsafePointer<Float>, _ argmax: UnsafePointer<UInt8>?, _ space: Workspace
  ) -> UnsafePointer<Float> {
    if plan.isUnpooled(kernels) { return dy }
    let filters = plan.shape.outputChannels
    let out = space.unpooled.pointer
    guard let pool = plan.pool, let argmax else {
      out.update(from: dy, count: plan.outputCount)
      return UnsafePointer(out)
    }
    if pool.strideY == pool.windowHeight, pool.strideX == pool.windowWidth {
      for row in 0..<plan.outputHeight {
        let at = row * plan.outputWidth * filters
        // Safety: windows side by side fill `usedWidth` columns of `windowHeight` rows.
        var work = net_unpool()
        (work.windows, work.channels) = (plan.outputWidth, filters)
        (work.height, work.width) = (pool.windowHeight, pool.windowWidth)
        (work.g, work.choices) = (dy + at, argmax + at)
        work.row = plan.usedWidth * filters
        work.out = out + row * pool.strideY * work.row
        kernels.table.unpool(&work)
      }
      return UnsafePointer(out)
    }
    out.update(repeating: 0, count: plan.usedHeight * plan.usedWidth * filters)
    for row in 0..<plan.outputHeight {
      for column in 0..<plan.outputWidth {
        let from = (row * plan.outputWidth + column) * filters
        for f in 0..<filters {
          let choice = Int(argmax[from + f])
          let y = row * pool.strideY + choice / pool.windowWidth
          let x = column * pool.strideX + choice % pool.windowWidth
          out[(y * plan.usedWidth + x) * filters + f] += dy[from + f]
        }
      }
    }
    return UnsafePointer(out)
  }

  /// The frame of an image: the image itself where nothing surrounds it.
  func frame(_ x: UnsafePointer<Float>, _ space: Workspace) -> UnsafePointer<Float> {
    guard plan.isPadded else { return x }
    plan.copy(x, into: space.frame.pointer)
    return UnsafePointer(space.frame.pointer)
  }

  /// Weights: for each run, patchesᵀ · gradient, rows of the image one after another.
  func addDense(
    _ x: UnsafePointer<Float>, _ unpooled: UnsafePointer<Float>,
    _ sums: UnsafeMutablePointer<Float>,
    _ space: Workspace
  ) {
    let shape = plan.shape
    var (frame, unpooled) = (frame(x, space), unpooled)
    let step = shape.strideX * shape.inputChannels
    var steps = plan.usedWidth
    if kernels.takesPairs {
      steps = TensorKernels.pairs(plan.usedWidth)
      kernels.pair(plan.frameCount, distance: step, frame, into: space.framePairs.pointer)
      for row in 0..<plan.usedHeight {
        kernels.table.pair_rows(
          plan.usedWidth, shape.outputChannels,
          unpooled + row * plan.usedWidth * shape.outputChannels, shape.outputChannels,
          space.unpooledPairs.pointer + row * steps * shape.outputChannels, shape.outputChannels)
      }
      (frame, unpooled) = (
        UnsafePointer(space.framePairs.pointer), UnsafePointer(space.unpooledPairs.pointer)
      )
    }
    let rows = (0..<plan.usedHeight).map { plan.origin($0, 0) * shape.inputChannels }
    rows.withUnsafeBufferPointer { rows in
      // All runs in one product where three rows of it never straddle two of them.
      let distance = plan.runLength % 3 == 0 ? plan.runDistance : nil
      for run in plan.runs.indices where run == 0 || distance == nil {
        // Safety: windows end within the frame; rows of `unpooled` are whole vectors, or its last
        // one has room for one.
        var product = net_product()
        product.rows = plan.runLength * (distance == nil ? 1 : plan.runs.count)
        product.columns = shape.outputChannels
        product.a = frame + plan.runs[run]
        product.a_row = 1
        product.a_block = distance == nil ? 0 : plan.runLength
        product.a_far = distance ?? 0
        product.a_step = kernels.takesPairs ? 2 * step : step
        product.runs = rows.baseAddress!
        product.run_count = rows.count
        product.run_length = steps
        product.b = unpooled
        product.b_step = shape.outputChannels
        product.b_panel = kernels.panel
        product.c = sums + run * plan.runLength * shape.outputChannels
        product.c_row = shape.outputChannels
        product.accumulate = true
        kernels.product(&product, pairs: kernels.takesPairs)
      }
    }
  }

  /// Weights behind a pooling of 2 by 2.
  func addChosen(
    _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, _ argmax: UnsafePointer<UInt8>,
    _ sums: UnsafeMutablePointer<Float>, _ space: Workspace
  ) {
    let shape = plan.shape
    let (right, below) = (
      shape.strideX * shape.inputChannels, shape.strideY * plan.frameWidth * shape.inputChannels
    )
    let frame = frame(x, space)
    let count = plan.frameCount - right - below
    if count > 0 { kernels.table.quads(count, frame, right, below, space.quads.pointer) }
    var offsets: [Int] = []
    for tap in plan.taps {
      for channel in 0..<shape.inputChannels {
        offsets.append(4 * (tap * shape.inputChannels + channel))
      }
    }
    // Safety: the last sample of the last window is in a table, which reaches `right + below` on.
    var chosen = net_chosen()
    chosen.taps = shape.depth
    chosen.windows = plan.outputHeight * plan.outputWidth
    chosen.filters = shape.outputChannels
    chosen.tables = UnsafePointer(space.quads.pointer)
    chosen.g = dy
    chosen.choices = argmax
    chosen.gradient = sums
    chosen.gradient_row = shape.outputChannels
    offsets.withUnsafeBufferPointer { offsets in
      tableOrigins.withUnsafeBufferPointer { origins in
        chosen.tap_offsets = offsets.baseAddress!
        chosen.origins = origins.baseAddress!
        kernels.table.chosen(&chosen)
      }
    }
  }

  /// Input: the gradient with zeros around and between, correlated with the flipped kernel.
  func denseInput(
    _ dx: UnsafeMutablePointer<Float>, _ unpooled: UnsafePointer<Float>, _ space: Workspace
  ) {
    if plan.isStrided { return stridedInput(dx, unpooled, space) }
    let shape = plan.shape
    let filters = shape.outputChannels
    let apart = space.apart.pointer
    // Pairs are those of a tap.
    let takesPairs = kernels.takesPairs
    let (before, left) = (shape.windowHeight - 1, shape.windowWidth - 1)
    for row in 0..<plan.usedHeight {
      for column in 0..<plan.usedWidth {
        let at = (row * shape.strideY + before) * plan.apartWidth + column * shape.strideX + left
        (apart + at * filters).update(
          from: unpooled + (row * plan.usedWidth + column) * filters, count: filters)
      }
    }
    var runs: [Int] = []
    for j in 0..<shape.kernelHeight {
      for i in 0..<shape.kernelWidth where i == 0 || shape.dilationX > 1 || takesPairs {
        runs.append((j * shape.dilationY * plan.apartWidth + i * shape.dilationX) * filters)
      }
    }
    let from = paired(apart, space)
    let length = plan.taps.count * filters / runs.count
    let steps = takesPairs ? TensorKernels.pairs(length) : length
    runs.withUnsafeBufferPointer { runs in
      for row in 0..<shape.inputHeight {
        // Safety: `apart` holds a whole window at each sample of the frame.
        var product = net_product()
        product.rows = shape.inputWidth
        product.columns = shape.inputChannels
        product.a =
          from + ((row + shape.padTop) * plan.apartWidth + shape.padLeft) * filters
        product.a_row = filters
        product.a_step = takesPairs ? 2 : 1
        product.runs = runs.baseAddress!
        product.run_count = runs.count
        product.run_length = steps
        product.b = UnsafePointer(turned.pointer)
        product.b_step = kernels.panel
        product.b_panel = runs.count * steps * kernels.panel
        product.c = dx + row * shape.inputWidth * shape.inputChannels
        product.c_row = shape.inputChannels
        kernels.product(&product, pairs: takesPairs)
      }
    }
  }

  /// What lies in `space.apart`, each sample with its neighbour where products take pairs.
  func paired(_ apart: UnsafeMutablePointer<Float>, _ space: Workspace) -> UnsafePointer<Float> {
    guard kernels.takesPairs else { return UnsafePointer(apart) }
    kernels.pair(plan.apartCount, distance: 1, apart, into: space.apartPairs.pointer)
    return UnsafePointer(space.apartPairs.pointer)
  }
}
