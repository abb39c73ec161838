internal import CConvKernels

/// The gradient of the input of a convolution with strides: a sample is seen by every stride-th tap only.
///
/// Samples whose places leave the same rest see the same taps: each such class is a convolution of the
/// gradient of the output, without the zeros between.
extension ConvolutionGradients {
  /// As `denseInput`; the weights are turned in the order of `turnedPlaces`.
  func stridedInput(
    _ dx: UnsafeMutablePointer<Float>, _ unpooled: UnsafePointer<Float>, _ space: Workspace
  ) {
    let (shape, filters) = (plan.shape, plan.shape.outputChannels)
    let frame = plan.stridedFrame
    let apart = space.apart.pointer
    for row in 0..<plan.usedHeight {
      (apart + ((row + frame.top) * frame.width + frame.left) * filters).update(
        from: unpooled + row * plan.usedWidth * filters, count: plan.usedWidth * filters)
    }
    let from = paired(apart, space)
    // Pairs are those of a tap.
    let takesPairs = kernels.takesPairs
    let tapSteps = takesPairs ? TensorKernels.pairs(filters) : filters
    for row in 0..<shape.inputHeight {
      let (down, restY) = (row + shape.padTop).quotientAndRemainder(dividingBy: shape.strideY)
      let rows = plan.tapsOfRest(restY, shape.kernelHeight, shape.strideY)
      for restX in 0..<shape.strideX {
        let columns = plan.tapsOfRest(restX, shape.kernelWidth, shape.strideX)
        let first = (restX - shape.padLeft % shape.strideX + shape.strideX) % shape.strideX
        if first >= shape.inputWidth { continue }
        let samples = (shape.inputWidth - first + shape.strideX - 1) / shape.strideX
        let out = dx + (row * shape.inputWidth + first) * shape.inputChannels
        if rows * columns == 0 {
          for sample in 0..<samples {
            (out + sample * shape.strideX * shape.inputChannels).update(
              repeating: 0, count: shape.inputChannels)
          }
          continue
        }
        // From the last tap to the first: from the first output to the last.
        let across = (first + shape.padLeft) / shape.strideX
        let start = (across - (columns - 1) + frame.left) * filters
        let together = takesPairs ? 1 : columns
        let runs = (0..<rows).reversed().flatMap { tapRow in
          stride(from: 0, to: columns, by: together).map {
            ((down - tapRow + frame.top) * frame.width + $0) * filters
          }
        }
        runs.withUnsafeBufferPointer { runs in
          // Safety: the frame reaches as far as windows do, with zeros beyond the outputs.
          var product = net_product()
          product.rows = samples
          product.columns = shape.inputChannels
          product.a = from + start
          product.a_row = filters
          product.a_step = takesPairs ? 2 : 1
          product.runs = runs.baseAddress!
          product.run_count = runs.count
          product.run_length = together * tapSteps
          product.b = UnsafePointer(
            turned.pointer + plan.firstPlace(restY, restX) * tapSteps * kernels.panel)
          product.b_step = kernels.panel
          product.b_panel = plan.taps.count * tapSteps * kernels.panel
          product.c = out
          product.c_row = shape.strideX * shape.inputChannels
          kernels.product(&product, pairs: takesPairs)
        }
      }
    }
  }
}
