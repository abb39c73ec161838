import ConvEngine
import KernelLanguage
import Raster

extension StageBuilder {
  /// How far a sample lies from the mean of its window. Alpha is kept unless it is a channel like
  /// any other.
  func localNormalization(_ kind: LocalNormalization) throws(FilterError) -> any RowStage {
    try checkBorder()
    let anchor = options.anchor ?? Kernel.Anchor(x: kind.width / 2, y: kind.height / 2)
    let axes = nearing(try axes(width: kind.width, height: kind.height, anchor: anchor))
    let top = fullIntensity
    let (mean, deviation) = (kind.mean / 100 * top, kind.deviation / 100 * top)
    let floor = max(kind.floor / 100 * top, .leastNormalMagnitude)
    if input.sample == .float32 {
      return realLocal(
        .normalization(mean: mean, deviation: deviation, floor: floor), axes,
        keepsAlpha: options.alpha != .filter)
    }
    // Squares of sums of all samples fit 63 bits.
    guard let count = kind.width.times(kind.height), let sum = count.times(input.sample.top),
      sum.times(sum) != nil
    else { throw .sumsTooLarge(stage: name) }
    let request = MomentsRequest(
      rows: kind.height, columns: kind.width, anchor: anchor,
      sampleStep: axes.horizontal.dilation * input.color.channels, input: input.sample.element,
      mean: mean, deviation: deviation, floor: floor)
    return windowed(
      BodyChoice(request), axes, keepsAlpha: options.alpha != .filter,
      note: "\(kind.width)x\(kind.height) local normalisation")
  }

  /// A mean by distance in space and in colour. Alpha is kept.
  func bilateral(_ kind: Bilateral) throws(FilterError) -> any RowStage {
    var kind = kind
    kind.sigmaColor *= byteLevel
    if input.sample == .float32 {
      return realLocal(
        .bilateral(kind), try likeness(kind.size, takesStrides: true), keepsAlpha: true)
    }
    return try mean(
      by: kind, side: kind.size, takesStrides: true, note: "\(kind.size)x\(kind.size) bilateral")
  }

  /// A mean by how alike surroundings are. Alpha is kept.
  func nonLocalMeans(_ kind: NonLocalMeans) throws(FilterError) -> any RowStage {
    if input.sample == .float32 {
      var kind = kind
      kind.strength *= byteLevel
      return realLocal(
        .nonLocalMeans(kind), try likeness(2 * kind.reach + 1, takesStrides: false),
        keepsAlpha: true)
    }
    return try mean(
      by: kind, side: 2 * kind.reach + 1, takesStrides: false,
      note: "\(kind.search)x\(kind.search) non-local means")
  }

  /// - Parameter side: of the window, in pixels, odd.
  private func mean<Kind: Likeness>(
    by kind: Kind, side: Int, takesStrides: Bool, note: String
  ) throws(FilterError) -> CorrelationStage {
    let axes = try likeness(side, takesStrides: takesStrides)
    let request = LikenessRequest(
      kind, colors: input.color.colorChannels, channels: input.color.channels,
      input: input.sample.element)
    return windowed(BodyChoice(request), axes, note: note)
  }

  /// Where windows of so many pixels a side lie whose middles are compared with the others.
  private func likeness(_ side: Int, takesStrides: Bool) throws(FilterError) -> Axes {
    try checkBorder()
    let axes = try axes(
      width: side, height: side, anchor: Kernel.Anchor(x: side / 2, y: side / 2))
    let both = [axes.horizontal, axes.vertical]
    guard both.allSatisfy({ $0.dilation == 1 && ($0.stride == 1 || takesStrides) }) else {
      throw .meaningless(
        stage: name, option: takesStrides ? "a dilation" : "a stride or a dilation")
    }
    return axes
  }

  private func windowed(
    _ choice: BodyChoice<any FilterBody>, _ axes: Axes, keepsAlpha: Bool = true, note: String
  ) -> CorrelationStage {
    CorrelationStage(
      input: input, output: outputFormat(axes),
      pass: pass(choice, axes, rowDilation: axes.vertical.dilation),
      copies: copies(keepAlpha: keepsAlpha), border: nil, isExact: true, note: note)
  }

  /// Weak and strong edges; `HysteresisStage` says which of them stay.
  func candidates(_ kind: Canny) throws(FilterError) -> any RowStage {
    try checkBorder()
    try checkWhole()
    var channels = Array(0..<input.color.colorChannels)
    if case .only(let chosen) = options.channels { channels = channels.filter(chosen.contains) }
    if channels.isEmpty { throw .meaningless(stage: name, option: "a choice without a colour") }
    var kind = kind
    kind.low *= byteLevel
    kind.high *= byteLevel
    return EdgeStage(input: input, kind: kind, channels: channels)
  }

  /// Histograms of tiles made even: those of the luma of colours, or of each chosen channel.
  func clahe(_ clip: Double, _ columns: Int, _ rows: Int) throws(FilterError) -> any RowStage {
    try checkBorder()
    try checkWhole()
    if input.color == .rgb || input.color == .rgba, options.channels == .all {
      return try luma()
    }
    let copied = Set(copies(keepAlpha: true).map(\.to))
    return TileStage(
      format: input, clip: clip, columns: columns, rows: rows,
      channels: (0..<input.color.channels).filter { !copied.contains($0) }, white: fullIntensity)
  }

  /// A level of 8 bits, in levels of the input.
  private var byteLevel: Double { fullIntensity / 255 }

  private func checkBorder() throws(FilterError) {
    if padding == .truncate { throw .meaningless(stage: name, option: "padding truncate") }
  }

  /// What looks at the picture as a whole has no windows to place.
  private func checkWhole() throws(FilterError) {
    let (own, common) = (stage.geometry, options.geometry)
    for value in [
      own.strideX, own.strideY, own.dilationX, own.dilationY, common.strideX, common.strideY,
      common.dilationX, common.dilationY,
    ] where (value ?? 1) != 1 {
      throw .meaningless(stage: name, option: "a stride or a dilation")
    }
  }
}
