extension KernelCatalog {
  /// Sets of kernels whose results become one.
  static let sets: [NamedKernel] = [
    gradient(
      "sobel", of: ["sobel-x", "sobel-y"],
      title: "Sobel: gradient magnitude, √(x² + y²) of sobel-x and sobel-y",
      source: "Sobel & Feldman 1968; skimage.filters.sobel, vips sobel"),
    gradient(
      "prewitt", of: ["prewitt-x", "prewitt-y"],
      title: "Prewitt: gradient magnitude of prewitt-x and prewitt-y",
      source: "Prewitt 1970; skimage.filters.prewitt, vips prewitt"),
    gradient(
      "scharr", of: ["scharr-x", "scharr-y"],
      title: "Scharr: gradient magnitude of scharr-x and scharr-y",
      source: "Scharr 2000; skimage.filters.scharr, vips scharr"),
    gradient(
      "roberts", of: ["roberts-x", "roberts-y"],
      title: "Roberts cross: gradient magnitude of roberts-x and roberts-y",
      source: "Roberts 1963; skimage.filters.roberts"),
    compass(
      "kirsch", of: "kirsch-x", aliases: ["kirsch-compass"],
      title: "Kirsch: the largest of 8 directions",
      source: "Kirsch 1971; ImageMagick Kirsch"),
    compass(
      "compass", of: "compass-x", aliases: ["robinson", "prewitt-compass"],
      title: "Compass: the largest of 8 directions",
      source: "Prewitt 1970; ImageMagick Compass"),
    compass(
      "sobel-compass", of: "sobel-x", aliases: ["robinson-3"],
      title: "Sobel in 8 directions, the largest (Robinson's 3-level compass)",
      source: "Robinson 1977; vips compass"),
    compass(
      "line", of: "line-x", aliases: ["lines"],
      title: "Thin lines: the largest of 4 directions",
      source: "Gonzalez & Woods, Digital Image Processing, §10.2"),
  ]

  private static let angle = KernelParameter(
    "angle", "all of them", "degrees, clockwise: one direction instead of the set")

  private static func gradient(
    _ name: String, of members: [String], title: String, source: String
  ) -> NamedKernel {
    NamedKernel(
      name, aliases: ["\(name)-magnitude"], title: title, source: source,
      parameters: [angle], positional: [["angle"]]
    ) { arguments throws(KernelError) in
      if let operation = try oneDirection(members[0], arguments) { return operation }
      return .combine(members.map(file), .magnitude)
    }
  }

  private static func compass(
    _ name: String, of member: String, aliases: [String], title: String, source: String
  ) -> NamedKernel {
    NamedKernel(
      name, aliases: aliases, title: title, source: source, parameters: [angle],
      positional: [["angle"]]
    ) { arguments throws(KernelError) in
      if let operation = try oneDirection(member, arguments) { return operation }
      return .combine(try Expansion.eighths.turned(file(member)), .maximum)
    }
  }

  private static func oneDirection(_ member: String, _ arguments: SpecKeys)
    throws(KernelError) -> Stage.Operation?
  {
    guard let angle = try arguments.number("angle") else { return nil }
    return .correlate(try file(member).turned(by: angle))
  }
}
