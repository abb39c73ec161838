/// A kernel and its turned copies.
///
/// - SeeAlso: ImageMagick, "Morphology of Shapes", rotated kernel lists.
public enum Expansion: Sendable, Hashable, CaseIterable {
  /// `@`: steps of 45°, until the kernel comes back.
  case eighths
  /// `>`: steps of 90°, until the kernel comes back.
  case quarters
  /// `<`: 0°, 180°, 270°, 90°, without repetitions.
  case mirrored

  init?(_ flag: UInt8) {
    switch flag {
    case UInt8(ascii: "@"): self = .eighths
    case UInt8(ascii: ">"): self = .quarters
    case UInt8(ascii: "<"): self = .mirrored
    default: return nil
    }
  }

  private var angles: [Double] {
    switch self {
    case .eighths: [0, 45, 90, 135, 180, 225, 270, 315]
    case .quarters: [0, 90, 180, 270]
    case .mirrored: [0, 180, 270, 90]
    }
  }

  /// The kernel turned by each angle, each grid once.
  func turned(_ kernel: Kernel) throws(KernelError) -> [Kernel] {
    var kernels: [Kernel] = []
    for angle in angles {
      let turned = try kernel.turned(by: angle)
      if !kernels.contains(turned) { kernels.append(turned) }
    }
    return kernels
  }
}

extension Expansion {
  /// The character that stands for it.
  var flag: Character {
    switch self {
    case .eighths: "@"
    case .quarters: ">"
    case .mirrored: "<"
    }
  }
}
