import ArgumentParser
import KernelLanguage

/// Options that say how sums become results.
struct ResultArguments: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Divisor of the sums, or 'sum' (default: the kernel's own, else its sum, else 1).",
      valueName: "number"))
  var scale: String?

  @Option(
    help: ArgumentHelp(
      "none; unit: weights to a sum of 1; balanced: their signs to 1 and -1.", valueName: "how"),
    completion: .list(NormalizeChoice.allCases.map(\.rawValue)))
  var normalize = NormalizeChoice.none.rawValue

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Added to every result, in levels or per cent: 128 or 50% (default: 0).",
      valueName: "number"))
  var offset: String?

  @Option(
    help: ArgumentHelp(
      "Results out of range: clamp (cut, default), abs (magnitude), offset (half added), auto (stretch).",
      valueName: "how"),
    completion: .list(RangeChoice.allCases.map(\.rawValue)))
  var range: String?

  func validate() throws {
    var options = FilterOptions()
    try apply(to: &options)
  }

  func apply(to options: inout FilterOptions) throws {
    options.scale =
      try OptionText.value(scale, of: "--scale", expected: "a number other than 0, or 'sum'") {
        ScaleRule($0)
      } ?? .asGiven
    options.normalization =
      try OptionText.choice(normalize, of: "--normalize", as: NormalizeChoice.self).value
    options.offset =
      try OptionText.value(offset, of: "--offset", expected: "levels or per cent, 128 or 50%") {
        ResultOffset($0)
      } ?? .levels(0)
    options.range = try resultRange() ?? .clamp
  }

  /// The options as words of a command line.
  var words: [String] {
    OptionText.words([
      ("--scale", scale), ("--normalize", normalize == "none" ? nil : normalize),
      ("--offset", offset), ("--range", range),
    ])
  }

  /// The range asked for; nil where none is: pictures are cut then, numbers are not.
  func resultRange() throws -> ResultRange? {
    try range.map { try OptionText.choice($0, of: "--range", as: RangeChoice.self).value }
  }
}
