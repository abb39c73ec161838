import ConvEngine
import KernelLanguage
import Raster

/// Members of windows, by their order.
extension StageBuilder {
  func extremum(
    _ element: StructuringElement, maximum: Bool, copies: [CorrelationStage.ChannelCopy]
  ) throws(FilterError) -> any RowStage {
    var axes = try axes(for: element)
    let isBox = element.members == nil
    axes = isBox ? WindowFold(axes, padding: padding, addsTaps: false).axes : nearing(axes)
    guard input.sample != .float32,
      isBox || axes.vertical.dilation == 1 || axes.vertical.window < 4096
    else {
      return try selection(
        maximum ? .maximum : .minimum,
        isBox
          ? StructuringElement(width: axes.horizontal.taps, height: axes.vertical.taps) : element,
        axes, copies)
    }
    let pass = pass(maximum ? .largest : .smallest, of: element, axes)
    return CorrelationStage(
      input: input, output: outputFormat(axes), pass: pass, copies: copies, border: nil,
      isExact: true, note: "\(element.width)x\(element.height) \(maximum ? "dilation" : "erosion")")
  }

  func ranked(_ rank: Rank, _ element: StructuringElement) throws(FilterError)
    -> any RowStage
  {
    let axes = nearing(try axes(for: element))
    let copies = copies(keepAlpha: options.alpha == .keep)
    let (rows, columns) = (axes.vertical.taps, axes.horizontal.taps)
    guard let all = rows.times(columns), all < UInt32.max else {
      throw .sumsTooLarge(stage: name)
    }
    let samples = element.count
    guard input.sample != .float32, padding != .truncate,
      axes.horizontal.dilation == 1, axes.vertical.dilation == 1
    else { return try selection(.rank(rank), element, axes, copies) }
    let index = rank.index(of: samples)
    if index == 0 || index == samples - 1 {
      return try extremum(element, maximum: index > 0, copies: copies)
    }
    let pass = pass(.place(index), of: element, axes)
    return CorrelationStage(
      input: input, output: outputFormat(axes), pass: pass, copies: copies, border: nil,
      isExact: true, note: "\(columns)x\(rows) \(rank)")
  }

  /// The pass that finds a member of each window of integers.
  ///
  /// - Parameters:
  ///   - element: any shape; of rectangles the axes say how many rows and columns there are.
  ///   - ignored: whether nothing counts beyond the border.
  func pass(
    _ member: RankRequest.Member, of element: StructuringElement, _ axes: Axes,
    ignoring ignored: Bool? = nil
  ) -> WindowPass {
    let isRectangle = element.members == nil
    let isExtreme = if case .place = member { false } else { true }
    let (columns, rows) = (axes.horizontal, axes.vertical)
    // Of rectangles a body is given only the rows that they see.
    let request = RankRequest(
      member,
      of: isRectangle ? StructuringElement(width: columns.taps, height: rows.taps) : element,
      dilation: (columns.dilation, isRectangle ? 1 : rows.dilation),
      channels: input.color.channels,
      rowStride: isExtreme && isRectangle && rows.dilation == 1 ? rows.stride : 1,
      input: input.sample.element)
    let ignored = ignored ?? (padding == .truncate)
    // A value that never wins.
    let neutral = member == .largest ? 0 : input.sample.maximum
    return WindowPass(
      BodyChoice(request), vertical: rows, horizontal: columns, channels: input.color.channels,
      padding: ignored ? .zero : padding,
      fill: ignored ? fillPixel(neutral, opaque: false) : borderPixel,
      rowDilation: isRectangle ? rows.dilation : 1)
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

  // MARK: Pooling

  func pooling(_ kind: PoolingKind, _ width: Int, _ height: Int) throws(FilterError)
    -> any RowStage
  {
    for (what, value) in [("window's width", width), ("window's height", height)] where value < 1 {
      throw .notPositive(stage: name, what: what, value: value)
    }
    guard width.times(height) != nil else { throw .sumsTooLarge(stage: name) }
    let anchor = options.anchor ?? Kernel.Anchor(x: width / 2, y: height / 2)
    if kind == .average { return try average(width, height, anchor) }
    let fold = WindowFold(
      try axes(width: width, height: height, anchor: anchor), padding: padding, addsTaps: false)
    if input.sample == .float32 { return realExtremum(fold, maximum: kind == .maximum) }
    let axes = fold.axes
    let pass = pass(
      kind == .maximum ? .largest : .smallest, of: StructuringElement(width: width, height: height),
      axes, ignoring: padding == .zero || padding == .truncate)
    return CorrelationStage(
      input: input, output: outputFormat(axes), pass: pass,
      copies: copies(keepAlpha: options.alpha == .keep), border: nil,
      isExact: true, note: "\(width)x\(height) \(kind)")
  }
}
