import ConvEngine
import KernelLanguage
import Raster

extension StageBuilder {
  /// The stage in double precision.
  func real() throws(FilterError) -> any RowStage {
    switch stage.operation {
    case .correlate(let kernel):
      // A layer's bias belongs to the result whose magnitude is asked for.
      if isAbsolute, kernel.offsetWhite != nil { return try realSet([kernel], .sum) }
      return try realCorrelation(kernel)
    case .combine(let kernels, let combination): return try realSet(kernels, combination)
    case .pool(let kind, let width, let height): return try pooling(kind, width, height)
    case .unsharp(let kernel, let amount, let threshold):
      return try realUnsharp(kernel, amount, threshold)
    case .change(let change): return try changed(change)
    case .neighbourhood(let kind): return try neighbourhood(kind)
    }
  }

  private func realCorrelation(_ kernel: Kernel) throws(FilterError) -> any RowStage {
    let kernel = oriented(kernel)
    try check(depth: kernel.depth)
    let fold = WindowFold(
      try axes(width: kernel.width, height: kernel.height, anchor: kernel.origin), padding: padding)
    return try realCorrelation(kernel, fold, premultiplied: premultiplies(kernel))
  }

  /// - Parameter opaque: what windows run through that are opaque all over.
  func realCorrelation(
    _ kernel: Kernel, _ fold: WindowFold, premultiplied: Bool, opaque: CorrelationStage? = nil
  ) throws(FilterError) -> RealStage {
    let made = try realKernel(
      kernel, fold, premultiplied: premultiplied, offset: isTarget ? offsetLevels : 0,
      absolute: isAbsolute)
    let keepsAlpha = !premultiplied && keepsAlpha(sumsToNothing: kernel.sumsToNothing)
    return realStage(
      .correlate(made), fold, depth: kernel.depth, opaque: opaque,
      copies: kernel.depth == 1
        ? copies(keepAlpha: keepsAlpha) : premultiplied ? [] : planeCopies)
  }

  /// A set; also one kernel whose magnitude is taken after its offset.
  func realSet(_ kernels: [Kernel], _ combination: Combination) throws(FilterError) -> RealStage {
    let kernels = kernels.map(oriented)
    guard let first = kernels.first, kernels.allSatisfy({ $0.depth == first.depth }) else {
      throw .mixedSet(stage: name)
    }
    try check(depth: first.depth)
    var members: [RealKernel] = []
    var folds: [WindowFold] = []
    for kernel in kernels {
      let fold = WindowFold(
        try axes(width: kernel.width, height: kernel.height, anchor: kernel.origin),
        padding: padding)
      guard outputFormat(fold.axes) == outputFormat(folds.first?.axes ?? fold.axes) else {
        throw .mixedSet(stage: name)
      }
      folds.append(fold)
      members.append(
        try realKernel(kernel, fold, premultiplied: false, offset: 0, absolute: false, evens: false)
      )
    }
    return realStage(
      .combine(members, combination, offset: isTarget ? offsetLevels : 0), folds[0],
      depth: first.depth,
      copies: first.depth > 1 ? planeCopies : copies(keepAlpha: options.alpha != .filter))
  }

  func realExtremum(_ fold: WindowFold, maximum: Bool) -> RealStage {
    // Beyond the border nothing counts.
    let ignored = padding == .zero || padding == .truncate
    let windows = RealWindows(
      horizontal: fold.axes.horizontal, vertical: fold.axes.vertical,
      padding: ignored ? .truncate : padding, lanes: input.color.channels,
      pixel: input.color.channels, fill: ignored ? [] : beyond(.plain))
    return realStage(
      .extremum(windows, maximum: maximum), fold, copies: copies(keepAlpha: options.alpha == .keep))
  }

  /// - Parameter axes: where the windows lie.
  func realLocal(_ kind: RealLocal, _ axes: Axes, keepsAlpha: Bool) -> RealStage {
    let channels = input.color.channels
    let windows = RealWindows(
      horizontal: axes.horizontal, vertical: axes.vertical, padding: padding, lanes: channels,
      pixel: channels, fill: beyond(.plain))
    return RealStage(
      input: input, output: outputFormat(axes), work: .local(kind, windows), white: fullIntensity,
      clamps: white != nil && clamps, isAbsolute: false, copies: copies(keepAlpha: keepsAlpha))
  }

  func realUnsharp(
    _ kernel: Kernel, _ amount: Double, _ threshold: Double, isSoft: Bool = false
  ) throws(FilterError) -> RealStage {
    guard amount.isFinite, threshold.isFinite else {
      throw .notFinite(stage: name, what: "amount or the threshold")
    }
    guard kernel.depth == 1 else {
      throw .depthMismatch(stage: name, depth: kernel.depth, channels: 1)
    }
    let kernel = oriented(kernel)
    let fold = WindowFold(
      try axes(width: kernel.width, height: kernel.height, anchor: kernel.origin), padding: padding)
    // The blur is no target of the options, and blurs all channels.
    var blurOptions = options
    blurOptions.channels = .all
    var blur = self
    blur.options = blurOptions
    blur.isTarget = false
    let made = try blur.realKernel(
      kernel, fold, premultiplied: blur.premultiplies(kernel), offset: 0, absolute: false)
    return realStage(
      .unsharp(made, amount: amount, threshold: threshold, isSoft: isSoft), fold,
      copies: copies(keepAlpha: options.alpha != .filter))
  }

  private func realStage(
    _ work: RealStage.Work, _ fold: WindowFold, depth: Int = 1, opaque: CorrelationStage? = nil,
    copies: [CorrelationStage.ChannelCopy]
  ) -> RealStage {
    RealStage(
      input: input, output: outputFormat(fold.axes, depth: depth), work: work,
      white: fullIntensity, clamps: white != nil && clamps, isAbsolute: isAbsolute, copies: copies,
      opaque: opaque)
  }

  // MARK: Kernels

  /// - Parameters:
  ///   - kernel: oriented.
  ///   - evens: whether windows over the border are divided by the weights inside under truncation.
  private func realKernel(
    _ kernel: Kernel, _ fold: WindowFold, premultiplied: Bool, offset: Double, absolute: Bool,
    evens: Bool = true
  ) throws(FilterError) -> RealKernel {
    let scale = try KernelScale(
      kernel, scale: isTarget ? options.scale : .asGiven,
      normalization: isTarget ? options.normalization : .none, offset: offset, stage: name)
    let weighted = scale.weighted(kernel)
    let form: RealLines.Form = premultiplied ? .premultiplied : .plain
    let pixel = form.pixel(input.color.channels)
    func correlation(
      _ weights: RealCorrelation.RealTaps, lanes: Int, fill: [Double]
    ) -> RealCorrelation {
      RealCorrelation(
        RealWindows(
          horizontal: fold.axes.horizontal, vertical: fold.axes.vertical, padding: padding,
          lanes: lanes, pixel: pixel, fill: fill),
        weights: weights, divisor: scale.divisor(kernel), offset: scale.offset,
        isAbsolute: absolute)
    }
    let fill = beyond(form)
    let evens = evens && padding == .truncate
    guard kernel.depth > 1 else {
      return RealKernel(
        correlation: correlation(fold.real(weighted), lanes: pixel, fill: fill), depth: 1,
        isPremultiplied: premultiplied, evens: evens, alpha: nil, noise: kernel.noise)
    }
    let taps = fold.taps(weighted)
    let summed = stride(from: 0, to: taps.count, by: kernel.depth).map { first in
      taps[first..<first + kernel.depth].reduce(0, +)
    }
    return RealKernel(
      correlation: correlation(.grid(taps, depth: kernel.depth), lanes: 1, fill: fill),
      depth: kernel.depth,
      isPremultiplied: premultiplied, evens: evens,
      alpha: premultiplied
        ? correlation(.grid(summed, depth: 1), lanes: 2, fill: Array(fill.suffix(2))) : nil,
      noise: kernel.noise)
  }

  /// The numbers of a pixel beyond the border; empty where nothing stands there.
  private func beyond(_ form: RealLines.Form) -> [Double] {
    let level: (Int) -> Double
    switch padding {
    case .zero: level = { _ in 0 }
    case .constant, .color:
      // As a sample of the picture would hold it.
      let isWhole = input.sample != .float32
      level = { [white = fullIntensity, values = borderColor ?? []] channel in
        let value = values[channel]
        return isWhole ? min(max((value + 0.5).rounded(.down), 0), white) : value
      }
    case .levels: level = { [levels = borderLevels!] in levels[$0] }
    case .replicate, .reflect, .reflect101, .wrap, .valid, .truncate: return []
    }
    // What stands there is opaque.
    let alpha = input.color.hasAlpha ? [fullIntensity] : []
    let colors = (0..<input.color.colorChannels).map(level)
    switch form {
    case .plain: return colors + alpha
    case .premultiplied: return colors.map { $0 * fullIntensity } + alpha + [0]
    }
  }
}
