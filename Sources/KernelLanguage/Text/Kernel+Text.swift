extension Kernel {
  /// The kernel as a kernel file, which reads back as the same kernel.
  ///
  /// - Parameter source: paper or program it comes from; left out where empty.
  public func fileText(source: String = "") -> String {
    var text = title.isEmpty ? "" : "# \(title)\n"
    if !source.isEmpty { text += "# source: \(source)\n" }
    if let anchor, anchor != Anchor(x: width / 2, y: height / 2) {
      text += "# anchor: \(anchor.x) \(anchor.y)\n"
    }
    text += depth == 1 ? "\(width) \(height)" : "\(width)x\(height)x\(depth)"
    if scale != nil || offset != 0 { text += " \(shortest(divisor))" }
    if offset != 0 { text += " \(shortest(offset))" }
    text += "\n"
    let cells = taps.map(shortest)
    let columns = cells.reduce(0) { max($0, $1.count) }
    for plane in 0..<depth {
      if plane > 0 { text += "\n" }
      for y in 0..<height {
        let row = (0..<width).map { x in
          let cell = cells[(y * width + x) * depth + plane]
          return String(repeating: " ", count: columns - cell.count) + cell
        }
        text += row.joined(separator: " ") + "\n"
      }
    }
    return text
  }
}
