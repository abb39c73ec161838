/// What charts are drawn on: the pixels of a `Canvas`, or the elements of an `SVG`.
///
/// Places and lengths are in pixels from the top left corner.
protocol DrawingSurface {
  /// A filled rectangle.
  mutating func fill(
    x: Double, y: Double, width: Double, height: Double, _ color: Color, opacity: Double)

  /// Lines from point to point with round ends and corners.
  ///
  /// - Parameter dash: lengths of stroke and gap along each path, or nil.
  mutating func stroke(
    _ paths: [[Point]], thickness: Double, _ color: Color, dash: (on: Double, off: Double)?)

  /// A filled circle.
  mutating func disc(_ centre: Point, radius: Double, _ color: Color)

  /// A text; `point` is on the baseline, or, for `centered`, at half the height of a capital.
  mutating func text(
    _ text: String, at point: Point, _ style: Canvas.TextStyle, anchor: Canvas.TextAnchor,
    centered: Bool)
}

extension DrawingSurface {
  mutating func fill(x: Double, y: Double, width: Double, height: Double, _ color: Color) {
    fill(x: x, y: y, width: width, height: height, color, opacity: 1)
  }

  mutating func text(
    _ text: String, at point: Point, _ style: Canvas.TextStyle, anchor: Canvas.TextAnchor = .start
  ) {
    self.text(text, at: point, style, anchor: anchor, centered: false)
  }
}

extension Canvas: DrawingSurface {}
