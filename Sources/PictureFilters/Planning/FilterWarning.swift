import KernelLanguage

/// A result that may not be what was meant.
public enum FilterWarning: Sendable, Hashable {
  /// The kernel has collapsed: it copies the picture.
  case identity(stage: String)
  /// The kernel is divided by its own negative sum, which turns its signs over.
  case turnedOver(stage: String, sum: Double)
  /// The picture keeps its size, whatever its size is.
  case keptSize(stage: String)
  /// Floats that are no levels have become the nearest ones.
  case cutNumbers
  /// Results that were brought between black and white held some that are infinite, or no numbers.
  case cutInfinities
  /// No stage of the chain takes these options.
  case idle(options: [String])
  /// Light has no meaning for inks; the option is ignored.
  case linearInk
}

extension FilterWarning: CustomStringConvertible {
  public var description: String {
    switch self {
    case .identity(let stage):
      "\(stage): the kernel leaves every sample as it is; use a larger size or sigma"
    case .turnedOver(let stage, let sum):
      "\(stage): the kernel sums to \(shortest(sum)) and is divided by that, which turns its signs over; "
        + "say scale=1 to keep them"
    case .keptSize(let stage):
      "\(stage): nothing is made larger unless enlarge=yes says so; the picture keeps its size"
    case .cutNumbers:
      "numbers below 0 (black), above 1 (white), or none, are cut; --range auto, or "
        + "levels:LOWEST,HIGHEST in front, brings them between"
    case .cutInfinities:
      "what is no number has become black, what is infinite black or white: the range is that of all other "
        + "results"
    case .idle(let options):
      "no step takes \(options.joined(separator: ", ")): "
        + (options.count > 1 ? "they are" : "it is")
        + " without effect"
    case .linearInk: "inks are no amounts of light: linear light is ignored"
    }
  }
}
