/// A part of a picture.
public struct Cropping: Sendable, Hashable {
  /// Of the part, in pixels (≥ 1); nil for all that there is.
  public var width: Int?
  public var height: Int?
  /// Pixels from the side that the gravity names to the part, inwards; from the middle to the right
  /// and down.
  public var x: Int
  public var y: Int
  public var gravity: Gravity

  public init(width: Int?, height: Int?, x: Int = 0, y: Int = 0, gravity: Gravity = .northWest) {
    (self.width, self.height, self.x, self.y) = (width, height, x, y)
    self.gravity = gravity
  }

  /// The side or corner that a part is measured from.
  public enum Gravity: String, Sendable, Hashable, CaseIterable {
    case northWest = "northwest"
    case north
    case northEast = "northeast"
    case west
    case center
    case east
    case southWest = "southwest"
    case south
    case southEast = "southeast"
  }

  /// The part of a picture of a size, as far as it lies inside; nil where nothing of it does.
  package func part(width: Int, height: Int) -> (columns: Range<Int>, rows: Range<Int>)? {
    guard
      let columns = Self.range(self.width ?? width, x, gravity.across, of: width),
      let rows = Self.range(self.height ?? height, y, gravity.down, of: height)
    else { return nil }
    return (columns, rows)
  }

  /// - Parameter place: −1 at the start, 0 in the middle, 1 at the end.
  private static func range(_ size: Int, _ offset: Int, _ place: Int, of length: Int) -> Range<Int>?
  {
    let first =
      switch place {
      case -1: offset
      case 0: (length - size) / 2 + offset
      default: length - size - offset
      }
    let range = (first..<first + size).clamped(to: 0..<length)
    return range.isEmpty ? nil : range
  }
}

extension Cropping.Gravity {
  fileprivate var across: Int {
    switch self {
    case .northWest, .west, .southWest: -1
    case .north, .center, .south: 0
    case .northEast, .east, .southEast: 1
    }
  }

  fileprivate var down: Int {
    switch self {
    case .northWest, .north, .northEast: -1
    case .west, .center, .east: 0
    case .southWest, .south, .southEast: 1
    }
  }
}
