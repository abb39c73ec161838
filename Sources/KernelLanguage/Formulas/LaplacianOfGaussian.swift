/// The Laplacian of a Gaussian ("Mexican hat", upside down): negative in the middle.
///
///     h[i] = (i²/σ⁴ − 1/σ²) · g[i]
///     taps[j, i] = g[j] · h[i] + h[j] · g[i] − ε · g[j] · g[i]
///
/// g as in the Gaussian; ε makes the sum exactly 0, which sampling alone does not.
///
/// - SeeAlso: Marr & Hildreth 1980; SciPy's `gaussian_laplace` (the same without ε).
enum LaplacianOfGaussian {
  static let named = NamedKernel(
    "log", aliases: ["laplacian-of-gaussian", "gaussian-laplace", "marr", "marr-hildreth"],
    title: "Laplacian of Gaussian: edges of a scale",
    source: "Marr & Hildreth 1980; SciPy gaussian_laplace, ImageMagick LoG",
    parameters: [
      KernelParameter("sigma", "1", "standard deviation, samples (> 0)"),
      KernelParameter("radius", "⌊4·sigma + 0.5⌋", "taps on either side of the middle"),
      KernelParameter("size", "2·radius + 1", "taps on a side"),
    ],
    positional: [["sigma"], ["radius", "sigma"]]
  ) { arguments throws(KernelError) in
    let sigma = try arguments.positive("sigma", most: "at most 250 samples") ?? 1
    // Taps are as large as 1 / σ²; squares of them are still numbers.
    guard (1e-75...250).contains(sigma) else {
      throw .badValue(
        key: "sigma", value: shortest(sigma),
        expected: sigma > 1 ? "at most 250 samples" : "at least 1e-75 samples")
    }
    let standard = 2 * max(GaussianKernel.radius(sigma), 1) + 1
    let size = try arguments.window() ?? (standard, standard)
    let g = (
      x: GaussianKernel.samples(sigma: sigma, count: size.width),
      y: GaussianKernel.samples(sigma: sigma, count: size.height)
    )
    let (x, y) = (second(g.x, sigma), second(g.y, sigma))
    let excess = x.reduce(0, +) + y.reduce(0, +)
    try Kernel.checkSize(width: size.width, height: size.height)
    var taps: [Double] = []
    for j in 0..<size.height {
      for i in 0..<size.width {
        taps.append(g.y[j] * x[i] + y[j] * g.x[i] - excess * g.y[j] * g.x[i])
      }
    }
    return .correlate(
      Kernel(
        width: size.width, height: size.height, taps: taps, scale: 1,
        title: "Laplacian of Gaussian, sigma \(shortest(sigma))"))
  }

  /// The second derivative of a sampled Gaussian.
  private static func second(_ g: [Double], _ sigma: Double) -> [Double] {
    let variance = sigma * sigma
    return g.indices.map { index in
      let distance = Double(index) - Double(g.count - 1) / 2
      return (distance * distance / variance - 1) / variance * g[index]
    }
  }
}
