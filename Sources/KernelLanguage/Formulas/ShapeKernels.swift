// Means over a shape: taps 1 inside, 0 outside. As ImageMagick draws them.

private let radiusMeaning = "from the middle tap, in samples"

private func shape(
  _ arguments: SpecKeys, standard: Double, name: String,
  _ isInside: (_ x: Double, _ y: Double, _ radius: Double) -> Bool
) throws(KernelError) -> Stage.Operation {
  let radius = try arguments.nonNegative("radius", most: "at most 2000 samples") ?? standard
  guard radius <= 2000 else {
    throw .badValue(key: "radius", value: shortest(radius), expected: "at most 2000 samples")
  }
  let side = 2 * Int(radius) + 1
  return .correlate(
    try Kernel.sampled(
      width: side, height: side, title: "\(name), radius \(shortest(radius))"
    ) { x, y in isInside(abs(x), abs(y), radius) ? 1 : 0 })
}

/// `x² + y² ≤ r²`.
enum DiskKernel {
  static let named = NamedKernel(
    "disk", aliases: ["disc", "circle", "pillbox"], title: "Disk: mean of a circle (lens blur)",
    source: "ImageMagick Disk; skimage.morphology.disk",
    parameters: [KernelParameter("radius", "4.3", radiusMeaning)], positional: [["radius"]]
  ) { arguments throws(KernelError) in
    try shape(arguments, standard: 4.3, name: "Disk") { $0 * $0 + $1 * $1 <= $2 * $2 }
  }
}

/// `|x| + |y| ≤ r`.
enum DiamondKernel {
  static let named = NamedKernel(
    "diamond", title: "Diamond: mean of a square on its corner",
    source: "ImageMagick Diamond; skimage.morphology.diamond",
    parameters: [KernelParameter("radius", "1", radiusMeaning)], positional: [["radius"]]
  ) { arguments throws(KernelError) in
    try shape(arguments, standard: 1, name: "Diamond") { $0 + $1 <= $2 }
  }
}

/// `max(|x|, |y|) ≤ r`.
enum SquareKernel {
  static let named = NamedKernel(
    "square", title: "Square: mean of a square", source: "ImageMagick Square",
    parameters: [KernelParameter("radius", "1", radiusMeaning)], positional: [["radius"]]
  ) { arguments throws(KernelError) in
    try shape(arguments, standard: 1, name: "Square") { _, _, _ in true }
  }
}

/// `|x| + |y| ≤ r + ⌊r/2⌋`.
enum OctagonKernel {
  static let named = NamedKernel(
    "octagon", title: "Octagon: mean of an octagon", source: "ImageMagick Octagon",
    parameters: [KernelParameter("radius", "3", radiusMeaning)], positional: [["radius"]]
  ) { arguments throws(KernelError) in
    try shape(arguments, standard: 3, name: "Octagon") { x, y, radius in
      x + y <= radius + (radius / 2).rounded(.down)
    }
  }
}

/// `x = 0 or y = 0`.
enum PlusKernel {
  static let named = NamedKernel(
    "plus", title: "Plus: mean of a row and a column", source: "ImageMagick Plus",
    parameters: [KernelParameter("radius", "2", radiusMeaning)], positional: [["radius"]]
  ) { arguments throws(KernelError) in
    try shape(arguments, standard: 2, name: "Plus") { x, y, _ in x == 0 || y == 0 }
  }
}

/// `|x| = |y|`.
enum CrossKernel {
  static let named = NamedKernel(
    "cross", title: "Cross: mean of two diagonals", source: "ImageMagick Cross",
    parameters: [KernelParameter("radius", "2", radiusMeaning)], positional: [["radius"]]
  ) { arguments throws(KernelError) in
    try shape(arguments, standard: 2, name: "Cross") { x, y, _ in x == y }
  }
}
