import ConvEngine
import Text

/// What the words of several layers mean.
extension LayerArguments {
  /// `32x32x3`, `32x32` (one channel) or `64` (flat).
  mutating func shape() throws(NetworkError) -> FeatureShape {
    let what = "a shape, as 32x32x3 (height x width x channels)"
    guard let word else { throw .missingArgument(what, of: layer, at: start) }
    guard let axes = axisLengths(word), axes.count <= 3 else {
      throw .unexpected(word, in: layer, at: position, expected: what)
    }
    guard axes.allSatisfy({ (1...65536).contains($0) }) else {
      throw .valueOutOfRange(word, of: layer, at: position, allowed: "1…65536 an axis")
    }
    take()
    if axes.count == 1 { return .vector(axes[0]) }
    return FeatureShape(
      height: axes[0], width: axes[1], channels: axes.count == 3 ? axes[2] : 1)
  }

  /// The next word as a number or as a quotient of two, as `1/9`, in `range`.
  mutating func fraction(
    _ what: String, _ range: ClosedRange<Float>
  ) throws(NetworkError) -> Float {
    guard let word else { throw .missingArgument(what, of: layer, at: start) }
    let parts = word.split(separator: "/", omittingEmptySubsequences: false).map { Float($0) }
    guard (1...2).contains(parts.count), !parts.contains(nil) else {
      throw .unexpected(word, in: layer, at: position, expected: what)
    }
    let value = parts.count == 2 ? parts[0]! / parts[1]! : parts[0]!
    guard range.contains(value) else {
      throw .valueOutOfRange(
        word, of: layer, at: position, allowed: "\(range.lowerBound)…\(range.upperBound)")
    }
    take()
    return value
  }

  /// Reads how the weights start, if such a word is next.
  ///
  /// - Parameter whitens: whether `whitened` is one of them.
  mutating func takeStart(
    _ start: inout WeightStart?, whitens: Bool
  ) throws(NetworkError) -> Bool {
    guard let word, WeightStart.words.contains(word), whitens || word != "whitened" else {
      return false
    }
    try claim("start")
    take()
    start = Initialization(rawValue: word).map { .drawn($0) } ?? .whitened
    return true
  }

  /// Reads `stride`, `dilation`, `same`, `valid` and `pad` into a window, if one of them is next.
  mutating func takeWindowWord(_ window: inout Window) throws(NetworkError) -> Bool {
    let settings = [
      "stride": "stride", "dilation": "dilation", "same": "padding", "valid": "padding",
      "pad": "padding",
    ]
    if let setting = word.flatMap({ settings[$0] }) { try claim(setting) }
    if take("stride") {
      (window.strideY, window.strideX) = try pair("a stride, as 2 or 2x1", Window.limit)
    } else if take("dilation") {
      (window.dilationY, window.dilationX) = try pair("a dilation, as 2 or 2x1", Window.limit)
    } else if take("same") {
      window.padding = .same
    } else if take("valid") {
      window.padding = nil
    } else if take("pad") {
      window.padding = try padding()
    } else {
      return false
    }
    return true
  }

  private mutating func padding() throws(NetworkError) -> PaddingExtent {
    let what = "padding, as 1 or 1,1,0,0 (top, left, bottom, right)"
    guard let word else { throw .missingArgument(what, of: layer, at: start) }
    let parts = word.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 1 || parts.count == 4, !parts.contains(nil) else {
      throw .unexpected(word, in: layer, at: position, expected: what)
    }
    guard parts.allSatisfy({ (0...255).contains($0!) }) else {
      throw .valueOutOfRange(word, of: layer, at: position, allowed: "0…255")
    }
    take()
    let all = parts.count == 1 ? [Int](repeating: parts[0]!, count: 4) : parts.map { $0! }
    return .explicit(top: all[0], left: all[1], bottom: all[2], right: all[3])
  }
}
