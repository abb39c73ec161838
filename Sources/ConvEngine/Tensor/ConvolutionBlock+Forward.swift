internal import CConvKernels

extension ConvolutionBlock {
  /// What one image needs on its way forward.
  final class ForwardWorkspace: Sendable {
    /// The image with zeros around it.
    let frame: TensorMemory<Float>
    /// The same, each sample with its neighbour, where products take pairs.
    let pairs: TensorMemory<Float>
    /// Rows of the convolution before the pooling.
    let rows: TensorMemory<Float>

    init(_ plan: ConvolutionPlan, _ kernels: TensorKernels) {
      frame = TensorMemory(count: plan.isPadded ? plan.frameCount : 0)
      pairs = TensorMemory(count: kernels.takesPairs ? plan.frameCount : 0)
      var count = 0
      if let pool = plan.pool {
        let isApart = pool.strideY >= pool.windowHeight
        count = (isApart ? pool.windowHeight : plan.usedHeight) * plan.usedWidth
      }
      rows = TensorMemory(count: count * plan.shape.outputChannels)
    }
  }

  /// Whether each image passes by itself, or with few others.
  func goesByImages(_ batch: Int) -> Bool {
    if let winograd { return !winograd.tiling.isDeep(plan) && !isFew(batch) }
    if amx != nil { return true }
    // Where runs have an odd length, pairs of a whole patch would be others.
    return !plan.isProduct && !(isFew(batch) && !kernels.takesPairs)
  }

  /// Each image, or each group of a few, with the visits to it; the weights are prepared.
  func forward(
    images batch: Int, x: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
    y: UnsafeMutablePointer<Float>, argmax: UnsafeMutablePointer<UInt8>?, _ visits: ImageVisits
  ) {
    nonisolated(unsafe) let (x, bias, y, argmax) = (x, bias, y, argmax)
    let group = winograd?.tiling.group ?? amx?.imagesAtOnce ?? 1
    // Plain products without a pooling cut off what is too large themselves.
    let limits = winograd != nil || amx != nil || pool != nil
    // Safety: each task reads and writes its own images.
    team.run((batch + group - 1) / group) { index in
      let images = index * group..<min((index + 1) * group, batch)
      visits.before?(images)
      if let winograd = self.winograd, let spaces = self.winogradWorkspaces {
        spaces.borrow { space in
          self.forward(images, x: x, bias: bias, y: y, argmax: argmax, winograd, space)
        }
      } else if let amx = self.amx {
        self.forward(amx, images, x: x, bias: bias, y: y, argmax: argmax)
      } else {
        self.forwardWorkspaces.borrow { space in
          self.forward(
            x + index * self.shape.inputCount, bias: bias, y: y + index * self.outputCount,
            argmax: argmax.map { $0 + index * self.argmaxCount }, space)
        }
      }
      if limits {
        self.limit(y + images.lowerBound * self.outputCount, images.count * self.outputCount)
      }
      visits.after?(images)
    }
  }

  private func forward(
    _ amx: AMXForward, _ images: Range<Int>, x: UnsafePointer<Float>,
    bias: UnsafePointer<Float>?, y: UnsafeMutablePointer<Float>,
    argmax: UnsafeMutablePointer<UInt8>?
  ) {
    let first = images.lowerBound
    amx.run(
      images.count, x + first * shape.inputCount, bias: bias, relu: relu,
      y: y + first * outputCount
    ) { image, rows, row, column in
      takeMaxima(
        of: rows, pitch: (row, column), bias: bias, y: y + (first + image) * outputCount,
        argmax: argmax.map { $0 + (first + image) * argmaxCount })
    }
  }

  /// One image; the weights are in `packed`.
  func forward(
    _ image: UnsafePointer<Float>, bias: UnsafePointer<Float>?, y: UnsafeMutablePointer<Float>,
    argmax: UnsafeMutablePointer<UInt8>?, _ space: ForwardWorkspace
  ) {
    var frame = image
    if plan.isPadded {
      plan.copy(image, into: space.frame.pointer)
      frame = UnsafePointer(space.frame.pointer)
    }
    if kernels.takesPairs {
      kernels.pair(plan.frameCount, distance: 1, frame, into: space.pairs.pointer)
      frame = UnsafePointer(space.pairs.pointer)
    }
    let rowCount = plan.usedWidth * shape.outputChannels
    guard let pool else {
      convolve(frame, bias: bias, relu: relu, into: y)
      return
    }
    let isApart = pool.strideY >= pool.windowHeight
    if !isApart {
      convolve(frame, bias: nil, relu: false, into: space.rows.pointer)
    }
    for row in 0..<plan.outputHeight {
      var rows = space.rows.pointer
      if isApart {
        for j in 0..<pool.windowHeight {
          convolve(
            frame, row: row * pool.strideY + j, bias: nil, relu: false, into: rows + j * rowCount)
        }
      } else {
        rows += row * pool.strideY * rowCount
      }
      takeMaximum(pool, row: row, of: rows, bias: bias, y: y, argmax: argmax)
    }
  }

  /// All rows of the pooled output of an image.
  ///
  /// - Parameter pitch: floats between rows of the convolution, and between their samples.
  func takeMaxima(
    of rows: UnsafePointer<Float>, pitch: (row: Int, column: Int), bias: UnsafePointer<Float>?,
    y: UnsafeMutablePointer<Float>, argmax: UnsafeMutablePointer<UInt8>?
  ) {
    guard let pool else { return }
    for row in 0..<plan.outputHeight {
      takeMaximum(
        pool, row: row, of: rows + row * pool.strideY * pitch.row, pitch: pitch, bias: bias, y: y,
        argmax: argmax)
    }
  }

  /// Row `row` of the pooled output of an image, from the rows of the convolution that it sees.
  ///
  /// - Parameter pitch: as for `takeMaxima`; nil where nothing lies between them.
  func takeMaximum(
    _ pool: PoolShape, row: Int, of rows: UnsafePointer<Float>,
    pitch: (row: Int, column: Int)? = nil, bias: UnsafePointer<Float>?,
    y: UnsafeMutablePointer<Float>, argmax: UnsafeMutablePointer<UInt8>?
  ) {
    let at = row * plan.outputWidth * shape.outputChannels
    let pitch = pitch ?? (plan.usedWidth * shape.outputChannels, shape.outputChannels)
    // Safety: the window of the last output ends within `usedWidth`; outputs of a row fit `y`.
    var maximum = net_maximum(
      input: rows, row: pitch.row, column: pitch.column, channels: shape.outputChannels,
      height: pool.windowHeight, width: pool.windowWidth, windows: plan.outputWidth,
      step: pool.strideX * pitch.column, bias: bias, relu: relu, output: y + at,
      choices: argmax.map { $0 + at })
    kernels.table.maximum(&maximum)
  }

  /// All rows of the convolution.
  private func convolve(
    _ frame: UnsafePointer<Float>, bias: UnsafePointer<Float>?, relu: Bool,
    into out: UnsafeMutablePointer<Float>
  ) {
    for row in 0..<plan.usedHeight {
      convolve(
        frame, row: row, bias: bias, relu: relu,
        into: out + row * plan.usedWidth * shape.outputChannels)
    }
  }

  /// One row of the convolution.
  ///
  /// - Parameter frame: with a neighbour beside each sample where products take pairs.
  func convolve(
    _ frame: UnsafePointer<Float>, row: Int, bias: UnsafePointer<Float>?, relu: Bool,
    into out: UnsafeMutablePointer<Float>
  ) {
    let live = plan.liveRuns(row)
    let steps = plan.runSteps(kernels)
    plan.runs.withUnsafeBufferPointer { runs in
      // Safety: the window of the last sample ends within the frame; weights fill whole panels.
      var product = net_product()
      product.rows = plan.usedWidth
      product.columns = shape.outputChannels
      product.a = frame + plan.origin(row, 0) * shape.inputChannels
      product.a_row = shape.strideX * shape.inputChannels
      product.a_step = kernels.takesPairs ? 2 : 1
      product.runs = runs.baseAddress! + live.lowerBound
      product.run_count = live.count
      product.run_length = steps
      product.b = UnsafePointer(packed.pointer + live.lowerBound * steps * kernels.panel)
      product.b_step = kernels.panel
      product.b_panel = plan.runs.count * steps * kernels.panel
      product.c = out
      product.c_row = shape.outputChannels
      product.bias = bias
      product.relu = relu
      product.ceiling = pool == nil ? ceiling ?? 0 : 0
      kernels.product(&product, pairs: kernels.takesPairs)
    }
  }
}
