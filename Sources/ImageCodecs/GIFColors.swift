/// The colours of frames of GIF, up to 256.
struct GIFColors {
  /// Red, green, blue and alpha of each.
  private var palette: [UInt8] = []
  /// Those that are seen.
  private var known: Set<[UInt8]> = []
  private var hasTransparent = false

  private var areTooMany: Bool { palette.count > 4 * 256 }

  /// Adds those of a frame that it may show: the colours of the first one keep their numbers.
  mutating func add(_ frame: GIFFrame) {
    if areTooMany { return }
    let isFirst = palette.isEmpty
    for number in 0..<frame.palette.count / 3 {
      let color = Array(frame.palette[3 * number..<3 * number + 3])
      let isTransparent = number == frame.transparent
      let isNew = !isTransparent && known.insert(color).inserted
      guard isFirst || isNew else { continue }
      palette += color + [isTransparent ? 0 : 255]
      hasTransparent = hasTransparent || isTransparent
    }
  }

  /// How a file with these colours is stored.
  ///
  /// - Parameter hasAlpha: whether pixels may be transparent.
  func encoding(hasAlpha: Bool) -> GIFEncoding {
    let all = hasAlpha && !hasTransparent ? palette + [0, 0, 0, 0] : palette
    return GIFEncoding(palette: all.count > 4 * 256 ? [] : all)
  }
}
