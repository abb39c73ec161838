extension ConvolutionShape {
  /// The same sums over one long row, where the convolution mixes channels alone: 1×1 taps, each at
  /// every sample. Tiles of a product are filled better by one long row than by many short ones.
  var asOneRow: ConvolutionShape {
    guard kernelHeight * kernelWidth == 1, strideY == 1, strideX == 1,
      padTop + padLeft + padBottom + padRight == 0
    else { return self }
    var row = self
    row.inputWidth *= inputHeight
    row.inputHeight = 1
    return row
  }
}
