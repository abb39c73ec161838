internal import CConvKernels

/// Where the samples of an image lie in a frame of bfloat16, zeros around and between them.
struct AMXFrame: Sendable {
  /// Rows and columns of the image, and its channels.
  let height, width, channels: Int
  /// The frame.
  let rows, columns: Int
  /// Where the first sample lies, and how far the next ones are.
  let top, left: Int
  let stepY, stepX: Int

  /// Writes the samples; what else lies in the frame stays.
  func lay(
    _ image: UnsafePointer<Float>, _ kernels: TensorKernels,
    into frame: UnsafeMutablePointer<UInt16>
  ) {
    let pixel = AMXCorrelation.pixel(channels)
    for row in 0..<height {
      let from = image + row * width * channels
      let to = frame + ((top + row * stepY) * columns + left) * pixel
      if pixel == channels, stepX == 1 {
        kernels.table.round_row(width * channels, from, to)
        continue
      }
      for column in 0..<width {
        kernels.table.round_row(channels, from + column * channels, to + column * stepX * pixel)
      }
    }
  }
}

extension AMXFrame {
  /// The input of a convolution.
  init(input plan: ConvolutionPlan) {
    let shape = plan.shape
    self.init(
      height: shape.inputHeight, width: shape.inputWidth, channels: shape.inputChannels,
      rows: plan.frameHeight, columns: plan.frameWidth, top: shape.padTop, left: shape.padLeft,
      stepY: 1, stepX: 1)
  }

  /// The gradient of its output, for that of its input.
  init(gradient plan: ConvolutionPlan) {
    let shape = plan.shape
    if plan.isStrided {
      let frame = plan.stridedFrame
      self.init(
        height: plan.usedHeight, width: plan.usedWidth, channels: shape.outputChannels,
        rows: frame.height, columns: frame.width, top: frame.top, left: frame.left, stepY: 1,
        stepX: 1)
      return
    }
    self.init(
      height: plan.usedHeight, width: plan.usedWidth, channels: shape.outputChannels,
      rows: plan.apartHeight, columns: plan.apartWidth, top: shape.windowHeight - 1,
      left: shape.windowWidth - 1, stepY: shape.strideY, stepX: shape.strideX)
  }

  /// Numbers of the frame, as many as correlations of this stride read.
  func count(stride: Int = 1) -> Int {
    AMXCorrelation.frameCount(samples: rows * columns, channels: channels, stride: stride)
  }
}
