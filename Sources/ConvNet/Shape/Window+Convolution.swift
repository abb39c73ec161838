import ConvEngine

extension Window {
  /// The convolution of a map of this shape by so many filters.
  func convolution(of input: FeatureShape, channels: Int, filters: Int) -> ConvolutionShape {
    let (y, x) = (paddingY(input.height), paddingX(input.width))
    return ConvolutionShape(
      inputHeight: input.height, inputWidth: input.width, inputChannels: channels,
      outputChannels: filters, kernelHeight: height, kernelWidth: width, strideY: strideY,
      strideX: strideX, dilationY: dilationY, dilationX: dilationX, padTop: y.before,
      padLeft: x.before, padBottom: y.after, padRight: x.after)
  }
}
