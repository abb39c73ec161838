import ImageCodecs
public import Raster
public import TestSupport

/// Small pictures, and what is in files.
public enum TestPictures {
  /// A PNG of 8-bit samples.
  public static func png(_ width: Int, _ height: Int, _ color: ColorModel, _ samples: [UInt8])
    throws
    -> [UInt8]
  {
    try encodePNG(
      Picture(
        PictureFormat(width: width, height: height, color: color, sample: .uint8),
        samples: samples))
  }

  /// A gray PNG with a pattern that no filter leaves as it is.
  public static func pattern(_ width: Int = 24, _ height: Int = 16, seed: Int = 1) throws -> [UInt8]
  {
    try png(width, height, .gray, noise(width * height, seed))
  }

  /// An RGB JPEG.
  public static func jpeg(_ width: Int = 32, _ height: Int = 24) throws -> [UInt8] {
    let samples = (0..<width * height * 3).map { UInt8(truncatingIfNeeded: $0 * 5 / 3) }
    return try encode(
      Picture(
        PictureFormat(width: width, height: height, color: .rgb, sample: .uint8),
        samples: samples), as: .jpeg)
  }

  public static func noise(_ count: Int, _ seed: Int) -> [UInt8] {
    var state = UInt32(truncatingIfNeeded: seed &* 2_654_435_761 | 1)
    return (0..<count).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(state >> 24)
    }
  }

  /// The samples of a picture file; nil where there is no file.
  public static func samples(_ bytes: [UInt8]?) throws -> [UInt8]? {
    try bytes.map { try decode($0).samples() }
  }
}

extension CommandRunner {
  /// Runs `convfilter apply --kernel KERNEL …`.
  public static func apply(
    _ kernel: String, _ arguments: String..., input: [UInt8] = [],
    environment: [String: String] = [:], folder: String? = nil
  ) throws -> CommandResult {
    try run(
      ["apply", "--kernel", kernel] + arguments, input: input, environment: environment,
      folder: folder)
  }
}
