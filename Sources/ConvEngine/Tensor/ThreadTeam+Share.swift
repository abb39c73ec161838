import Raster

extension ThreadTeam {
  /// Calls `body` with consecutive parts of `0..<count` that differ by one unit at most, the longer ones
  /// first, so that threads that take one after the other end together.
  ///
  /// - Parameters:
  ///   - parts: how many there are at least, as far as there are units (≥ 1); more, so that each thread
  ///     has as many.
  ///   - unit: of which every part but the last is a multiple (≥ 1).
  func share(_ count: Int, parts: Int, unit: Int = 1, _ body: @Sendable (Range<Int>) -> Void) {
    if count == 0 { return }
    let units = (count + unit - 1) / unit
    let wanted = parts > 1 ? (parts + threads - 1) / threads * threads : 1
    let parts = max(1, min(wanted, units))
    let (length, longer) = units.quotientAndRemainder(dividingBy: parts)
    run(parts) { part in
      let start = part * length + min(part, longer)
      let end = start + length + (part < longer ? 1 : 0)
      body(start * unit..<min(end * unit, count))
    }
  }
}
