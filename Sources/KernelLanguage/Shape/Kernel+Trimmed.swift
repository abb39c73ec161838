extension Kernel {
  /// Without the outer rows and columns that hold no weight on both opposite sides.
  func trimmed() -> Kernel {
    var (insetX, insetY) = (0, 0)
    func isEmpty(_ cells: [(Int, Int)]) -> Bool { cells.allSatisfy { self[$0.0, $0.1] == 0 } }
    while width - 2 * insetX > 2,
      isEmpty((0..<height).flatMap { [(insetX, $0), (width - 1 - insetX, $0)] })
    { insetX += 1 }
    while height - 2 * insetY > 2,
      isEmpty((0..<width).flatMap { [($0, insetY), ($0, height - 1 - insetY)] })
    { insetY += 1 }
    var taps: [Double] = []
    for y in insetY..<height - insetY {
      for x in insetX..<width - insetX { taps.append(self[x, y]) }
    }
    return replacing(
      width: width - 2 * insetX, height: height - 2 * insetY, taps: taps, anchor: nil)
  }
}
