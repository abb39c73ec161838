import ConvEngine
import KernelLanguage
import Raster

/// Turns the steps of a chain into row stages.
struct StageBuilder {
  var options: FilterOptions
  let stage: Stage
  let input: PictureFormat
  /// Whether scale, offset and range of the options act on this stage.
  var isTarget: Bool
  /// Whether 8-bit samples become 16-bit ones here.
  let widens: Bool
  /// Full intensity of light, where samples are floats that stand for the levels of a picture.
  var white: Double?
  /// Whether results stay between nothing and full intensity, where `white` is given.
  var clamps = true
  /// Full intensity of the picture that the chain takes, in its levels; nil for that of the input.
  var pictureTop: Double?
  /// Whether samples are amounts of light.
  var isLight = false
  /// Whether the chain itself walks the steps, of which there may be several.
  var isWalked = false
  /// Whether the result is no picture but what one is compared with: widened, it may miss a little.
  var isBlur = false

  var name: String { stage.name }

  /// The stage alone, in one step.
  func build() throws(FilterError) -> any RowStage {
    var alone = self
    alone.isWalked = false
    return try alone.steps()[0]
  }

  /// The steps of the stage as the chain walks them: two of a Gaussian by a grid, else one.
  func steps() throws(FilterError) -> [any RowStage] {
    if case .color(let values) = padding, borderColor == nil {
      throw .borderColor(
        stage: name, values: values.count, channels: input.color.colorChannels)
    }
    if case .change(let change) = stage.operation, change.movesPixels {
      return [try changed(change)]
    }
    if options.channels == .luma, input.color == .rgb || input.color == .rgba {
      return [try luma()]
    }
    if input.sample == .float32 { return [try real()] }
    switch stage.operation {
    case .correlate(let kernel):
      // A layer's bias belongs to the result whose magnitude is asked for.
      if isAbsolute, kernel.offsetWhite != nil { return [try set([kernel], .sum)] }
      return try correlation(kernel)
    case .combine(let kernels, let combination): return [try set(kernels, combination)]
    case .pool(let kind, let width, let height): return [try pooling(kind, width, height)]
    case .unsharp(let kernel, let amount, let threshold):
      return [try unsharp(kernel, amount, threshold)]
    case .change(let change): return [try changed(change)]
    case .neighbourhood(let kind): return [try neighbourhood(kind)]
    }
  }

  // MARK: Geometry

  var padding: Padding {
    let standard: Padding =
      switch stage.operation {
      case .correlate, .combine, .unsharp, .change: .replicate
      case .pool: .valid
      case .neighbourhood(let kind): kind.standardPadding
      }
    return stage.geometry.padding ?? options.geometry.padding ?? standard
  }

  /// The axes for a window of `width` by `height` taps.
  func axes(
    width: Int, height: Int, anchor: Kernel.Anchor
  ) throws(FilterError) -> (horizontal: WindowAxis, vertical: WindowAxis) {
    try stage.axes(
      width: width, height: height, anchor: anchor, columns: input.width, rows: input.height,
      padding: padding, options: options)
  }

  /// The colour beyond the border, a level a colour channel, where the padding names one; nil for one
  /// that does not fit the picture. Gray pictures take its luma (Rec. 601).
  var borderColor: [Double]? {
    let colors = input.color.colorChannels
    switch padding {
    case .constant(let value): return [Double](repeating: value, count: colors)
    case .color(let values) where values.count == colors: return values
    case .color(let values) where values.count == 3 && colors == 1:
      return [(299 * values[0] + 587 * values[1] + 114 * values[2]) / 1000]
    default: return nil
    }
  }

  /// One pixel beyond the border: opaque, so that opaque pictures do not depend on their alpha.
  func fillPixel(_ value: Double, opaque: Bool = true) -> [UInt8] {
    fillPixel([Double](repeating: value, count: input.color.colorChannels), opaque: opaque)
  }

  /// - Parameter colors: a level a colour channel.
  func fillPixel(_ colors: [Double], opaque: Bool = true) -> [UInt8] {
    let pixel = colors.flatMap { sampleBytes($0, input.sample.element) }
    guard input.color.hasAlpha else { return pixel }
    return pixel + sampleBytes(opaque ? input.sample.maximum : colors[0], input.sample.element)
  }

  /// The pixel beyond the border under the padding in force.
  var borderPixel: [UInt8] {
    switch padding {
    case .constant, .color: fillPixel(borderColor ?? [])
    case .truncate: fillPixel(0, opaque: false)
    default: fillPixel(0)
    }
  }

  // MARK: Kernels

  /// The kernel as it meets the picture: flipped where asked, with the anchor in force.
  func oriented(_ kernel: Kernel) -> Kernel {
    var kernel = kernel
    if let white = kernel.offsetWhite {
      kernel.offset *= fullIntensity / white
      kernel.offsetWhite = fullIntensity
    }
    return kernel.oriented(options)
  }

  /// What the kernels of this stage become integers by.
  func rule(maximum: Int) -> KernelRule {
    var rule = KernelRule()
    rule.maximum = maximum
    rule.gain = widens ? 257 : 1
    if isTarget {
      rule.scale = options.scale
      rule.normalization = options.normalization
      rule.offset = offsetLevels
    }
    return rule
  }

  /// The offset of the options and of the range, in levels of the input.
  var offsetLevels: Double {
    let top = fullIntensity
    let own =
      switch options.offset {
      case .levels(let levels): levels
      case .percent(let percent): percent / 100 * top
      }
    return own + (options.range == .offset ? (top > 1 ? (top + 1) / 2 : top / 2) : 0)
  }

  /// The largest level of the input; of floats that nobody has scaled 1.
  var fullIntensity: Double { white ?? input.sample.maximum }

  var isAbsolute: Bool { isTarget && options.range == .absolute }

  var outputSample: SampleType { widens ? .uint16 : input.sample }

  /// Output channels that are no result of the filter: alpha where it is kept, channels not chosen.
  func copies(keepAlpha: Bool) -> [CorrelationStage.ChannelCopy] {
    let alpha = input.color.hasAlpha ? input.color.channels - 1 : nil
    return (0..<input.color.channels).compactMap { channel in
      let chosen =
        if case .only(let channels) = options.channels { channels.contains(channel) } else { true }
      return !chosen || channel == alpha && keepAlpha
        ? CorrelationStage.ChannelCopy(from: channel, to: channel) : nil
    }
  }
}
