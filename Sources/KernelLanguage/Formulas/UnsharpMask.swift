/// Sharpens by the difference to a blurred picture.
///
///     out = in + amount · d,  d = in − gaussian(in), where |d| > threshold
///
/// A soft threshold takes as much from all differences: `sign(d) · max(|d| − soft, 0)` in the place of d.
///
/// In ImageMagick's syntax, radius x sigma + gain + threshold, the threshold is a fraction of full
/// intensity that twice the difference must reach, and 0.05 where it is left out; each tap of the
/// Gaussian is the sum of three samples of it, a third of a sample apart.
enum UnsharpMask {
  static let named = NamedKernel(
    "unsharp", aliases: ["unsharp-mask", "usm"], title: "Unsharp mask: the picture minus its blur",
    source: "ImageMagick -unsharp, Pillow UnsharpMask, skimage unsharp_mask",
    parameters: [
      KernelParameter("sigma", "1", "of the Gaussian, in samples (> 0)"),
      KernelParameter("radius", "⌊4·sigma + 0.5⌋", "of the Gaussian, in taps"),
      KernelParameter("size", "2·radius + 1", "of the Gaussian, in taps"),
      KernelParameter("amount", "1", "how much of the difference is added"),
      KernelParameter("threshold", "0", "differences up to this stay, in levels"),
      KernelParameter(
        "soft", "0", "all differences become smaller by so many levels: a threshold without a step"),
      KernelParameter(
        "fraction", "none", "ImageMagick's threshold, as in 0x1+1.5+0.05: half of it of full scale"),
    ],
    positional: [
      ["sigma"], ["radius", "sigma"], ["radius", "sigma", "amount"],
      ["radius", "sigma", "amount", "threshold"],
    ]
  ) { arguments throws(KernelError) in
    let kernel = try GaussianKernel.kernel(arguments)
    let amount = try arguments.number("amount") ?? 1
    if let soft = try arguments.nonNegative("soft"), soft > 0 {
      for key in ["threshold", "fraction"] {
        if let value = arguments[key] {
          throw .badValue(key: key, value: value, expected: "nothing beside soft=")
        }
      }
      return .neighbourhood(.unsharp(kernel, amount: amount, .soft(soft)))
    }
    if let fraction = try arguments.nonNegative("fraction") {
      if let threshold = arguments["threshold"] {
        throw .badValue(key: "threshold", value: threshold, expected: "nothing beside fraction=")
      }
      return .neighbourhood(
        .unsharp(
          try GaussianKernel.inThirds(arguments), amount: amount, .fraction(fraction)))
    }
    return .unsharp(
      kernel, amount: amount, threshold: try arguments.nonNegative("threshold") ?? 0)
  }
}
