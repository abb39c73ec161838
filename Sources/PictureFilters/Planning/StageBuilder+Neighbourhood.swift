import ConvEngine
import KernelLanguage
import Raster

extension StageBuilder {
  /// What is no weighted sum.
  func neighbourhood(_ kind: Neighbourhood) throws(FilterError) -> any RowStage {
    switch kind {
    case .morphology(let kind, let element): try morphology(kind, element)
    case .rank(let rank, let element): try ranked(rank, element)
    case .localNormalization(let kind): try localNormalization(kind)
    case .bilateral(let kind): try bilateral(kind)
    case .nonLocalMeans(let kind): try nonLocalMeans(kind)
    case .canny(let kind): try candidates(kind)
    case .clahe(let clip, let columns, let rows): try clahe(clip, columns, rows)
    case .unsharp(let kernel, let amount, let fraction):
      // What reaches the threshold exceeds the number before it.
      try input.sample == .float32
        ? realUnsharp(kernel, amount, (fraction / 2 * fullIntensity).nextDown)
        : unsharp(kernel, amount, max(0, (fraction / 2 * fullIntensity).nextDown))
    }
  }

  private func morphology(_ kind: Morphology, _ element: StructuringElement) throws(FilterError)
    -> any RowStage
  {
    switch kind {
    case .erode, .dilate:
      return try extremum(
        element, maximum: kind == .dilate, copies: copies(keepAlpha: options.alpha == .keep))
    case .open, .close: return try chained(stage.steps(options)).stage
    case .gradient:
      let axes = try axes(for: element)
      return DifferenceStage(
        plus: try extremum(element, maximum: true, copies: []),
        minus: try extremum(element, maximum: false, copies: []), input: input,
        output: outputFormat(axes), vertical: [axes.vertical], horizontal: [axes.horizontal],
        copies: copies(keepAlpha: options.alpha != .filter))
    case .topHat, .blackHat:
      var plain = self
      plain.options.channels = .all
      plain.options.alpha = .filter
      var smooth = stage
      smooth.operation = .neighbourhood(.morphology(kind == .topHat ? .open : .close, element))
      let made = try plain.chained(smooth.steps(options))
      let own = kind == .topHat
      return DifferenceStage(
        plus: own ? nil : made.stage, minus: own ? made.stage : nil, input: input,
        output: made.stage.output, vertical: made.axes.map(\.vertical),
        horizontal: made.axes.map(\.horizontal),
        copies: copies(keepAlpha: options.alpha != .filter))
    }
  }

  private typealias Axes = (horizontal: WindowAxis, vertical: WindowAxis)

  private func chained(_ steps: [Stage]) throws(FilterError) -> (
    stage: ChainStage, axes: [Axes]
  ) {
    var made: [any RowStage] = []
    var axes: [Axes] = []
    for step in steps {
      let builder = StageBuilder(
        options: options, stage: step, input: made.last?.output ?? input, isTarget: false,
        widens: false, white: white)
      guard case .neighbourhood(let kind) = step.operation else {
        preconditionFailure("steps are neighbourhoods")
      }
      made.append(try builder.neighbourhood(kind))
      axes.append(try builder.axes(for: kind.element))
    }
    return (ChainStage(made), axes)
  }

  /// Where the windows of an element lie.
  func axes(for element: StructuringElement) throws(FilterError) -> (
    horizontal: WindowAxis, vertical: WindowAxis
  ) {
    try axes(
      width: element.width, height: element.height, anchor: element.anchor(options))
  }

  private func extremum(
    _ element: StructuringElement, maximum: Bool, copies: [CorrelationStage.ChannelCopy]
  ) throws(FilterError) -> any RowStage {
    var axes = try axes(for: element)
    let isBox = element.members == nil
    if isBox { axes = WindowFold(axes, padding: padding, addsTaps: false).axes }
    guard input.sample != .float32,
      isBox || axes.vertical.dilation == 1 || axes.vertical.window < 4096
    else {
      return try selection(
        maximum ? .maximum : .minimum,
        isBox
          ? StructuringElement(width: axes.horizontal.taps, height: axes.vertical.taps) : element,
        axes, copies)
    }
    // Beyond the border nothing counts: a value that never wins.
    let ignored = padding == .truncate
    let neutral = maximum ? 0 : input.sample.maximum
    let channels = input.color.channels
    let body: any FilterBody =
      isBox
      ? Extremum(
        maximum: maximum, rows: axes.vertical.taps, columns: axes.horizontal.taps,
        sampleStep: axes.horizontal.dilation * channels,
        rowStride: axes.vertical.dilation == 1 ? axes.vertical.stride : 1,
        input: input.sample.element)
      : MemberExtremum(
        maximum: maximum, element: element,
        dilation: (axes.horizontal.dilation, axes.vertical.dilation), sampleStep: channels,
        input: input.sample.element)
    let pass = WindowPass(
      body: body, vertical: axes.vertical, horizontal: axes.horizontal, channels: channels,
      padding: ignored ? .zero : padding,
      fill: ignored ? fillPixel(neutral, opaque: false) : borderPixel,
      rowDilation: isBox ? axes.vertical.dilation : 1,
      operations: (body as? MemberExtremum)?.operations ?? 16)
    return CorrelationStage(
      input: input, output: outputFormat(axes), pass: pass, copies: copies, border: nil,
      isExact: true, note: "\(element.width)x\(element.height) \(maximum ? "dilation" : "erosion")")
  }

  private func ranked(_ rank: Rank, _ element: StructuringElement) throws(FilterError)
    -> any RowStage
  {
    let axes = try axes(for: element)
    let copies = copies(keepAlpha: options.alpha == .keep)
    let (rows, columns) = (axes.vertical.taps, axes.horizontal.taps)
    guard let samples = rows.times(columns), samples < UInt32.max else {
      throw .tooLarge(stage: name)
    }
    guard input.sample != .float32, element.members == nil, padding != .truncate,
      axes.horizontal.dilation == 1, axes.vertical.dilation == 1
    else { return try selection(.rank(rank), element, axes, copies) }
    let index = rank.index(of: samples)
    if index == 0 || index == samples - 1 {
      return try extremum(element, maximum: index > 0, copies: copies)
    }
    let channels = input.color.channels
    let sample = input.sample.element
    let body: any FilterBody
    let operations: Double
    if rows == columns, rows == 3 || rows == 5, index == samples / 2 {
      body =
        rows == 3
        ? Median3(sampleStep: channels, input: sample)
        : Median5(sampleStep: channels, input: sample)
      operations = 8
    } else if input.sample == .uint8, samples <= ColumnCounts.mostSamples {
      body = ColumnCounts(rows: rows, columns: columns, rank: index, sampleStep: channels)
      operations = 32
    } else {
      body = WindowCounts(
        rows: rows, columns: columns, rank: index, sampleStep: channels, input: sample)
      operations = 16 + 4 * Double(rows)
    }
    let pass = WindowPass(
      body: body, vertical: axes.vertical, horizontal: axes.horizontal, channels: channels,
      padding: padding, fill: borderPixel, operations: operations)
    return CorrelationStage(
      input: input, output: outputFormat(axes), pass: pass, copies: copies, border: nil,
      isExact: true, note: "\(columns)x\(rows) \(rank)")
  }

  private func selection(
    _ choice: OrderStage.Choice, _ element: StructuringElement, _ axes: Axes,
    _ copies: [CorrelationStage.ChannelCopy]
  ) throws(FilterError) -> any RowStage {
    OrderStage(
      input: input, output: outputFormat(axes), choice: choice, element: element,
      vertical: axes.vertical, horizontal: axes.horizontal, padding: padding,
      fill: borderValues, copies: copies)
  }

  /// The samples of a pixel beyond the border: what stands there is opaque.
  private var borderValues: [Double] {
    let colors =
      switch padding {
      case .constant(let value):
        [Double](
          repeating: input.sample == .float32
            ? value : min(max((value + 0.5).rounded(.down), 0), fullIntensity),
          count: input.color.colorChannels)
      case .levels: borderLevels!
      default: [Double](repeating: 0, count: input.color.colorChannels)
      }
    return colors + (input.color.hasAlpha ? [fullIntensity] : [])
  }
}

extension StructuringElement {
  /// The member that meets the output sample.
  func anchor(_ options: FilterOptions) -> Kernel.Anchor {
    anchor ?? options.anchor ?? Kernel.Anchor(x: width / 2, y: height / 2)
  }
}

extension Stage {
  /// The stages that it is a chain of: an opening erodes and dilates.
  package func steps(_ options: FilterOptions) -> [Stage] {
    if case .neighbourhood(.canny(let canny)) = operation, canny.sigma > 0 {
      let radius = GaussianKernel.radius(canny.sigma)
      let line = GaussianKernel.samples(sigma: canny.sigma, count: 2 * radius + 1)
      var soft = self
      soft.operation = .correlate(Kernel(Kernel.Factors(column: line, row: line)))
      return [soft, self]
    }
    guard case .neighbourhood(.morphology(let kind, let element)) = operation,
      kind == .open || kind == .close
    else { return [self] }
    let anchor = element.anchor(options)
    var (first, second) = (self, self)
    first.operation = .neighbourhood(.morphology(kind == .open ? .erode : .dilate, element))
    // Windows may be apart only in the second step.
    first.geometry.strideX = 1
    first.geometry.strideY = 1
    var mirrored = element.mirrored
    mirrored.anchor = Kernel.Anchor(
      x: element.width - 1 - anchor.x, y: element.height - 1 - anchor.y)
    second.operation = .neighbourhood(.morphology(kind == .open ? .dilate : .erode, mirrored))
    return [first, second]
  }
}
