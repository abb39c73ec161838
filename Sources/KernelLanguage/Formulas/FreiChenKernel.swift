/// Frei & Chen's gradient and their nine orthonormal 3×3 kernels.
///
/// Without `basis`: the gradient magnitude of freichen-x and freichen-y. With it: one kernel of the
/// basis (1–4 edges, 5–8 lines, 9 the mean), scale 1.
///
/// - SeeAlso: Frei & Chen, "Fast boundary detection", IEEE Trans. Computers 26 (1977).
enum FreiChenKernel {
  static let named = NamedKernel(
    "freichen", aliases: ["frei-chen"],
    title: "Frei-Chen: gradient magnitude, or one kernel of the basis",
    source: "Frei & Chen 1977; ImageMagick FreiChen",
    parameters: [
      KernelParameter("basis", "none", "1 to 9: that kernel of the basis"),
      KernelParameter("angle", "all of them", "degrees, clockwise: one direction"),
    ],
    positional: [["basis"]]
  ) { arguments throws(KernelError) in
    if let number = try arguments.whole("basis", in: 1...19) {
      // ImageMagick counts them from 11.
      guard number != 10 else {
        throw .badValue(key: "basis", value: "10", expected: "1 to 9 (or 11 to 19)")
      }
      let kernel = basis(number > 10 ? number - 11 : number - 1)
      return .correlate(try kernel.turned(by: try arguments.number("angle") ?? 0))
    }
    let x = gradient()
    if let angle = try arguments.number("angle") { return .correlate(try x.turned(by: angle)) }
    return .combine([x, try x.turned(by: 90)], .magnitude)
  }

  private static let root = 2.0.squareRoot()

  private static func gradient() -> Kernel {
    Kernel(
      width: 3, height: 3, taps: [-1, 0, 1, -root, 0, root, -1, 0, 1], title: "Frei-Chen")
  }

  private static func basis(_ index: Int) -> Kernel {
    let (taps, divisor): ([Double], Double) =
      switch index {
      case 0: ([1, root, 1, 0, 0, 0, -1, -root, -1], 2 * root)
      case 1: ([1, 0, -1, root, 0, -root, 1, 0, -1], 2 * root)
      case 2: ([0, -1, root, 1, 0, -1, -root, 1, 0], 2 * root)
      case 3: ([root, -1, 0, -1, 0, 1, 0, 1, -root], 2 * root)
      case 4: ([0, 1, 0, -1, 0, -1, 0, 1, 0], 2)
      case 5: ([-1, 0, 1, 0, 0, 0, 1, 0, -1], 2)
      case 6: ([1, -2, 1, -2, 4, -2, 1, -2, 1], 6)
      case 7: ([-2, 1, -2, 1, 4, 1, -2, 1, -2], 6)
      default: ([1, 1, 1, 1, 1, 1, 1, 1, 1], 3)
      }
    return Kernel(
      width: 3, height: 3, taps: taps, scale: divisor, title: "Frei-Chen basis, \(index + 1) of 9")
  }
}
