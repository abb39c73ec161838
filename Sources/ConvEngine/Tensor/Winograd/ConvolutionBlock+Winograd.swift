internal import CConvKernels

extension ConvolutionBlock {
  /// What a group of images needs on its way forward through Winograd's tiles.
  final class WinogradWorkspace: Sendable {
    let frame: TensorMemory<Float>
    /// Rows of the convolution of one image before the pooling.
    let rows: TensorMemory<Float>
    /// Transformed tiles, before and after the products.
    let inputs: TensorMemory<Float>
    let products: TensorMemory<Float>

    init(_ plan: ConvolutionPlan, _ tiling: WinogradTiling) {
      let filters = plan.shape.outputChannels
      frame = TensorMemory(count: tiling.frameCount)
      rows = TensorMemory(
        count: plan.pool == nil ? 0 : plan.usedHeight * plan.usedWidth * filters)
      let group = tiling.isDeep(plan) ? 0 : tiling.group
      inputs = TensorMemory(count: tiling.planes * tiling.plane(group, tiling.pixel))
      products = TensorMemory(count: tiling.planes * tiling.plane(group, filters))
    }
  }

  /// Some images, at most `tiling.group`; the weights are prepared.
  func forward(
    _ images: Range<Int>, x: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
    y: UnsafeMutablePointer<Float>, argmax: UnsafeMutablePointer<UInt8>?,
    _ winograd: (tiling: WinogradTiling, weights: WinogradWeights), _ space: WinogradWorkspace
  ) {
    let (tiling, filters) = (winograd.tiling, shape.outputChannels)
    let inputPlane = tiling.plane(tiling.group, tiling.pixel)
    let productPlane = tiling.plane(tiling.group, filters)
    for (index, image) in images.enumerated() {
      tiling.copy(x + image * shape.inputCount, shape, into: space.frame.pointer)
      tiling.transform(
        space.frame.pointer, image: index, into: space.inputs.pointer, plane: inputPlane, kernels)
    }
    winograd.weights.multiply(
      rows: images.count * tiling.tiles, space.inputs.pointer, leftRow: tiling.pixel,
      leftPlane: inputPlane, into: space.products.pointer, resultRow: filters,
      resultPlane: productPlane)
    for (index, image) in images.enumerated() {
      finish(
        tiling, space.products.pointer, plane: productPlane, at: index, bias: bias,
        y: y + image * outputCount, argmax: argmax.map { $0 + image * argmaxCount },
        space.rows.pointer)
    }
  }

  /// The output of an image from the products of its tiles.
  ///
  /// - Parameters:
  ///   - index: the image's place in the planes.
  ///   - rows: room for the convolution before the pooling.
  private func finish(
    _ tiling: WinogradTiling, _ products: UnsafeMutablePointer<Float>, plane: Int, at index: Int,
    bias: UnsafePointer<Float>?, y: UnsafeMutablePointer<Float>,
    argmax: UnsafeMutablePointer<UInt8>?, _ rows: UnsafeMutablePointer<Float>
  ) {
    let filters = shape.outputChannels
    let out = pool == nil ? y : rows
    for row in 0..<tiling.down {
      var work = tiling.tilesOfRow(
        products, image: index, row: row, channels: filters, plane: plane)
      // Safety: outputs beyond `usedHeight` and `usedWidth` are not written.
      work.out = out + row * tiling.side * plan.usedWidth * filters
      work.row = plan.usedWidth * filters
      work.pixel = filters
      work.rows = plan.usedHeight - row * tiling.side
      work.columns = plan.usedWidth
      if pool == nil {
        work.bias = bias
        work.relu = relu
      }
      kernels.table.tiles_output(&work)
    }
    guard let pool else { return }
    for row in 0..<plan.outputHeight {
      takeMaximum(
        pool, row: row, of: rows + row * pool.strideY * plan.usedWidth * filters, bias: bias, y: y,
        argmax: argmax)
    }
  }

  /// A batch whose weights are large: each plane is one product over a segment of the images, so that
  /// its weights are read once. The outputs are those of the way by groups.
  func forward(
    planes batch: Int, x: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
    y: UnsafeMutablePointer<Float>, argmax: UnsafeMutablePointer<UInt8>?,
    _ winograd: (tiling: WinogradTiling, weights: WinogradWeights),
    _ spaces: Workspaces<WinogradWorkspace>
  ) {
    let (tiling, filters) = (winograd.tiling, shape.outputChannels)
    // A rank may have no image of a batch.
    let most = max(1, min(batch, tiling.segment(plan)))
    let inputPlane = tiling.plane(most, tiling.pixel)
    let productPlane = tiling.plane(most, filters)
    nonisolated(unsafe) let inputs = memory.floats(.inputs, tiling.planes * inputPlane)
    nonisolated(unsafe) let products = memory.floats(.products, tiling.planes * productPlane)
    nonisolated(unsafe) let (x, bias, y, argmax) = (x, bias, y, argmax)
    for first in stride(from: 0, to: batch, by: most) {
      let count = min(most, batch - first)
      // Safety: tasks have images, then planes, then images of their own.
      team.run(count) { index in
        spaces.borrow { space in
          tiling.copy(
            x + (first + index) * self.shape.inputCount, self.shape, into: space.frame.pointer)
          tiling.transform(
            space.frame.pointer, image: index, into: inputs, plane: inputPlane, self.kernels)
        }
      }
      team.run(tiling.planes) { plane in
        winograd.weights.multiply(
          plane: plane, rows: count * tiling.tiles, inputs, leftRow: tiling.pixel,
          leftPlane: inputPlane, into: products, resultRow: filters, resultPlane: productPlane)
      }
      team.run(count) { index in
        let image = first + index
        spaces.borrow { space in
          self.finish(
            tiling, products, plane: productPlane, at: index, bias: bias,
            y: y + image * self.outputCount, argmax: argmax.map { $0 + image * self.argmaxCount },
            space.rows.pointer)
        }
        self.limit(y + image * self.outputCount, self.outputCount)
      }
    }
  }
}
