/// The picture as it is.
enum IdentityKernel {
  static let named = NamedKernel(
    "identity", aliases: ["unity", "delta", "none"], title: "Identity: the picture as it is",
    source: "ImageMagick Unity",
    parameters: [KernelParameter("size", "1", "taps, N or WxH: zeros around the 1")],
    positional: [["size"]]
  ) { arguments throws(KernelError) in
    let size = try arguments.size("size") ?? (1, 1)
    try Kernel.checkSize(width: size.width, height: size.height)
    var taps = [Double](repeating: 0, count: size.width * size.height)
    taps[size.height / 2 * size.width + size.width / 2] = 1
    return .correlate(
      Kernel(width: size.width, height: size.height, taps: taps, title: "Identity"))
  }
}
