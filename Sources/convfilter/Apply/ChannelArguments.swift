import ArgumentParser
import KernelLanguage

/// Options that say which samples of a picture are filtered, and as what.
struct ChannelArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Channels to filter, others are copied: all, luma, letters (rg) or numbers (0,2).",
      valueName: "which"),
    completion: .list(["all", "luma"]))
  var channels = "all"

  @Option(
    help: ArgumentHelp(
      "auto: colours weigh as their alpha unless the kernel sums to 0; premultiply: always; "
        + "keep: never; filter: alpha is filtered alike.", valueName: "how"),
    completion: .list(AlphaChoice.allCases.map(\.rawValue)))
  var alpha = AlphaChoice.auto.rawValue

  @Flag(help: "Filter amounts of light (sRGB decoded), not encoded levels.")
  var linear = false

  @Option(
    help: ArgumentHelp(
      "Bits a sample of the output: keep, 8, 16, or f32 for numbers as they are, signed and not clipped.",
      valueName: "bits"),
    completion: .list(DepthChoice.allCases.map(\.rawValue)))
  var depth = DepthChoice.keep.rawValue

  func validate() throws {
    var options = FilterOptions()
    try apply(to: &options)
    _ = try selection()
  }

  /// The channels, as far as they are known without a picture.
  func selection() throws -> ChannelSelection {
    try OptionText.value(
      channels, of: "--channels",
      expected: "all, luma, letters of rgba or cmyk, or numbers from 0 as in 0,2"
    ) { ChannelSelection($0) } ?? .all
  }

  /// Sets all but the channels, which depend on the picture.
  func apply(to options: inout FilterOptions) throws {
    options.alpha = try OptionText.choice(alpha, of: "--alpha", as: AlphaChoice.self).value
    options.linear = linear
    if linear && depth == DepthChoice.float.rawValue {
      throw ValidationError("--depth f32 gives levels as they are, not light; drop --linear")
    }
    options.depth = try OptionText.choice(depth, of: "--depth", as: DepthChoice.self).value
  }
}
