import Libc

/// The Gaussian: a low pass without a preferred direction.
///
///     g[i] = exp(−i² / 2σ²) / Σ exp(−i² / 2σ²),   |i| ≤ ⌊4σ + ½⌋
///     taps[j, i] = g[j] · g[i]
///
/// sampled in double precision. A size without σ gives σ = 0.3·((k − 1)/2 − 1) + 0.8.
///
/// - SeeAlso: radius as in SciPy's `gaussian_filter`, σ of a size as in OpenCV's `GaussianBlur`.
public enum GaussianKernel {
  static let named = NamedKernel(
    "gaussian",
    aliases: [
      "gauss", "gaussian-blur", "gaussblur", "gaussmat", "gaussian-filter", "blur-gaussian",
    ],
    title: "Gaussian: low pass",
    source: "SciPy gaussian_filter, OpenCV GaussianBlur, ImageMagick Gaussian, vips gaussblur",
    parameters: [
      KernelParameter("sigma", "1, or that of the size", "standard deviation, samples (> 0)"),
      KernelParameter("sigma-x", "sigma", "the same along rows (0: not at all)"),
      KernelParameter("sigma-y", "sigma", "the same along columns (0: not at all)"),
      KernelParameter("radius", "⌊4·sigma + 0.5⌋", "taps on either side of the middle"),
      KernelParameter("size", "2·radius + 1", "taps, N or WxH; alone gives sigma"),
      KernelParameter("angle", "0", "degrees, clockwise, where sigma-x ≠ sigma-y"),
    ],
    positional: [["sigma"], ["radius", "sigma"], ["radius", "sigma", "angle"]],
    make: make)

  private static func make(_ arguments: SpecKeys) throws(KernelError) -> Stage.Operation {
    .correlate(try kernel(arguments))
  }

  static func kernel(_ arguments: SpecKeys) throws(KernelError) -> Kernel {
    let window = try arguments.window()
    let most = "at most 4000 samples"
    let sigma = try arguments.positive("sigma", most: most)
    let sigmaX =
      try arguments.nonNegative("sigma-x", most: most) ?? sigma ?? window.map {
        self.sigma(taps: $0.width)
      }
      ?? 1
    let sigmaY =
      try arguments.nonNegative("sigma-y", most: most) ?? sigma ?? window.map {
        self.sigma(taps: $0.height)
      }
      ?? 1
    for (key, value) in [("sigma", sigma ?? 0), ("sigma-x", sigmaX), ("sigma-y", sigmaY)]
    where value > 4000 {
      throw .badValue(key: key, value: shortest(value), expected: most)
    }
    let width = window?.width ?? 2 * radius(sigmaX) + 1
    let height = window?.height ?? 2 * radius(sigmaY) + 1
    if let angle = try arguments.number("angle"), angle != 0, sigmaX != sigmaY {
      return try turned(sigmaX, sigmaY, angle, window)
    }
    return Kernel(
      Kernel.Factors(
        column: samples(sigma: sigmaY, count: height), row: samples(sigma: sigmaX, count: width)),
      title: title(sigmaX, sigmaY))
  }

  /// `⌊4σ + ½⌋`, in taps.
  public static func radius(_ sigma: Double) -> Int { Int((4 * sigma + 0.5).rounded(.down)) }

  /// The σ that a size stands for: `0.3·((k − 1)/2 − 1) + 0.8`.
  public static func sigma(taps: Int) -> Double { 0.3 * (Double(taps - 1) * 0.5 - 1) + 0.8 }

  /// The Gaussian as ImageMagick's -blur and -unsharp draw it: a tap is the sum of three samples, a
  /// third of a sample apart. As wide as the one with a sample a tap.
  static func inThirds(_ arguments: SpecKeys) throws(KernelError) -> Kernel {
    let plain = try kernel(arguments)
    let sigma = try arguments.positive("sigma") ?? 1
    func line(_ count: Int) -> [Double] {
      let thirds = samples(sigma: 3 * sigma, count: 3 * count)
      return (0..<count).map { tap -> Double in thirds[3 * tap..<3 * tap + 3].reduce(0, +) }
    }
    return Kernel(
      Kernel.Factors(column: line(plain.height), row: line(plain.width)), title: plain.title)
  }

  /// `count` samples around the middle, of sum 1. σ = 0 is a single one.
  public static func samples(sigma: Double, count: Int) -> [Double] {
    let middle = Double(count - 1) / 2
    let values = (0..<count).map { index -> Double in
      let distance = Double(index) - middle
      // The square of a small σ may be 0, too.
      if distance == 0 { return 1 }
      return sigma == 0 ? 0 : exp(-distance * distance / (2 * sigma * sigma))
    }
    let sum = values.reduce(0, +)
    return sum == 0 ? values : values.map { $0 / sum }
  }

  private static func title(_ x: Double, _ y: Double) -> String {
    x == y ? "Gaussian, sigma \(shortest(x))" : "Gaussian, sigma \(shortest(x)) by \(shortest(y))"
  }

  /// The two-dimensional formula in turned coordinates, of sum 1.
  private static func turned(
    _ sigmaX: Double, _ sigmaY: Double, _ degrees: Double, _ window: (width: Int, height: Int)?
  ) throws(KernelError) -> Kernel {
    guard sigmaX > 0, sigmaY > 0 else {
      throw .badValue(
        key: "angle", value: shortest(degrees), expected: "no angle where a sigma is 0")
    }
    let (cosine, sine) = direction(degrees)
    // The ellipse's half sides, four deviations wide.
    let reachX = hypot(sigmaX * cosine, sigmaY * sine)
    let reachY = hypot(sigmaX * sine, sigmaY * cosine)
    let width = window?.width ?? 2 * radius(reachX) + 1
    let height = window?.height ?? 2 * radius(reachY) + 1
    var kernel = try Kernel.sampled(
      width: width, height: height, title: title(sigmaX, sigmaY) + ", turned"
    ) { x, y in
      let u = (x * cosine + y * sine) / sigmaX
      let v = (y * cosine - x * sine) / sigmaY
      return exp(-(u * u + v * v) / 2)
    }
    kernel.scale = nil
    return kernel
  }
}

/// Cosine and sine of an angle in degrees, exact for multiples of 90.
func direction(_ degrees: Double) -> (cosine: Double, sine: Double) {
  var angle = fmod(degrees, 360)
  if angle < 0 { angle += 360 }
  switch angle {
  case 0: return (1, 0)
  case 90: return (0, 1)
  case 180: return (-1, 0)
  case 270: return (0, -1)
  default: return (cos(angle * .pi / 180), sin(angle * .pi / 180))
  }
}
