import ConvEngine
import KernelLanguage
import Raster

/// Turns the steps of a chain into row stages.
struct StageBuilder {
  let options: FilterOptions
  let stage: Stage
  let input: PictureFormat
  /// Whether scale, offset and range of the options act on this stage.
  let isTarget: Bool
  /// Whether 8-bit samples become 16-bit ones here.
  let widens: Bool

  var name: String { stage.name }

  func build() throws(FilterError) -> any RowStage {
    if input.sample == .float32 { return try real() }
    if options.channels == .luma, input.color == .rgb || input.color == .rgba {
      return try luma()
    }
    switch stage.operation {
    case .correlate(let kernel):
      // A layer's bias belongs to the result whose magnitude is asked for.
      if isAbsolute, kernel.offsetWhite != nil { return try set([kernel], .sum) }
      return try correlation(kernel)
    case .combine(let kernels, let combination): return try set(kernels, combination)
    case .pool(let kind, let width, let height): return try pooling(kind, width, height)
    case .unsharp(let kernel, let amount, let threshold):
      return try unsharp(kernel, amount, threshold)
    }
  }

  // MARK: Geometry

  var padding: Padding {
    let pooling = if case .pool = stage.operation { true } else { false }
    return stage.geometry.padding ?? options.geometry.padding ?? (pooling ? .valid : .replicate)
  }

  var dilation: (x: Int, y: Int) {
    (
      stage.geometry.dilationX ?? options.geometry.dilationX ?? 1,
      stage.geometry.dilationY ?? options.geometry.dilationY ?? 1
    )
  }

  /// The axes for a window of `width` by `height` taps.
  func axes(
    width: Int, height: Int, anchor: Kernel.Anchor, defaultStride: (x: Int, y: Int) = (1, 1)
  ) throws(FilterError) -> (horizontal: WindowAxis, vertical: WindowAxis) {
    guard (0..<width).contains(anchor.x), (0..<height).contains(anchor.y) else {
      throw .anchorOutside(stage: name, x: anchor.x, y: anchor.y, width: width, height: height)
    }
    let strideX = stage.geometry.strideX ?? options.geometry.strideX ?? defaultStride.x
    let strideY = stage.geometry.strideY ?? options.geometry.strideY ?? defaultStride.y
    let (dilationX, dilationY) = dilation
    let extent = padding.isPadded ? stage.geometry.extent : nil
    let padded = padding.isPadded
    return (
      try stage.axis("row") { () throws(GeometryError) in
        try WindowAxis(
          input: input.width, taps: width, anchor: anchor.x, stride: strideX, dilation: dilationX,
          padded: padded, extent: extent.map { $0.columns })
      },
      try stage.axis("column") { () throws(GeometryError) in
        try WindowAxis(
          input: input.height, taps: height, anchor: anchor.y, stride: strideY,
          dilation: dilationY, padded: padded, extent: extent.map { $0.rows })
      }
    )
  }

  /// One pixel beyond the border: opaque, so that opaque pictures do not depend on their alpha.
  func fillPixel(_ value: Double, opaque: Bool = true) -> [UInt8] {
    let color = sampleBytes(value, input.sample.element)
    guard input.color.hasAlpha else {
      return Array(repeatElement(color, count: input.color.channels).joined())
    }
    let alpha = opaque ? sampleBytes(input.sample.maximum, input.sample.element) : color
    return Array(repeatElement(color, count: input.color.colorChannels).joined()) + alpha
  }

  /// The pixel beyond the border under the padding in force.
  var borderPixel: [UInt8] {
    switch padding {
    case .constant(let value): fillPixel(value)
    case .truncate: fillPixel(0, opaque: false)
    default: fillPixel(0)
    }
  }

  // MARK: Kernels

  /// The kernel as it meets the picture: flipped where asked, with the anchor in force.
  func oriented(_ kernel: Kernel) -> Kernel {
    var kernel = kernel
    kernel.anchor = kernel.anchor ?? options.anchor ?? kernel.origin
    if let white = kernel.offsetWhite {
      kernel.offset *= input.sample.maximum / white
      kernel.offsetWhite = input.sample.maximum
    }
    return options.flip ? kernel.flipped() : kernel
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
    let top = input.sample.maximum
    let own =
      switch options.offset {
      case .levels(let levels): levels
      case .percent(let percent): percent / 100 * top
      }
    return own + (options.range == .offset ? (top + 1) / 2 : 0)
  }

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
