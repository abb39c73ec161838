import Libc

/// The trace of a camera that moved evenly along a line.
///
///     u = x·cos θ + y·sin θ,  v = y·cos θ − x·sin θ
///     tap = clamp(length/2 + ½ − |u|) · clamp(1 − |v|),   clamp to 0…1
///
/// At 0° and an odd length: a row of ones. θ runs clockwise, y points down.
enum MotionKernel {
  static let named = NamedKernel(
    "motion", aliases: ["motion-blur"], title: "Motion: mean along a line",
    source: "MATLAB fspecial motion; ImageMagick -motion-blur (angle clockwise)",
    parameters: [
      KernelParameter("length", "9", "of the line, in samples (≥ 1)"),
      KernelParameter("angle", "0", "of the line, degrees, clockwise"),
    ],
    positional: [["length"], ["length", "angle"]]
  ) { arguments throws(KernelError) in
    let length = try arguments.positive("length") ?? 9
    guard (1...4000).contains(length) else {
      throw .badValue(key: "length", value: shortest(length), expected: "1 to 4000 samples")
    }
    let angle = try arguments.number("angle") ?? 0
    let (cosine, sine) = direction(angle)
    // Where the middle line ends, and one sample for its width.
    func side(_ part: Double) -> Int {
      let reach = (length - 1) / 2 * abs(part)
      return 2 * Int((reach + (abs(part) == 1 || part == 0 ? 0 : 1)).rounded(.up)) + 1
    }
    let kernel = try Kernel.sampled(
      width: side(cosine), height: side(sine),
      title: "Motion, \(shortest(length)) samples at \(shortest(angle))°"
    ) { x, y in
      let (u, v) = (x * cosine + y * sine, y * cosine - x * sine)
      return min(max(length / 2 + 0.5 - abs(u), 0), 1) * max(1 - abs(v), 0)
    }
    return .correlate(kernel.trimmed())
  }
}

/// One half of a Gaussian along a line: the trace of something that flew away.
///
///     tap = exp(−u² / 2σ²) · clamp(1 − |v|),  u ≥ 0
enum CometKernel {
  static let named = NamedKernel(
    "comet", title: "Comet: one half of a Gaussian along a line",
    source: "ImageMagick Comet (-motion-blur)",
    parameters: [
      KernelParameter("sigma", "1", "standard deviation, samples (> 0)"),
      KernelParameter("radius", "⌊4·sigma + 0.5⌋", "length of the tail, in samples"),
      KernelParameter("angle", "0", "of the tail, degrees, clockwise"),
    ],
    positional: [["sigma"], ["radius", "sigma"], ["radius", "sigma", "angle"]]
  ) { arguments throws(KernelError) in
    let sigma = try arguments.positive("sigma", most: "at most 400 samples") ?? 1
    guard sigma <= 400 else {
      throw .badValue(key: "sigma", value: shortest(sigma), expected: "at most 400 samples")
    }
    var radius = try arguments.whole("radius", in: 0...1600) ?? 0
    if radius == 0 { radius = max(GaussianKernel.radius(sigma), 1) }
    let angle = try arguments.number("angle") ?? 0
    let (cosine, sine) = direction(angle)
    func side(_ part: Double) -> Int {
      2 * Int((Double(radius) * abs(part) + (part == 0 || abs(part) == 1 ? 0 : 1)).rounded(.up)) + 1
    }
    return .correlate(
      try Kernel.sampled(
        width: side(cosine), height: side(sine),
        title: "Comet, sigma \(shortest(sigma)) at \(shortest(angle))°"
      ) { x, y in
        let (u, v) = (x * cosine + y * sine, y * cosine - x * sine)
        guard u > -1e-9, u < Double(radius) + 0.5 else { return 0 }
        // Where σ² is too small for a number, the first tap is still 1.
        return (u == 0 ? 1 : exp(-u * u / (2 * sigma * sigma))) * max(1 - abs(v), 0)
      })
  }
}
