import ArgumentParser

/// Options that say how the pictures of a folder become images to learn from.
struct ImageArguments: ParsableArguments {
  @Option(
    name: .customLong("validation"),
    help: ArgumentHelp(
      "Share of each class to hold out of the training images (0.1, say), drawn by the seed; 0 for "
        + "none (default: 0.1 where there are neither validation nor test images).",
      valueName: "share"))
  var validationShare: NumberValue?

  var validation: Double? { validationShare?.value }

  @Option(
    help: ArgumentHelp(
      "Size to which the pictures of a folder are brought, as WIDTHxHEIGHT (default: their own, "
        + "where all have the same, of up to 256 pixels; else a square of up to 64).",
      valueName: "size"))
  var size: SizeValue?

  @Option(help: "How pictures of another shape fit: stretch, crop or pad (default: crop).")
  var fit: FitChoice?

  @Option(help: "gray or rgb, for a folder of pictures (default: rgb if any picture has colour).")
  var color: ColorChoice?

  /// The options given, for a training that brings its own.
  var given: [String] {
    let all = [
      ("--validation", validation != nil), ("--size", size != nil), ("--fit", fit != nil),
      ("--color", color != nil),
    ]
    return all.filter(\.1).map(\.0)
  }

  func validate() throws {
    try validationShare?.check("--validation", "0 to below 1") { $0.value >= 0 && $0.value < 1 }
    if let size, !(1...4096).contains(size.width) || !(1...4096).contains(size.height) {
      throw ValidationError("--size: both sides must be 1 to 4096 pixels")
    }
  }
}

/// `64x48`: width and height, in pixels.
struct SizeValue: ExpressibleByArgument, Equatable {
  static let expected = "one number of pixels or width x height, as in 32 or 48x32"

  var width: Int
  var height: Int

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  init?(argument: String) {
    guard let pair = AxisPair(argument) else { return nil }
    (width, height) = (pair.x, pair.y)
  }
}
