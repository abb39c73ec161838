/// Shapes of a convolution over one image, NHWC.
///
///     out[y, x, f] = bias[f] + Σ w[j, i, c, f] · in[y·strideY + j·dilationY − padTop, …, c]
///
/// Weights are laid out `[kernelHeight][kernelWidth][inputChannels][outputChannels]`.
public struct ConvolutionShape: Sendable, Hashable {
  /// Rows, columns and channels of the input (≥ 1).
  public var inputHeight: Int
  public var inputWidth: Int
  public var inputChannels: Int
  /// Channels of the output (≥ 1).
  public var outputChannels: Int
  /// Taps (≥ 1).
  public var kernelHeight: Int
  public var kernelWidth: Int
  /// Distance between windows, in samples (≥ 1).
  public var strideY: Int
  public var strideX: Int
  /// Distance between taps, in samples (≥ 1).
  public var dilationY: Int
  public var dilationX: Int
  /// Zeros around the input, in samples (≥ 0).
  public var padTop: Int
  public var padLeft: Int
  public var padBottom: Int
  public var padRight: Int

  public init(
    inputHeight: Int, inputWidth: Int, inputChannels: Int, outputChannels: Int,
    kernelHeight: Int, kernelWidth: Int, strideY: Int = 1, strideX: Int = 1, dilationY: Int = 1,
    dilationX: Int = 1, padTop: Int = 0, padLeft: Int = 0, padBottom: Int = 0, padRight: Int = 0
  ) {
    self.inputHeight = inputHeight
    self.inputWidth = inputWidth
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.kernelHeight = kernelHeight
    self.kernelWidth = kernelWidth
    self.strideY = strideY
    self.strideX = strideX
    self.dilationY = dilationY
    self.dilationX = dilationX
    self.padTop = padTop
    self.padLeft = padLeft
    self.padBottom = padBottom
    self.padRight = padRight
  }

  /// Rows between the first and the last tap, both included.
  public var windowHeight: Int { dilationY * (kernelHeight - 1) + 1 }
  /// Columns between the first and the last tap, both included.
  public var windowWidth: Int { dilationX * (kernelWidth - 1) + 1 }
  /// Rows of the output; below 1 where no window fits.
  public var outputHeight: Int {
    WindowAxis.windows(
      window: windowHeight, in: inputHeight + padTop + padBottom, stride: strideY)
  }
  /// Columns of the output; below 1 where no window fits.
  public var outputWidth: Int {
    WindowAxis.windows(
      window: windowWidth, in: inputWidth + padLeft + padRight, stride: strideX)
  }
  /// Elements of one input image.
  public var inputCount: Int { inputHeight * inputWidth * inputChannels }
  /// Elements of the output of one image.
  public var outputCount: Int { outputHeight * outputWidth * outputChannels }
  /// Taps times input channels: weights per filter.
  public var depth: Int { kernelHeight * kernelWidth * inputChannels }
  /// Weights, without the biases.
  public var weightCount: Int { depth * outputChannels }

  /// Whether all fields are in their range and at least one window fits.
  public var isValid: Bool {
    min(inputHeight, inputWidth, inputChannels, outputChannels) >= 1
      && min(kernelHeight, kernelWidth) >= 1
      && min(strideX, strideY, dilationX, dilationY) >= 1
      && min(padTop, padBottom, padLeft, padRight) >= 0 && outputHeight >= 1 && outputWidth >= 1
  }
}

/// Windows of a pooling without padding; rows and columns that fill no window are dropped.
public struct PoolShape: Sendable, Hashable {
  /// Samples (≥ 1; height · width ≤ 256).
  public var windowHeight: Int
  public var windowWidth: Int
  /// Distance between windows, in samples (≥ 1).
  public var strideY: Int
  public var strideX: Int

  /// Windows side by side, unless strides are given.
  public init(windowHeight: Int, windowWidth: Int, strideY: Int? = nil, strideX: Int? = nil) {
    self.windowHeight = windowHeight
    self.windowWidth = windowWidth
    self.strideY = strideY ?? windowHeight
    self.strideX = strideX ?? windowWidth
  }
}
