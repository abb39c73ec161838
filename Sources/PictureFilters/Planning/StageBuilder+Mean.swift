import ConvEngine
import KernelLanguage
import Raster

extension StageBuilder {
  /// Average pooling: the sum of the window divided by the samples that lie inside the picture.
  func average(_ width: Int, _ height: Int, _ anchor: Kernel.Anchor) throws(FilterError)
    -> any RowStage
  {
    var geometry = stage.geometry
    geometry.strideX = geometry.strideX ?? options.geometry.strideX ?? width
    geometry.strideY = geometry.strideY ?? options.geometry.strideY ?? height
    // With a padding of its own, a stage does not look for how much of it the chain asks for.
    if geometry.padding == nil { geometry.extent = geometry.extent ?? options.geometry.extent }
    // Zeros beyond the border are no samples of the picture.
    geometry.padding = padding == .zero ? .truncate : padding
    let (column, row) = (
      [Double](repeating: 1, count: height), [Double](repeating: 1, count: width)
    )
    let kernel = Kernel(Kernel.Factors(column: column, row: row), anchor: anchor)
    var plainOptions = options
    plainOptions.flip = false
    return try StageBuilder(
      options: plainOptions, stage: Stage(.correlate(kernel), geometry: geometry, name: name),
      input: input, isTarget: false, widens: widens, white: white
    ).build()
  }

  /// Sharpening by a blurred copy: the copy in 16 bits, then the difference.
  func unsharp(_ kernel: Kernel, _ amount: Double, _ threshold: Double) throws(FilterError)
    -> any RowStage
  {
    guard amount.isFinite, threshold.isFinite else {
      throw .notFinite(stage: name, what: "amount or the threshold")
    }
    // The difference is multiplied: where the picture has 16 bits, or it is multiplied by much, a
    // copy in 16 bits would show.
    if input.sample == .uint16 || abs(amount) > 64 {
      return try realUnsharp(kernel, amount, threshold)
    }
    var wide = input
    let isNear = try staysNear(kernel, times: amount)
    if !isNear { wide.sample = .uint16 }
    var blurOptions = options
    blurOptions.channels = .all
    var builder = StageBuilder(
      options: blurOptions, stage: Stage(.correlate(kernel), geometry: stage.geometry, name: name),
      input: wide, isTarget: false, widens: isNear)
    builder.isBlur = true
    let blur = try builder.correlation(kernel)[0]
    let axes = try axes(
      width: kernel.width, height: kernel.height, anchor: oriented(kernel).origin)
    guard kernel.depth == 1 else {
      throw .depthMismatch(stage: name, depth: kernel.depth, channels: 1)
    }
    return UnsharpStage(
      blur: blur, input: input, output: outputFormat(axes), vertical: axes.vertical,
      horizontal: axes.horizontal,
      amount: amount, threshold: threshold, copies: copies(keepAlpha: options.alpha != .filter))
  }

  /// Whether a copy by passes in fixed point leaves 8-bit results within a level of the formula.
  private func staysNear(_ kernel: Kernel, times amount: Double) throws(FilterError) -> Bool {
    guard outputSample == .uint8 else { return false }
    var rule = KernelRule()
    (rule.maximum, rule.gain) = (input.sample.top, 257)
    let integers = try IntegerKernel(oriented(kernel), rule: rule, stage: name)
    let plan = FactorPlan(oriented(kernel), integers, input: .uint8, widens: true)
    return plan.map { $0.errorBound * abs(amount) < 0.49 } ?? false
  }

  /// Only the brightness: the stage runs on one gray plane, the change is added to the colours.
  func luma() throws(FilterError) -> any RowStage {
    var gray = input
    gray.color = .gray
    var grayOptions = options
    grayOptions.channels = .all
    if case .neighbourhood(.canny) = stage.operation {
      throw .meaningless(stage: name, option: "filtering the luma")
    }
    let builder = StageBuilder(
      options: grayOptions, stage: stage, input: gray, isTarget: isTarget, widens: widens,
      white: white, pictureTop: pictureTop, isLight: isLight)
    let inner = try builder.build()
    let axes: (horizontal: WindowAxis, vertical: WindowAxis)
    switch stage.operation {
    case .correlate(let kernel), .unsharp(let kernel, _, _):
      axes = try self.axes(
        width: kernel.width, height: kernel.height, anchor: oriented(kernel).origin)
    case .combine(let kernels, _):
      guard let kernel = kernels.first else { throw .mixedSet(stage: name) }
      axes = try self.axes(
        width: kernel.width, height: kernel.height, anchor: oriented(kernel).origin)
    case .pool(_, let width, let height):
      axes = try self.axes(
        width: width, height: height,
        anchor: options.anchor ?? Kernel.Anchor(x: width / 2, y: height / 2))
    case .change:
      var single = self
      single.options.geometry = StageGeometry()
      axes = try single.axes(width: 1, height: 1, anchor: Kernel.Anchor(x: 0, y: 0))
    case .neighbourhood(let kind): axes = try self.axes(for: kind.element)
    }
    let made = LumaStage(
      input: input, inner: inner, vertical: axes.vertical, horizontal: axes.horizontal,
      white: white)
    if let whole = inner.whole { return WholeLumaStage(luma: made, whole: whole) }
    return made
  }

  /// What may surprise: a kernel that does nothing though its formula promised otherwise, or one whose
  /// signs the default scale turns over.
  var warnings: [FilterWarning] {
    switch stage.operation {
    case .correlate(let kernel) where kernel.factors != nil && kernel.hardlyMoves:
      [.identity(stage: name)]
    case .correlate(let kernel) where kernel.isSingle && hasParameters && !turnsOver(kernel):
      [.identity(stage: name)]
    case .unsharp(let kernel, _, _) where kernel.hardlyMoves: [.identity(stage: name)]
    case .neighbourhood(.morphology(let kind, let element))
    where element.isSingle && [.erode, .dilate, .open, .close].contains(kind):
      [.identity(stage: name)]
    case .neighbourhood(.rank(_, let element)) where element.isSingle: [.identity(stage: name)]
    case .change(.resize(let resizing)) where resizing.onlyKeepsSize: [.keptSize(stage: name)]
    case .correlate(let kernel) where turnsOver(kernel):
      [.turnedOver(stage: name, sum: kernel.sum)]
    case .combine(let kernels, _):
      kernels.first(where: turnsOver).map { [.turnedOver(stage: name, sum: $0.sum)] } ?? []
    default: []
    }
  }

  /// Whether the stage is a name with parameters, as `disk:0`.
  private var hasParameters: Bool {
    name.first?.isLetter == true && name.contains(":") && !name.hasPrefix("identity")
  }

  /// Whether a kernel is divided by a negative sum that nobody asked for by name.
  private func turnsOver(_ kernel: Kernel) -> Bool {
    let isOwn = !isTarget || (options.scale == .asGiven && options.normalization == .none)
    return isOwn && kernel.scale == nil && kernel.divisor < 0
  }
}

extension Kernel {
  /// Whether it is one tap that is divided by itself.
  fileprivate var isSingle: Bool {
    width == 1 && height == 1 && depth == 1 && scale == nil && offset == 0 && self[0, 0] != 0
  }
}

extension StructuringElement {
  fileprivate var isSingle: Bool { width == 1 && height == 1 }
}

extension Resizing {
  /// Whether it would only make pictures larger, which it may not.
  fileprivate var onlyKeepsSize: Bool {
    if case .factor(let factor) = size { return factor > 1 && !enlarges }
    return false
  }
}
