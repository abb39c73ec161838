import ConvEngine

/// How a window walks over a map: for convolutions and poolings alike.
public struct Window: Sendable, Hashable {
  /// Rows and columns of taps (1…255).
  public var height: Int
  public var width: Int
  /// Distance between windows, in samples (1…255).
  public var strideY: Int
  public var strideX: Int
  /// Distance between taps, in samples (1…255).
  public var dilationY: Int
  public var dilationX: Int
  /// nil for none: only windows that lie inside the map.
  public var padding: PaddingExtent?

  public init(
    height: Int, width: Int, strideY: Int = 1, strideX: Int = 1, dilationY: Int = 1,
    dilationX: Int = 1, padding: PaddingExtent? = nil
  ) {
    precondition(height >= 1 && width >= 1 && strideY >= 1 && strideX >= 1, "a window of taps")
    precondition(dilationY >= 1 && dilationX >= 1, "taps at least one sample apart")
    self.height = height
    self.width = width
    self.strideY = strideY
    self.strideX = strideX
    self.dilationY = dilationY
    self.dilationX = dilationX
    self.padding = padding
  }

  static let limit = 1...255

  /// Samples that the taps span.
  public var spanY: Int { dilationY * (height - 1) + 1 }
  public var spanX: Int { dilationX * (width - 1) + 1 }

  /// Rows of padding above and below a map of `rows` rows.
  public func paddingY(_ rows: Int) -> (before: Int, after: Int) {
    padding?.rows(rows, span: spanY, stride: strideY) ?? (0, 0)
  }

  /// Columns of padding left and right of a map of `columns` columns.
  public func paddingX(_ columns: Int) -> (before: Int, after: Int) {
    padding?.columns(columns, span: spanX, stride: strideX) ?? (0, 0)
  }

  /// The output, of so many channels.
  ///
  /// - Throws: `needsMap` for a flat input, `windowTooLarge` when no window fits.
  public func output(
    for input: FeatureShape, channels: Int, name: String
  ) throws(NetworkError) -> FeatureShape {
    if input.isFlat { throw .needsMap(layer: name, input: input) }
    do {
      let y = paddingY(input.height)
      let x = paddingX(input.width)
      let rows = try WindowAxis(
        input: input.height, taps: height, stride: strideY, dilation: dilationY, before: y.before,
        after: y.after)
      let columns = try WindowAxis(
        input: input.width, taps: width, stride: strideX, dilation: dilationX, before: x.before,
        after: x.after)
      return FeatureShape(height: rows.output, width: columns.output, channels: channels)
    } catch .windowTooLarge(let window, let padded) {
      throw .windowTooLarge(layer: name, window: window, padded: padded)
    } catch {
      throw .tooLarge(layer: name)
    }
  }

  /// The arithmetic of one axis: `(32 + 0 + 0 − 3)/1 + 1 = 30`.
  static func arithmetic(
    _ length: Int, _ padding: (before: Int, after: Int), span: Int, stride: Int
  ) -> String {
    let sum = length + padding.before + padding.after - span
    let quotient = "(\(length) + \(padding.before) + \(padding.after) − \(span))/\(stride)"
    let floored = sum % stride == 0 ? quotient : "⌊\(quotient)⌋"
    let windows = WindowAxis.windows(window: span, in: sum + span, stride: stride)
    return "\(floored) + 1 = \(windows)"
  }

  /// Why an input yields maps of this size, a sentence a line.
  func explanation(for input: FeatureShape) -> [String] {
    let y = paddingY(input.height)
    let x = paddingX(input.width)
    let height = Self.arithmetic(input.height, y, span: spanY, stride: strideY)
    let width = Self.arithmetic(input.width, x, span: spanX, stride: strideX)
    let rule = "(input + padding before + padding after − window)/stride + 1"
    var lines = [
      height == width
        ? "height and width: \(rule): \(height)"
        : "height: \(rule): \(height); width: \(width)"
    ]
    if dilationY > 1 || dilationX > 1 {
      lines.append(
        "taps lie \(dilationY)×\(dilationX) samples apart: a window spans \(spanY)×\(spanX)")
    }
    return lines
  }

  /// What the description language adds for everything that is not the default.
  func text(defaultStride: (Int, Int)) -> String {
    var words: [String] = []
    if (strideY, strideX) != defaultStride { words.append("stride \(Self.pair(strideY, strideX))") }
    if dilationY != 1 || dilationX != 1 {
      words.append("dilation \(Self.pair(dilationY, dilationX))")
    }
    switch padding {
    case nil: break
    case .same: words.append("same")
    case .full: words.append("full")
    case .explicit(let top, let left, let bottom, let right):
      let all = top == left && left == bottom && bottom == right
      words.append(all ? "pad \(top)" : "pad \(top),\(left),\(bottom),\(right)")
    }
    return words.map { " " + $0 }.joined()
  }

  static func pair(_ y: Int, _ x: Int) -> String { y == x ? "\(y)" : "\(y)x\(x)" }
}
