internal import CConvKernels

/// Convolutions of 3 by 3 taps by tiles of 2 by 2 outputs, 16 products in the place of 36.
///
/// For layers of many channels, where the products cost more than the sums around them. The result
/// differs from the direct one by rounding only (about 1e-6 of the largest value).
/// - SeeAlso: Lavin & Gray, arXiv:1509.09308.
extension ConvolutionBlock {
  static func fitsWinograd(_ plan: ConvolutionPlan, _ kernels: TensorKernels) -> Bool {
    let shape = plan.shape
    return shape.kernelHeight == 3 && shape.kernelWidth == 3 && plan.usedHeight % 2 == 0
      && plan.usedWidth % 2 == 0
      && max(shape.strideY, shape.strideX, shape.dilationY, shape.dilationX) == 1
      && min(shape.inputChannels, shape.outputChannels) >= 32
      && shape.inputChannels % kernels.lanes == 0 && shape.outputChannels % kernels.lanes == 0
  }

  /// Rows of tiles whose transforms lie in the cache together.
  static func winogradRows(_ plan: ConvolutionPlan) -> Int {
    min(plan.usedHeight / 2, max(1, 64 / plan.usedWidth))
  }

  /// The weights of each of the 16 planes, in panels.
  func packWinograd(_ weights: UnsafePointer<Float>) {
    let count = shape.inputChannels * shape.outputChannels
    kernels.table.winograd_weights(count, weights, planes.pointer)
    let panelCount = kernels.panels(shape.outputChannels) * kernels.panel * shape.inputChannels
    for plane in 0..<16 {
      kernels.pack(
        rows: shape.inputChannels, columns: shape.outputChannels, planes.pointer + plane * count,
        pitch: shape.outputChannels, into: packed.pointer + plane * panelCount)
    }
  }

  /// All rows of the convolution.
  func winograd(
    _ frame: UnsafePointer<Float>, bias: UnsafePointer<Float>?, relu: Bool,
    into out: UnsafeMutablePointer<Float>, _ space: ForwardSpace
  ) {
    let (channels, filters) = (shape.inputChannels, shape.outputChannels)
    let panelCount = kernels.panels(filters) * kernels.panel * channels
    let (row, outRow) = (plan.frameWidth * channels, plan.usedWidth * filters)
    let across = plan.usedWidth / 2
    let (inputs, sums) = (space.winogradInputs.pointer, space.winogradSums.pointer)
    for first in stride(from: 0, to: plan.usedHeight / 2, by: Self.winogradRows(plan)) {
      let rows = min(Self.winogradRows(plan), plan.usedHeight / 2 - first)
      let tiles = rows * across
      // Safety: tiles are even and end within the frame; planes hold `tiles` of them.
      for r in 0..<rows {
        kernels.table.winograd_input(
          across, channels, frame + 2 * (first + r) * row, row, inputs + r * across * channels,
          tiles * channels)
      }
      for plane in 0..<16 {
        var product = net_product()
        product.rows = tiles
        product.columns = filters
        product.a = UnsafePointer(inputs + plane * tiles * channels)
        product.a_row = channels
        product.a_step = 1
        product.run_length = channels
        product.b = UnsafePointer(packed.pointer + plane * panelCount)
        product.b_step = kernels.panel
        product.b_panel = channels * kernels.panel
        product.c = sums + plane * tiles * filters
        product.c_row = filters
        kernels.multiply(&product)
      }
      for r in 0..<rows {
        kernels.table.winograd_output(
          across, filters, sums + r * across * filters, tiles * filters, bias, relu,
          out + 2 * (first + r) * outRow, outRow)
      }
    }
  }
}
