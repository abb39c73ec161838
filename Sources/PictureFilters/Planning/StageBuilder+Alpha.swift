import ConvEngine
import KernelLanguage
import Raster

extension StageBuilder {
  /// Whether colours are weighted by alpha.
  func premultiplies(_ kernel: Kernel) -> Bool {
    guard input.color.hasAlpha, !kernel.sumsToNothing else { return false }
    if case .only(let channels) = options.channels,
      !(0..<input.color.colorChannels).contains(where: channels.contains)
    {
      return false
    }
    return options.alpha == .auto || options.alpha == .premultiply
  }

  /// - Parameters:
  ///   - opaque: the integers of a picture without alpha.
  ///   - plain: what it would run through.
  func premultiplied(
    _ kernel: Kernel, _ fold: WindowFold, opaque: IntegerKernel, plain: CorrelationStage
  ) throws(FilterError) -> any RowStage {
    var plain = plain
    plain.copies = []
    // Products of 16-bit samples, or results of 16 bits, leave too few bits for the weights of a formula.
    // So do windows of more weight than their sums have room for.
    let top = input.sample.top
    let isHeavy = kernel.magnitude * Double(top) * Double(top) >= 0x1p61
    if (input.sample == .uint16 || isBlur) && kernel.isFormula || isHeavy {
      return try realCorrelation(kernel, fold, premultiplied: true, opaque: plain)
    }
    let integers = fold(try IntegerKernel(kernel, rule: rule(maximum: top * top), stage: name))
    let axes = fold.axes
    let channels = input.color.channels
    func pass(_ kernel: IntegerKernel, kept: Int, from channel: Int = 0, half: Int = 0)
      -> WindowPass
    {
      let sums = BodyRequest(
        kernel, channels: channels, axes: axes, input: .uint16, channel: channel)
      return WindowPass(
        BodyChoice(sums), vertical: axes.vertical, horizontal: axes.horizontal,
        channels: channels, kept: kept, padding: padding, fill: premultipliedBorder(half: half))
    }
    // Products of 8-bit samples fit 16 bits, those of 16-bit samples twice as many.
    let halves = input.sample == .uint8 ? 1 : 2
    let deep = kernel.depth > 1
    return PremultipliedStage(
      plain: plain, kernel: integers, total: integers.sum, absolute: isAbsolute,
      isExact: plain.isExact && opaque == integers && borderLevels == nil,
      products: (0..<halves).map { pass(integers, kept: deep ? 1 : channels, half: $0) },
      alphas: deep ? pass(integers.summedOverChannels, kept: 1, from: channels - 1) : nil,
      live: padding == .truncate
        ? Truncation(
          sums: pass(integers, kept: 1), kernel: integers, absolute: false, top: top) : nil,
      copies: deep ? [] : copies(keepAlpha: false))
  }

  /// One premultiplied pixel beyond the border: bits `16 · half ..< 16 · half + 16` of its samples.
  private func premultipliedBorder(half: Int) -> [UInt8] {
    let top = input.sample.maximum
    func value(_ channel: Int) -> Double {
      if let color = borderColor { return channel < color.count ? color[channel] : 0 }
      return borderLevels?[channel] ?? 0
    }
    let alpha = padding == .truncate ? 0 : top
    return (0..<input.color.channels).flatMap { channel in
      let color = min(max((value(channel) + 0.5).rounded(.down), 0), top)
      let sample = Int(channel == input.color.channels - 1 ? alpha : color * alpha)
      return sampleBytes(Double(sample >> (16 * half) & 0xffff), .uint16)
    }
  }
}
