import ConvEngine
import KernelLanguage

extension StageBuilder {
  /// How windows at the border are finished under the padding in force; nil where the border pixel
  /// says it all.
  func borderRule(
    sums: @autoclosure () -> WindowPass, kernel: IntegerKernel, absolute: Bool, top: Int
  ) -> (any BorderRule)? {
    if padding == .truncate {
      return Truncation(sums: sums(), kernel: kernel, absolute: absolute, top: top)
    }
    return levelBorder(sums: sums(), kernel: kernel, absolute: absolute, top: top)
  }

  func levelBorder(
    sums: @autoclosure () -> WindowPass, kernel: IntegerKernel, absolute: Bool, top: Int
  ) -> LevelBorder? {
    guard let levels = borderLevels else { return nil }
    return LevelBorder(
      sums: sums(), kernel: kernel, levels: levels, absolute: absolute, top: top)
  }

  /// What stands beyond the border in each sample of a pixel, where it is not a pixel; 0 for
  /// alpha, whose padding is a pixel's.
  var borderLevels: [Double]? {
    guard case .levels(let values) = padding else { return nil }
    return (0..<input.color.channels).map { channel in
      channel < input.color.colorChannels
        ? values[min(channel, values.count - 1)] / 255 * fullIntensity : 0
    }
  }
}
