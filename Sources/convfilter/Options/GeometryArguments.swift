import ArgumentParser
import ConvEngine
import KernelLanguage

/// Options that say where the windows of a filter lie.
struct GeometryArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What lies beyond the border (default: replicate; for pooling and numbers valid).",
      discussion: """
        zero        000|abcd|000
        constant:V  vvv|abcd|vvv  V in levels; R,G,B for colours of their own
        replicate   aaa|abcd|ddd  (edge, nearest, copy)
        reflect     cba|abcd|dcb  (SciPy reflect, NumPy symmetric)
        reflect101  dcb|abcd|cba  (OpenCV default, SciPy mirror)
        wrap        bcd|abcd|abc  (tile, repeat)
        valid       nothing: only whole windows, the result shrinks
        truncate    nothing: divides by the taps that lie inside
        full        zeros for every window that sees a sample: the result grows
                    (full:NAME: with another padding)
        """, valueName: "name"),
    completion: .list([
      "zero", "constant:", "replicate", "reflect", "reflect101", "wrap", "valid", "truncate",
      "full",
    ]))
  var padding: String?

  @Option(
    help: ArgumentHelp(
      "Distance between windows, in samples (default: 1; for pooling its size).",
      valueName: "n|x,y"))
  var stride: String?

  @Option(help: ArgumentHelp("Distance between taps, in samples (default: 1).", valueName: "n|x,y"))
  var dilation: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Tap that meets the output, from 0,0 (default: ⌊width/2⌋,⌊height/2⌋).", valueName: "x,y"))
  var anchor: String?

  @Flag(help: "Turn kernels by 180°: convolution instead of correlation.")
  var flip = false

  func validate() throws {
    var options = FilterOptions()
    try apply(to: &options)
  }

  func apply(to options: inout FilterOptions) throws {
    let stride = try pair(stride, of: "--stride", least: 1)
    let dilation = try pair(dilation, of: "--dilation", least: 1)
    let anchor = try pair(anchor, of: "--anchor", least: 0)
    let geometry = StageGeometry(
      strideX: stride?.x, strideY: stride?.y, dilationX: dilation?.x, dilationY: dilation?.y)
    options.geometry =
      try OptionText.value(padding, of: "--padding", expected: Padding.names) {
        geometry.padded($0)
      } ?? geometry
    options.anchor = anchor.map { Kernel.Anchor(x: $0.x, y: $0.y) }
    options.flip = flip
  }

  /// The options as words of a command line.
  var words: [String] {
    OptionText.words([
      ("--padding", padding), ("--stride", stride), ("--dilation", dilation), ("--anchor", anchor),
    ]) + (flip ? ["--flip"] : [])
  }

  private func pair(_ text: String?, of option: String, least: Int) throws -> AxisPair? {
    try OptionText.value(
      text, of: option, expected: "a whole number from \(least), or two as in 2,3"
    ) { text in
      AxisPair(text).flatMap { $0.x >= least && $0.y >= least ? $0 : nil }
    }
  }
}
