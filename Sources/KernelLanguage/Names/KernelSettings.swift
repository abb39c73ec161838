import ConvEngine

/// The keys that every kernel takes, and those that every stage takes.
enum KernelSettings {
  static let ofStage = [
    "stride", "stride-x", "stride-y", "dilation", "dilation-x", "dilation-y", "padding", "combine",
  ]
  static let ofKernel = ["angle", "flip", "scale", "offset", "anchor"]

  // MARK: Of the stage

  /// Reads the geometry's keys; what `geometry` holds already stays where no key is given.
  static func read(_ arguments: inout SpecKeys, into geometry: inout StageGeometry)
    throws(KernelError)
  {
    if let stride = try arguments.size("stride") {
      (geometry.strideX, geometry.strideY) = stride
    }
    if let dilation = try arguments.size("dilation") {
      (geometry.dilationX, geometry.dilationY) = dilation
    }
    geometry.strideX = try arguments.whole("stride-x") ?? geometry.strideX
    geometry.strideY = try arguments.whole("stride-y") ?? geometry.strideY
    geometry.dilationX = try arguments.whole("dilation-x") ?? geometry.dilationX
    geometry.dilationY = try arguments.whole("dilation-y") ?? geometry.dilationY
    if let text = arguments["padding"] {
      guard let padded = geometry.padded(text) else {
        throw .badValue(key: "padding", value: text, expected: Padding.names)
      }
      geometry = padded
    }
    for key in ofStage where key != "combine" { _ = arguments.take(key) }
  }

  static func combination(_ arguments: inout SpecKeys) throws(KernelError) -> Combination? {
    guard let text = arguments.take("combine") else { return nil }
    switch text.lowercased() {
    case "max", "maximum", "lighten": return .maximum
    case "min", "minimum", "darken": return .minimum
    case "sum", "add", "plus": return .sum
    case "l2", "magnitude", "rms": return .magnitude
    default:
      throw .badValue(key: "combine", value: text, expected: "max, min, sum or l2")
    }
  }

  // MARK: Of the kernel

  /// Turns, then flips, then sets scale, offset and anchor.
  static func apply(_ arguments: inout SpecKeys, to kernel: Kernel) throws(KernelError)
    -> Kernel
  {
    var kernel = kernel
    if let angle = try arguments.number("angle") { kernel = try kernel.turned(by: angle) }
    if let flip = arguments["flip"] {
      switch flip.lowercased() {
      case "both", "true", "yes": kernel = kernel.flipped()
      case "x": kernel = kernel.mirroredHorizontally()
      case "y": kernel = kernel.mirroredVertically()
      case "transpose": kernel = kernel.transposed()
      case "none", "false", "no": break
      default:
        throw .badValue(key: "flip", value: flip, expected: "both, x, y, transpose or none")
      }
    }
    switch arguments["scale"]?.lowercased() {
    case nil: break
    case "sum", "auto", "normalize", "!": kernel.scale = nil
    default:
      guard let scale = try arguments.number("scale"), scale != 0 else {
        throw .badValue(
          key: "scale", value: "0", expected: "a divisor other than 0, or sum for the sum of taps")
      }
      kernel.scale = scale
    }
    kernel.offset = try arguments.number("offset") ?? kernel.offset
    if let text = arguments["anchor"] { kernel.anchor = try anchor(text, in: kernel) }
    return kernel
  }

  private static func anchor(_ text: String, in kernel: Kernel) throws(KernelError)
    -> Kernel.Anchor?
  {
    if text == "center" || text == "centre" { return nil }
    let parts = text.split(omittingEmptySubsequences: false) { ",x+/".contains($0) }.map { Int($0) }
    guard parts.count == 2, let x = parts[0], let y = parts[1], (0..<kernel.width).contains(x),
      (0..<kernel.height).contains(y)
    else {
      throw .badValue(
        key: "anchor", value: text,
        expected:
          "column and row, 0,0 to \(kernel.width - 1),\(kernel.height - 1), or centre")
    }
    return Kernel.Anchor(x: x, y: y)
  }
}
