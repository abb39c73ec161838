/// Rows of Pascal's triangle multiplied: a Gaussian in integers, exact to the last bit.
///
///     taps[j, i] = C(k − 1, j) · C(k − 1, i),   scale 4^(k − 1)
///
/// Its variance is (k − 1)/4.
enum BinomialKernel {
  /// Products of two coefficients stay below 2⁵³.
  private static let largest = 27

  static let named = NamedKernel(
    "binomial", aliases: ["pascal"], title: "Binomial: a Gaussian in whole numbers",
    source: "ImageMagick Binomial; OpenCV pyrDown (size 5)",
    parameters: [
      KernelParameter("size", "3", "taps on a side, 1 to \(largest)"),
      KernelParameter("radius", "1", "instead of size: sides of 2·radius + 1"),
    ],
    positional: [["radius"]]
  ) { arguments throws(KernelError) in
    let radius = try arguments.whole("radius", in: 0...largest / 2) ?? 1
    let side = try arguments.whole("size", in: 1...largest) ?? 2 * radius + 1
    var row = [1.0]
    for _ in 1..<max(side, 1) {
      row = zip([0] + row, row + [0]).map { $0.0 + $0.1 }
    }
    return .correlate(
      Kernel(
        width: side, height: side, taps: row.flatMap { y in row.map { y * $0 } },
        title: "Binomial, \(side)×\(side)"))
  }
}
