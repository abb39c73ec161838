import ConvEngine
import KernelLanguage

extension BodyRequest {
  /// The sums of a kernel over interleaved pixels, in 64 bits.
  ///
  /// - Parameters:
  ///   - channels: samples of a pixel.
  ///   - axes: how far apart taps and windows are.
  ///   - channel: the one that the first tap meets.
  init(
    _ kernel: IntegerKernel, channels: Int, axes: (horizontal: WindowAxis, vertical: WindowAxis),
    input: Element, channel: Int = 0
  ) {
    // Of sparse windows a body is given only the rows that they see.
    let isSparse = axes.vertical.isSparse
    let dilation = (x: axes.horizontal.dilation, y: isSparse ? 1 : axes.vertical.dilation)
    let weights: WindowSum
    switch kernel.shape {
    case .box: weights = .ones(rows: kernel.height, columns: kernel.width)
    case .separable(let column, let row): weights = .product(column: column, row: row)
    case .direct:
      weights = .taps(
        kernel.taps(channels: channels, dilation: dilation, channel: channel)
          .filter { $0.weight != 0 })
    }
    self.init(
      weights, rowStep: dilation.y, sampleStep: dilation.x * channels, first: channel,
      windowRows: (kernel.height - 1) * dilation.y + 1,
      rowStride: isSparse ? 1 : axes.vertical.stride,
      input: input,
      output: .int64, rounding: nil)
    // As many as stages of several sums take at once.
    rowsACall = isSparse ? 1 : 8
  }

  /// Samples instead of sums; by the two passes of a formula where that is what it is defined by.
  ///
  /// - Parameters:
  ///   - formula: the kernel where an intermediate may be rounded, if it is a formula.
  ///   - isBlur: whether it may be so on the way from 8 to 16 bits, too.
  func rounded(
    _ kernel: IntegerKernel, to output: Element, absolute: Bool, formula: Kernel?,
    isBlur: Bool = false
  ) -> BodyRequest {
    var request = with(output: output, rounding: kernel.rounding(absolute: absolute))
    let widens = output != input
    if !widens || isBlur, let formula,
      let plan = FactorPlan(formula, kernel, input: input, widens: widens)
    {
      request.weights = .formula(plan)
      request.rounding = nil
    }
    return request
  }

  /// The same for calls of a row each, such as the border asks for.
  var ofSingleRows: BodyRequest {
    var request = self
    request.rowsACall = 1
    return request
  }

  /// Whether nothing is rounded on the way.
  var isExact: Bool {
    if case .formula = weights { false } else { true }
  }
}
