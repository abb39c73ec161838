import ArgumentParser
import ImageCodecs
import Raster

/// Options that say how large a picture may be, and what it may take.
struct LimitArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Refuse larger pictures, in pixels: 24M, 1G, or none (default: \(PixelCount(Limits().pixels))).",
      valueName: "pixels"))
  var limitPixels: String?

  @Option(
    help: ArgumentHelp(
      "Refuse what takes more memory: 512M, 2G or none (default: three quarters of the machine's).",
      valueName: "size"))
  var limitMemory: String?

  func validate() throws { _ = try (limits(), memory()) }

  func limits() throws -> Limits {
    var limits = Limits()
    let count = try OptionText.value(
      limitPixels, of: "--limit-pixels", expected: "a number of pixels as 24M or 1G, or none"
    ) { PixelCount($0) }
    if limitPixels == nil { return limits }
    // Who names a limit has room for a picture of that size.
    limits.grantsWholePictures = true
    limits.pixels = count?.pixels ?? .max
    return limits
  }

  func memory() throws -> MemoryLimit { try Self.memory(limitMemory) }

  /// The limit that `--limit-memory` names.
  static func memory(_ text: String?) throws -> MemoryLimit {
    try OptionText.value(
      text, of: "--limit-memory", expected: "a size as 512M or 2G, or none"
    ) { MemoryLimit($0) } ?? .preset
  }
}
