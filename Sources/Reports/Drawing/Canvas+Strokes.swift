extension Canvas {
  /// Lines from point to point with round ends and corners.
  ///
  /// A pixel is covered by `thickness/2 + ½ − distance` to the nearest line, taken into 0…1; where
  /// lines meet it is covered once.
  ///
  /// - Parameters:
  ///   - paths: each one or more points; a single point is a dot.
  ///   - thickness: in pixels (> 0).
  ///   - dash: lengths of stroke and gap along each path, in pixels, or nil.
  mutating func stroke(
    _ paths: [[Point]], thickness: Double, _ color: Color,
    dash: (on: Double, off: Double)?
  ) {
    let reach = thickness / 2 + 1
    let segments = paths.flatMap { path in
      dash.map { Self.dashed(path, $0) } ?? Self.segments(path)
    }
    guard let box = Self.box(segments, reach, width, height) else { return }
    let columns = box.right - box.left
    var coverage = [Float](repeating: 0, count: columns * (box.bottom - box.top))
    for (from, to) in segments {
      let (dx, dy) = (to.x - from.x, to.y - from.y)
      let length = dx * dx + dy * dy
      let top = max(box.top, Int((min(from.y, to.y) - reach).rounded(.down)))
      let bottom = min(box.bottom, Int((max(from.y, to.y) + reach).rounded(.up)))
      let left = max(box.left, Int((min(from.x, to.x) - reach).rounded(.down)))
      let right = min(box.right, Int((max(from.x, to.x) + reach).rounded(.up)))
      guard top < bottom, left < right else { continue }
      for y in top..<bottom {
        for x in left..<right {
          let (px, py) = (Double(x) + 0.5 - from.x, Double(y) + 0.5 - from.y)
          let along = length > 0 ? max(0, min(1, (px * dx + py * dy) / length)) : 0
          let (ex, ey) = (px - along * dx, py - along * dy)
          let distance = (ex * ex + ey * ey).squareRoot()
          let covered = Float(max(0, min(1, thickness / 2 + 0.5 - distance)))
          let place = (y - box.top) * columns + x - box.left
          coverage[place] = max(coverage[place], covered)
        }
      }
    }
    // A line thinner than a pixel covers no pixel fully.
    let opacity = min(1, thickness)
    for (place, covered) in coverage.enumerated() where covered > 0 {
      blend(
        box.left + place % columns, box.top + place / columns, color, Double(covered) * opacity)
    }
  }

  /// A filled circle.
  mutating func disc(_ centre: Point, radius: Double, _ color: Color) {
    stroke([[centre]], thickness: 2 * radius, color, dash: nil)
  }

  private static func segments(_ path: [Point]) -> [(Point, Point)] {
    path.count == 1 ? [(path[0], path[0])] : Array(zip(path, path.dropFirst()))
  }

  private static func dashed(
    _ path: [Point], _ dash: (on: Double, off: Double)
  ) -> [(Point, Point)] {
    precondition(dash.on > 0 && dash.off > 0, "a dash has a length")
    var result: [(Point, Point)] = []
    var (isOn, left) = (true, dash.on)
    for (from, to) in zip(path, path.dropFirst()) {
      let length = ((to.x - from.x) * (to.x - from.x) + (to.y - from.y) * (to.y - from.y))
        .squareRoot()
      func at(_ distance: Double) -> Point {
        Point(
          from.x + (to.x - from.x) * distance / length,
          from.y + (to.y - from.y) * distance / length)
      }
      var done = 0.0
      while done < length {
        let step = min(left, length - done)
        if isOn { result.append((at(done), at(done + step))) }
        done += step
        left -= step
        if left <= 0 { (isOn, left) = (!isOn, isOn ? dash.off : dash.on) }
      }
    }
    return result
  }

  private static func box(
    _ segments: [(Point, Point)], _ reach: Double, _ width: Int, _ height: Int
  ) -> (left: Int, top: Int, right: Int, bottom: Int)? {
    let points = segments.flatMap { [$0.0, $0.1] }.filter { $0.x.isFinite && $0.y.isFinite }
    guard points.count == 2 * segments.count, let first = points.first else { return nil }
    var (left, right, top, bottom) = (first.x, first.x, first.y, first.y)
    for point in points {
      (left, right) = (min(left, point.x), max(right, point.x))
      (top, bottom) = (min(top, point.y), max(bottom, point.y))
    }
    func clamp(_ value: Double, _ limit: Int) -> Int { Int(max(0, min(Double(limit), value))) }
    let box = (
      left: clamp((left - reach).rounded(.down), width),
      top: clamp((top - reach).rounded(.down), height),
      right: clamp((right + reach).rounded(.up), width),
      bottom: clamp((bottom + reach).rounded(.up), height)
    )
    return box.left < box.right && box.top < box.bottom ? box : nil
  }
}
