/// A narrow Gaussian minus a wide one: a band pass, positive in the middle, of sum 0.
///
///     taps = g(σ) − g(σ₂)
///
/// With σ₂ = 1.6 σ it is close to the Laplacian of Gaussian.
///
/// - SeeAlso: Marr & Hildreth 1980; ImageMagick's `DoG:radius,sigma1,sigma2`.
enum DifferenceOfGaussians {
  static let named = NamedKernel(
    "dog", aliases: ["difference-of-gaussians"],
    title: "Difference of Gaussians: band pass",
    source: "Marr & Hildreth 1980; skimage difference_of_gaussians, ImageMagick DoG",
    parameters: [
      KernelParameter("sigma", "1", "of the narrow Gaussian, in samples (> 0)"),
      KernelParameter("sigma2", "1.6·sigma", "of the wide Gaussian, in samples (> 0)"),
      KernelParameter("radius", "⌊4·sigma2 + 0.5⌋", "taps on either side of the middle"),
      KernelParameter("size", "2·radius + 1", "taps on a side"),
    ],
    positional: [["sigma"], ["sigma", "sigma2"], ["radius", "sigma", "sigma2"]]
  ) { arguments throws(KernelError) in
    let one = try arguments.positive("sigma", most: "at most 250 samples") ?? 1
    let two = try arguments.positive("sigma2", most: "at most 250 samples") ?? 1.6 * one
    guard max(one, two) <= 250 else {
      throw .badValue(
        key: "sigma2", value: shortest(max(one, two)), expected: "at most 250 samples")
    }
    guard one != two else {
      throw .badValue(key: "sigma2", value: shortest(two), expected: "another value than sigma")
    }
    let standard = 2 * max(GaussianKernel.radius(max(one, two)), 1) + 1
    let size = try arguments.window() ?? (standard, standard)
    try Kernel.checkSize(width: size.width, height: size.height)
    func grid(_ sigma: Double) -> [Double] {
      let row = GaussianKernel.samples(sigma: sigma, count: size.width)
      let column = GaussianKernel.samples(sigma: sigma, count: size.height)
      return column.flatMap { y in row.map { y * $0 } }
    }
    return .correlate(
      Kernel(
        width: size.width, height: size.height, taps: zip(grid(one), grid(two)).map { $0 - $1 },
        scale: 1, title: "Difference of Gaussians, sigma \(shortest(one)) and \(shortest(two))"))
  }
}
