import ConvEngine
import KernelLanguage
import Raster

extension StageBuilder {
  /// The steps of one kernel.
  func correlation(_ kernel: Kernel) throws(FilterError) -> [any RowStage] {
    let kernel = oriented(kernel)
    let axes = try axes(width: kernel.width, height: kernel.height, anchor: kernel.origin)
    try check(depth: kernel.depth)
    let fold = WindowFold(axes, padding: padding)
    let given = try IntegerKernel(kernel, rule: rule(maximum: input.sample.top), stage: name)
    let integers = fold(given)
    let output = outputFormat(fold.axes, depth: kernel.depth)
    let sums = request(integers, fold.axes)
    var finished = sums.rounded(
      integers, to: output.sample.element, absolute: isAbsolute,
      formula: padding == .truncate ? nil : fold.factored(kernel), isBlur: isBlur)
    // Whole bands, however high, but for windows that share no rows.
    if !fold.axes.vertical.isSparse { finished.rowsACall = nil }
    let choice = BodyChoice(
      CorrelationRequest(windows: finished, gaussian: wideGaussian(kernel, given, axes)))
    let body: any FilterBody
    switch choice.made {
    case .grid(let gaussian): return steps(gaussian, reasons: choice.reasons)
    case .samples(let pair): return steps(pair, reasons: choice.reasons)
    case .body(let made): body = made
    }
    let kept = kernel.depth > 1 ? 1 : input.color.channels
    let premultiplies = premultiplies(kernel)
    let keepsAlpha = !premultiplies && keepsAlpha(sumsToNothing: kernel.sumsToNothing)
    let plain = CorrelationStage(
      input: input, output: output,
      pass: pass(BodyChoice(choice, body: body), fold.axes, kept: kept),
      copies: kernel.depth > 1 ? planeCopies : copies(keepAlpha: keepsAlpha),
      border: borderRule(
        sums: pass(BodyChoice(sums.ofSingleRows), fold.axes, kept: kept), kernel: integers,
        absolute: isAbsolute, top: output.sample.top),
      isExact: finished.isExact, note: integers.summary)
    return [premultiplies ? try premultiplied(kernel, fold, opaque: integers, plain: plain) : plain]
  }

  /// The sums of a kernel over the pixels of the input.
  func request(
    _ kernel: IntegerKernel, _ axes: (horizontal: WindowAxis, vertical: WindowAxis)
  ) -> BodyRequest {
    BodyRequest(
      kernel, channels: input.color.channels, axes: axes, input: input.sample.element)
  }

  /// A body, run over the input.
  func pass(
    _ choice: BodyChoice<any FilterBody>, _ axes: Axes, kept: Int? = nil, rowDilation: Int? = nil
  ) -> WindowPass {
    WindowPass(
      choice, vertical: axes.vertical, horizontal: axes.horizontal,
      channels: input.color.channels, kept: kept, padding: padding, fill: borderPixel,
      rowDilation: rowDilation)
  }

  func outputFormat(
    _ axes: (horizontal: WindowAxis, vertical: WindowAxis), depth: Int = 1
  ) -> PictureFormat {
    let color: ColorModel =
      depth > 1 ? (input.color.hasAlpha ? .grayAlpha : .gray) : input.color
    return PictureFormat(
      width: axes.horizontal.output, height: axes.vertical.output, color: color,
      sample: outputSample)
  }

  /// Alpha beside the one plane that a kernel of several channels yields.
  var planeCopies: [CorrelationStage.ChannelCopy] {
    input.color.hasAlpha
      ? [CorrelationStage.ChannelCopy(from: input.color.channels - 1, to: 1)] : []
  }

  func check(depth: Int) throws(FilterError) {
    if depth > 1 && depth != input.color.colorChannels {
      throw .depthMismatch(stage: name, depth: depth, channels: input.color.colorChannels)
    }
  }

  /// Whether alpha is copied rather than filtered.
  func keepsAlpha(sumsToNothing: Bool) -> Bool {
    switch options.alpha {
    case .auto: sumsToNothing
    case .keep: true
    case .filter, .premultiply: false
    }
  }

  // MARK: Sets

  func set(_ kernels: [Kernel], _ combination: Combination) throws(FilterError) -> SetStage {
    let kernels = kernels.map(oriented)
    guard let first = kernels.first, kernels.allSatisfy({ $0.depth == first.depth }) else {
      throw .mixedSet(stage: name)
    }
    try check(depth: first.depth)
    var rule = rule(maximum: input.sample.top)
    let offset = rule.offset
    rule.offset = 0
    // Results of several kernels meet on a common divisor, with some room to spare.
    rule.sumBits = 57
    var integers: [IntegerKernel] = []
    for kernel in kernels { integers.append(try IntegerKernel(kernel, rule: rule, stage: name)) }
    var common = 1
    for kernel in integers {
      let part = kernel.divisor / greatestCommonDivisor(common, kernel.divisor)
      guard let product = common.times(part) else { throw .tooLarge(stage: name) }
      common = product
    }
    let kept = first.depth > 1 ? 1 : input.color.channels
    var members: [SetStage.Member] = []
    var output: PictureFormat?
    for (kernel, integers) in zip(kernels, integers) {
      let fold = WindowFold(
        try axes(width: kernel.width, height: kernel.height, anchor: kernel.origin),
        padding: padding)
      let axes = fold.axes
      let integers = fold(integers)
      let format = outputFormat(axes, depth: kernel.depth)
      guard output == nil || output == format else { throw .mixedSet(stage: name) }
      output = format
      let factor = common / integers.divisor
      guard let bound = integers.bound(maximum: input.sample.top).times(factor),
        let bias = integers.bias.times(factor), bound < 1 << 58, abs(bias) < 1 << 58
      else { throw .tooLarge(stage: name) }
      let sums = request(integers, axes)
      let fits = integers.bound(maximum: input.sample.top) <= Int32.max
      members.append(
        SetStage.Member(
          pass: pass(BodyChoice(fits ? sums.with(output: .int32) : sums), axes, kept: kept),
          factor: Int64(factor), bias: Int64(bias),
          border: levelBorder(
            sums: pass(BodyChoice(sums.ofSingleRows), axes, kept: kept), kernel: integers,
            absolute: false,
            top: format.sample.top)))
    }
    let levels = offset * Double(rule.gain)
    let bias = (levels * Double(common)).rounded()
    guard abs(bias) < 0x1p58 else { throw .tooLarge(stage: name) }
    let bounds = integers.map { $0.bound(maximum: input.sample.top) }
    // A set has no total weight to divide alpha by: it is copied unless it is a channel like others.
    return SetStage(
      input: input, output: output!, members: members, combination: combination,
      rounding: Rounding(
        addend: Int64(bias) + Int64(common / 2), divisor: Int64(common), absolute: isAbsolute),
      bound: bounds.max()!,
      squaresAreSmall: integers.reduce(0.0) { $0 + $1.largestSquare(top: input.sample.top) }
        < 0x1p22,
      copies: first.depth > 1 ? planeCopies : copies(keepAlpha: options.alpha != .filter))
  }
}
