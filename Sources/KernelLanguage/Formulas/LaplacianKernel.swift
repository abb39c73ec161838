/// The Laplace operator, ∂²/∂x² + ∂²/∂y²: negative in the middle, as OpenCV and SciPy have it.
///
/// ImageMagick's kinds (0, 1, 2, 3, 5, 7, 15, 19) keep ImageMagick's signs: positive in the middle.
enum LaplacianKernel {
  static let named = NamedKernel(
    "laplacian", aliases: ["laplace"], title: "Laplacian: second derivative, 4 or 8 neighbours",
    source: "OpenCV Laplacian, SciPy laplace; kinds of ImageMagick Laplacian",
    parameters: [
      KernelParameter(
        "kind", "4", "4 or 8 neighbours; 0, 1, 2, 3, 5, 7, 15, 19 as in ImageMagick"),
      KernelParameter("neighbours", "4", "4 or 8"),
    ],
    positional: [["kind"]]
  ) { arguments throws(KernelError) in
    if let neighbours = try arguments.whole("neighbours", in: 0...8) {
      guard neighbours == 4 || neighbours == 8 else {
        throw .badValue(key: "neighbours", value: "\(neighbours)", expected: "4 or 8")
      }
      return .correlate(KernelCatalog.file("laplacian-\(neighbours)"))
    }
    switch try arguments.whole("kind", in: 0...99) ?? 4 {
    case 4: return .correlate(KernelCatalog.file("laplacian-4"))
    case 8: return .correlate(KernelCatalog.file("laplacian-8"))
    case 0: return .correlate(KernelCatalog.file("edge"))
    case 1: return .correlate(KernelCatalog.file("edge-4"))
    case 2: return .correlate(KernelCatalog.file("laplacian-diagonal"))
    case 3: return .correlate(KernelCatalog.file("laplacian-mixed"))
    case 5: return .correlate(KernelCatalog.file("laplacian-5x5"))
    case 7: return .correlate(KernelCatalog.file("laplacian-7x7"))
    case 15: return .correlate(KernelCatalog.file("log-5x5"))
    case 19: return .correlate(KernelCatalog.file("log-9x9"))
    case let kind:
      throw .badValue(
        key: "kind", value: "\(kind)", expected: "0, 1, 2, 3, 4, 5, 7, 8, 15 or 19")
    }
  }
}
