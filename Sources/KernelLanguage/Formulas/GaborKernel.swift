import Libc

/// A wave under a Gaussian: answers to stripes of one direction and width.
///
///     u = x·cos θ + y·sin θ,  v = y·cos θ − x·sin θ
///     tap = exp(−(u² + γ²v²) / 2σ²) · cos(2π u/λ + ψ)
///
/// θ is the direction in which the wave runs, clockwise, y down. The scale is the sum of the
/// positive taps, so that results stay within the levels of the picture.
///
/// - SeeAlso: Daugman 1985; OpenCV's `getGaborKernel` (the same numbers, turned by 180°).
enum GaborKernel {
  static let named = NamedKernel(
    "gabor", title: "Gabor: stripes of one direction and width",
    source: "Daugman 1985; OpenCV getGaborKernel, skimage gabor_kernel",
    parameters: [
      KernelParameter("sigma", "2", "of the Gaussian, in samples (> 0)"),
      KernelParameter("lambda", "2·sigma", "wave length, in samples (> 0)"),
      KernelParameter("angle", "0", "direction of the wave, degrees, clockwise"),
      KernelParameter("gamma", "0.5", "width over length of the Gaussian (> 0)"),
      KernelParameter("psi", "0", "phase, in degrees"),
      KernelParameter("size", "3 deviations", "taps, N or WxH"),
      KernelParameter("radius", "3 deviations", "instead of size"),
    ]
  ) { arguments throws(KernelError) in
    let sigma = try arguments.positive("sigma", most: "sigma/gamma at most 666") ?? 2
    let wavelength = try arguments.positive("lambda") ?? 2 * sigma
    let gamma = try arguments.positive("gamma") ?? 0.5
    let phase = (try arguments.number("psi") ?? 0) * .pi / 180
    let angle = try arguments.number("angle") ?? 0
    let (cosine, sine) = direction(angle)
    let reach = 3 * max(sigma, sigma / gamma)
    guard reach <= 2000 else {
      throw .badValue(key: "sigma", value: shortest(sigma), expected: "sigma/gamma at most 666")
    }
    func side(_ a: Double, _ b: Double) -> Int {
      2 * Int(max(abs(3 * sigma * a), abs(3 * sigma / gamma * b)).rounded()) + 1
    }
    let size = try arguments.window() ?? (side(cosine, sine), side(sine, cosine))
    var kernel = try Kernel.sampled(
      width: size.width, height: size.height, title: "Gabor, \(shortest(angle))°"
    ) { x, y in
      let (u, v) = (x * cosine + y * sine, y * cosine - x * sine)
      // Squares of parameters may be 0 or infinite: what they multiply or divide may not be 0, then.
      let across = v == 0 ? 0 : gamma * gamma * v * v
      let distance = u * u + across
      return (distance == 0 ? 1 : exp(-distance / (2 * sigma * sigma)))
        * cos(2 * .pi * u / wavelength + phase)
    }
    let positive = kernel.taps.reduce(0) { $0 + max($1, 0) }
    kernel.scale = positive > 0 ? positive : 1
    return .correlate(kernel)
  }
}
