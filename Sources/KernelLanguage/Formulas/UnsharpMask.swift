/// Sharpens by the difference to a blurred picture.
///
///     out = in + amount · (in − gaussian(in)),  where |in − gaussian(in)| > threshold
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
    ],
    positional: [
      ["sigma"], ["radius", "sigma"], ["radius", "sigma", "amount"],
      ["radius", "sigma", "amount", "threshold"],
    ]
  ) { arguments throws(KernelError) in
    .unsharp(
      try GaussianKernel.kernel(arguments), amount: try arguments.number("amount") ?? 1,
      threshold: try arguments.nonNegative("threshold") ?? 0)
  }
}
