/// The mean of a rectangle: all taps 1, divided by their number.
enum BoxKernel {
  static let named = NamedKernel(
    "box",
    aliases: [
      "mean", "average", "blur", "box-blur", "box-filter", "uniform", "uniform-filter", "rectangle",
    ],
    title: "Box: mean of a rectangle",
    source: "OpenCV blur, Pillow BoxBlur, SciPy uniform_filter, ImageMagick Rectangle",
    parameters: [
      KernelParameter("size", "3", "taps, N or WxH"),
      KernelParameter("radius", "1", "instead of size: sides of 2·radius + 1"),
    ],
    positional: [["size"]]
  ) { arguments throws(KernelError) in
    let size = try arguments.window() ?? (3, 3)
    try Kernel.checkSize(width: size.width, height: size.height)
    return .correlate(
      Kernel(
        width: size.width, height: size.height,
        taps: [Double](repeating: 1, count: size.width * size.height),
        title: "Box, mean of \(size.width)×\(size.height)"))
  }
}
