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
      inputs = TensorMemory(count: tiling.planes * tiling.plane(tiling.group, tiling.pixel))
      products = TensorMemory(count: tiling.planes * tiling.plane(tiling.group, filters))
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
      let own = y + image * outputCount
      let out = pool == nil ? own : space.rows.pointer
      for row in 0..<tiling.down {
        var work = tiling.tilesOfRow(
          space.products.pointer, image: index, row: row, channels: filters, plane: productPlane)
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
      guard let pool else { continue }
      for row in 0..<plan.outputHeight {
        takeMaximum(
          pool, row: row, of: space.rows.pointer + row * pool.strideY * plan.usedWidth * filters,
          bias: bias, y: own, argmax: argmax.map { $0 + image * argmaxCount })
      }
    }
  }
}
