/// A window per channel, summarised by one value; by default windows don't overlap.
public protocol Pooling: Layer {
  var window: Window { get set }
  init(window: Window)
  /// For tables: `MaxPool`.
  static var name: String { get }
}

extension Pooling {
  /// A square window of `size`, next to each other.
  public init(_ size: Int) {
    self.init(window: Window(height: size, width: size, strideY: size, strideX: size))
  }

  public static func parse(_ arguments: inout LayerArguments) throws(NetworkError) -> Self {
    let (height, width) = try arguments.pair("a window, as 2 or 2x3", Window.limit)
    var window = Window(height: height, width: width, strideY: height, strideX: width)
    while let word = arguments.word {
      let position = arguments.position
      guard word != "dilation", try arguments.takeWindowWord(&window) else { break }
      if case .explicit(let top, let left, let bottom, let right) = window.padding,
        max(top, bottom) >= height || max(left, right) >= width
      {
        throw .valueOutOfRange(
          word, of: arguments.layer, at: position, allowed: "padding smaller than the window")
      }
    }
    try arguments.finish(expected: "stride, same, valid, pad")
    return Self(window: window)
  }

  public var text: String {
    "\(word) \(Window.pair(window.height, window.width))"
      + window.text(defaultStride: (window.height, window.width))
  }

  public var title: String {
    let more = window.text(defaultStride: (window.height, window.width))
    return "\(Self.name)(\(window.height)×\(window.width)" + (more.isEmpty ? "" : "," + more) + ")"
  }

  public func output(
    for input: FeatureShape, name: String
  ) throws(NetworkError) -> FeatureShape {
    try window.output(for: input, channels: input.channels, name: name)
  }

  public func operations(for input: FeatureShape, output: FeatureShape) -> Int {
    window.height * window.width * output.count
  }

  public func explanation(for input: FeatureShape, output: FeatureShape) -> [String] {
    var lines = window.explanation(for: input)
    let left = output.height * window.strideY
    if window.padding == nil && window.strideY == window.height && left < input.height {
      lines.append("the last \(input.height - left) of \(input.height) rows fill no window")
    }
    lines.append("channels: each by itself: \(output.channels)")
    lines.append("parameters: none, a pooling has nothing to learn")
    return lines
  }
}

/// The windows of a pooling over one map.
struct PoolGeometry: Sendable {
  let input: FeatureShape
  let output: FeatureShape
  let window: Window
  let top: Int
  let left: Int

  init(_ window: Window, _ input: FeatureShape, _ output: FeatureShape) {
    self.window = window
    self.input = input
    self.output = output
    top = window.paddingY(input.height).before
    left = window.paddingX(input.width).before
  }

  /// The rows of window `y` that lie inside the map.
  func rows(_ y: Int) -> Range<Int> {
    let start = y * window.strideY - top
    return max(start, 0)..<min(start + window.height, input.height)
  }

  /// The columns of window `x` that lie inside the map.
  func columns(_ x: Int) -> Range<Int> {
    let start = x * window.strideX - left
    return max(start, 0)..<min(start + window.width, input.width)
  }
}
