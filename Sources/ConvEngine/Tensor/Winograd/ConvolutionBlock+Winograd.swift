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
    finish(
      tiling, rows: 0..<tiling.down, products, plane: plane, at: index * tiling.tiles, bias: bias,
      into: pool == nil ? y : rows)
    guard let pool else { return }
    for row in 0..<plan.outputHeight {
      takeMaximum(
        pool, row: row, of: rows + row * pool.strideY * plan.usedWidth * filters, bias: bias, y: y,
        argmax: argmax)
    }
  }

  /// Some rows of tiles of an image, from their products; with a pooling, what stands before it.
  ///
  /// - Parameters:
  ///   - first: the place of the first of them in the planes.
  ///   - out: the whole convolution of the image.
  func finish(
    _ tiling: WinogradTiling, rows: Range<Int>, _ products: UnsafeMutablePointer<Float>,
    plane: Int, at first: Int, bias: UnsafePointer<Float>?, into out: UnsafeMutablePointer<Float>
  ) {
    let filters = shape.outputChannels
    for row in rows {
      var work = tiling.tilesOfRow(
        products, at: first + (row - rows.lowerBound) * tiling.across, channels: filters,
        plane: plane)
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
      // Of few images, rows of tiles take their place.
      let rows = isFew(batch) ? 1 : tiling.down
      let parts = (tiling.down + rows - 1) / rows
      // Safety: tasks have parts of images, then planes, then parts of their own.
      team.run(count * parts) { index in
        let (image, part) = (index / parts, index % parts * rows..<(index % parts + 1) * rows)
        spaces.borrow { space in
          tiling.copy(
            x + (first + image) * self.shape.inputCount, self.shape, tileRows: part,
            into: space.frame.pointer)
          tiling.transform(
            space.frame.pointer, rows: part,
            at: image * tiling.tiles + part.lowerBound * tiling.across, into: inputs,
            plane: inputPlane, self.kernels)
        }
      }
      team.run(tiling.planes) { plane in
        winograd.weights.multiply(
          plane: plane, rows: count * tiling.tiles, inputs, leftRow: tiling.pixel,
          leftPlane: inputPlane, into: products, resultRow: filters, resultPlane: productPlane)
      }
      if parts > 1 {
        team.run(count * parts) { index in
          let (image, row) = (index / parts, index % parts)
          self.finish(
            tiling, rows: row..<row + 1, products, plane: productPlane,
            at: image * tiling.tiles + row * tiling.across, bias: bias,
            into: y + (first + image) * self.outputCount)
        }
        limit(y + first * outputCount, count * outputCount)
        continue
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

  /// Few images whose weights are small: strips of tiles, each from the image to its outputs while it is
  /// in the cache.
  func forward(
    strips batch: Int, x: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
    y: UnsafeMutablePointer<Float>,
    _ winograd: (tiling: WinogradTiling, weights: WinogradWeights),
    _ spaces: Workspaces<WinogradWorkspace>
  ) {
    let (tiling, filters) = (winograd.tiling, shape.outputChannels)
    nonisolated(unsafe) let (x, bias, y) = (x, bias, y)
    for image in 0..<batch {
      // About 48 tiles: they fill the rows of products, and their planes stay in the cache.
      let parts = max(team.threads, (tiling.tiles + 47) / 48)
      // Safety: each task has a strip of its own; a workspace holds the tiles of an image.
      team.share(tiling.down, parts: parts) { strip in
        let tiles = strip.count * tiling.across
        let inputPlane = tiling.plane(tiles: tiles, tiling.pixel)
        let productPlane = tiling.plane(tiles: tiles, filters)
        spaces.borrow { space in
          tiling.copy(
            x + image * self.shape.inputCount, self.shape, tileRows: strip,
            into: space.frame.pointer)
          tiling.transform(
            space.frame.pointer, rows: strip, at: 0, into: space.inputs.pointer,
            plane: inputPlane, self.kernels)
          winograd.weights.multiply(
            rows: tiles, space.inputs.pointer, leftRow: tiling.pixel, leftPlane: inputPlane,
            into: space.products.pointer, resultRow: filters, resultPlane: productPlane)
          self.finish(
            tiling, rows: strip, space.products.pointer, plane: productPlane, at: 0, bias: bias,
            into: y + image * self.outputCount)
        }
        let start = min(strip.lowerBound * tiling.side, self.plan.outputHeight)
        let end = min(strip.upperBound * tiling.side, self.plan.outputHeight)
        let row = self.plan.outputWidth * filters
        self.limit(y + image * self.outputCount + start * row, (end - start) * row)
      }
    }
  }
}
