/// The size that a picture is brought to, and how its samples are made.
public struct Resizing: Sendable, Hashable {
  public enum Size: Sendable, Hashable {
    /// Both sides times this (> 0).
    case factor(Double)
    /// In pixels (≥ 1); a side that is nil keeps the shape of the picture.
    case sides(width: Int?, height: Int?)
    /// The longer side, in pixels (≥ 1).
    case longest(Int)
    /// The shorter side, in pixels (≥ 1).
    case shortest(Int)
  }

  /// What becomes of a picture whose shape is not that of the wanted sides.
  public enum Fit: String, Sendable, Hashable, CaseIterable {
    /// As large as fits into them.
    case inside
    /// As small as holds them.
    case outside
    /// Stretched to them.
    case fill
    /// As small as holds them, then cut to them, from the middle.
    case cover
  }

  public var size: Size
  public var fit: Fit
  public var method: ResizingMethod
  /// Whether a side may become longer than it was.
  public var enlarges: Bool
  /// Whether a decoder may leave out detail first, down to twice the size.
  public var isThumbnail: Bool
  /// How the picture was made smaller before it came, nil where it was not.
  public var reduction: Reduction?

  /// A picture decoded at a part of its size.
  public struct Reduction: Sendable, Hashable {
    /// The whole picture, in pixels (≥ 1).
    public var width: Int
    public var height: Int
    /// Pixels of the whole picture to one that came, along either side (≥ 1).
    public var denominator: Int
  }

  public init(
    _ size: Size, fit: Fit = .inside, method: ResizingMethod = .lanczos3, enlarges: Bool = false,
    isThumbnail: Bool = false
  ) {
    self.size = size
    self.fit = fit
    self.method = method
    self.enlarges = enlarges
    self.isThumbnail = isThumbnail
  }
}

/// What a sample of a resized picture is made of.
public enum ResizingMethod: String, Sendable, Hashable, CaseIterable {
  /// The nearest sample.
  case nearest
  /// A triangle.
  case bilinear
  /// The cubic of Mitchell and Netravali, B = C = 1/3.
  case mitchell
  /// The cubic with B = 0, C = 1/2.
  case catmullRom = "catmull-rom"
  /// sinc(x) · sinc(x / 3)
  case lanczos3
  /// The mean of the pixel's area.
  case area
}

/// Where the pixels of a resized side come from.
package struct ResizedSide: Sendable, Hashable {
  /// Pixels before (≥ 1).
  package var input: Int
  /// Pixels after (≥ 1).
  package var output: Int
  /// The stretch of the input that is shown: its start and its length, in pixels.
  package var start: Double
  package var length: Double

  /// Whether every pixel stays as it is.
  package var isIdentity: Bool { input == output && start == 0 && length == Double(input) }
}

extension Resizing {
  /// The sides longer than which nothing is made, in pixels.
  package static let longestSide = 1 << 20

  /// The same for a decoder that may leave out detail, as much as leaves twice the size along either
  /// side; nil where it may not.
  ///
  /// - Parameters:
  ///   - width, height: of the whole picture, in pixels (≥ 1).
  ///   - denominators: parts that the decoder knows, the smallest picture first.
  public func reduced(width: Int, height: Int, denominators: [Int]) -> Resizing? {
    guard isThumbnail, reduction == nil, method != .nearest,
      let sides = sides(width: width, height: height)
    else { return nil }
    let scale = min(
      sides.horizontal.length / Double(sides.horizontal.output),
      sides.vertical.length / Double(sides.vertical.output))
    guard let denominator = denominators.first(where: { scale >= 2 * Double($0) }) else {
      return nil
    }
    var resizing = self
    resizing.reduction = Reduction(width: width, height: height, denominator: denominator)
    return resizing
  }

  /// Where the pixels come from in a picture that came; nil where a side would become too long.
  ///
  /// The side that follows from the other is rounded to the nearest whole pixel, ½ up, and at least
  /// 1, as in ImageMagick.
  package func sides(width: Int, height: Int) -> (horizontal: ResizedSide, vertical: ResizedSide)? {
    guard let reduction else { return wholeSides(width: width, height: height) }
    let sides = wholeSides(width: reduction.width, height: reduction.height)
    func reduced(_ side: ResizedSide, _ input: Int) -> ResizedSide {
      let denominator = Double(reduction.denominator)
      return ResizedSide(
        input: input, output: side.output, start: side.start / denominator,
        length: side.length / denominator)
    }
    return sides.map { (reduced($0.horizontal, width), reduced($0.vertical, height)) }
  }

  private func wholeSides(
    width: Int, height: Int
  ) -> (horizontal: ResizedSide, vertical: ResizedSide)? {
    func whole(_ side: Int) -> ResizedSide {
      ResizedSide(input: side, output: side, start: 0, length: Double(side))
    }
    var (across, down) = (whole(width), whole(height))
    func scale(_ numerator: Double, _ denominator: Double) {
      if !enlarges && numerator >= denominator { return }
      across.output = Self.rounded(Double(width) * numerator / denominator)
      down.output = Self.rounded(Double(height) * numerator / denominator)
    }
    switch size {
    case .factor(let factor): scale(factor, 1)
    case .longest(let side): scale(Double(side), Double(max(width, height)))
    case .shortest(let side): scale(Double(side), Double(min(width, height)))
    case .sides(let wanted?, nil): scale(Double(wanted), Double(width))
    case .sides(nil, let wanted?): scale(Double(wanted), Double(height))
    case .sides(nil, nil): break
    case .sides(let columns?, let rows?):
      // columns / width against rows / height, in whole numbers.
      let isWider = columns * height >= rows * width
      switch fit {
      case .fill:
        across.output = enlarges ? columns : min(columns, width)
        down.output = enlarges ? rows : min(rows, height)
      case .inside:
        isWider ? scale(Double(rows), Double(height)) : scale(Double(columns), Double(width))
      case .outside:
        isWider ? scale(Double(columns), Double(width)) : scale(Double(rows), Double(height))
      case .cover:
        cover(columns, rows, isWider: isWider, &across, &down)
      }
    }
    guard max(across.output, down.output) <= Self.longestSide else { return nil }
    return (across, down)
  }

  /// Scales so that the sides are just filled, and shows the middle.
  private func cover(
    _ columns: Int, _ rows: Int, isWider: Bool, _ across: inout ResizedSide,
    _ down: inout ResizedSide
  ) {
    let factor =
      isWider ? Double(columns) / Double(across.input) : Double(rows) / Double(down.input)
    let kept = enlarges ? factor : min(factor, 1)
    func cut(_ side: inout ResizedSide, to wanted: Int, isFilled: Bool) {
      side.output = enlarges ? wanted : min(wanted, side.input)
      if isFilled && kept == factor { return }
      side.length = min(Double(side.output) / kept, Double(side.input))
      side.start = (Double(side.input) - side.length) / 2
      // Pixels that are not scaled stay whole.
      if kept == 1 { side.start.round(.down) }
    }
    cut(&across, to: columns, isFilled: isWider)
    cut(&down, to: rows, isFilled: !isWider)
  }

  private static func rounded(_ side: Double) -> Int {
    // Beyond the longest side the number does not matter.
    Int(min(max((side + 0.5).rounded(.down), 1), 1e9))
  }

  /// What makes of a picture that lies on its side what this makes of the upright one.
  public func transposed() -> Resizing {
    var resizing = self
    if case .sides(let width, let height) = size {
      resizing.size = .sides(width: height, height: width)
    }
    return resizing
  }

  /// Whether a turned picture would have another size.
  var isDirectional: Bool {
    switch size {
    case .factor, .longest, .shortest: false
    case .sides(let width, let height): width != height
    }
  }
}
