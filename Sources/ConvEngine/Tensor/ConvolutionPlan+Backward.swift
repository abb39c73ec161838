/// Where the gradients lie on their way back.
extension ConvolutionPlan {
  /// How far the runs are from each other, or nil where they are few or irregular.
  var runDistance: Int? {
    guard runs.count > 1 else { return nil }
    let distance = runs[1] - runs[0]
    return runs.indices.allSatisfy { runs[$0] == runs[0] + $0 * distance } ? distance : nil
  }

  /// Whether a gradient of the output is that before the pooling as it stands.
  func isUnpooled(_ kernels: TensorKernels) -> Bool {
    pool == nil && shape.outputChannels % kernels.lanes == 0
  }

  /// Rows and columns of the gradient with zeros around and between.
  var apartHeight: Int { frameHeight + shape.windowHeight - 1 }
  var apartWidth: Int { frameWidth + shape.windowWidth - 1 }

  /// Whether samples of the input fall into classes that see different taps.
  var isStrided: Bool {
    max(shape.strideY, shape.strideX) > 1 && max(shape.dilationY, shape.dilationX) == 1
  }

  /// Taps of an axis whose numbers leave this rest.
  func tapsOfRest(_ rest: Int, _ taps: Int, _ stride: Int) -> Int {
    max(0, (taps - rest + stride - 1) / stride)
  }

  /// The gradient of the output with as many zeros around as windows reach beyond it.
  var stridedFrame: (top: Int, left: Int, height: Int, width: Int) {
    let top = (shape.kernelHeight - 1) / shape.strideY
    let left = (shape.kernelWidth - 1) / shape.strideX
    let last = (
      (shape.inputHeight - 1 + shape.padTop) / shape.strideY,
      (shape.inputWidth - 1 + shape.padLeft) / shape.strideX
    )
    return (
      top, left, top + max(usedHeight, last.0 + 1), left + max(usedWidth, last.1 + 1)
    )
  }

  /// Turned taps that lie before those of a class.
  func firstPlace(_ restY: Int, _ restX: Int) -> Int {
    let above = (0..<restY).reduce(0) { $0 + tapsOfRest($1, shape.kernelHeight, shape.strideY) }
    let before = (0..<restX).reduce(0) { $0 + tapsOfRest($1, shape.kernelWidth, shape.strideX) }
    return above * shape.kernelWidth
      + tapsOfRest(restY, shape.kernelHeight, shape.strideY) * before
  }

  /// Where each tap of the kernel lies among the turned ones: from the last to the first, class by class
  /// where there are strides.
  var turnedPlaces: [Int] {
    guard isStrided else { return taps.indices.reversed() }
    return (0..<shape.kernelHeight).flatMap { j in
      (0..<shape.kernelWidth).map { i in
        let (restY, restX) = (j % shape.strideY, i % shape.strideX)
        let rows = tapsOfRest(restY, shape.kernelHeight, shape.strideY)
        let columns = tapsOfRest(restX, shape.kernelWidth, shape.strideX)
        return firstPlace(restY, restX) + (rows - 1 - j / shape.strideY) * columns
          + (columns - 1 - i / shape.strideX)
      }
    }
  }

  /// Elements of the frame that the gradient of the input reads.
  var apartCount: Int {
    let frame = stridedFrame
    return (isStrided ? frame.height * frame.width : apartHeight * apartWidth)
      * shape.outputChannels
  }
}
