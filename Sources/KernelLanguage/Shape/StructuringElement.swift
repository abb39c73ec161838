import Raster

/// Which samples of a window take part.
public struct StructuringElement: Sendable, Hashable {
  /// Columns (≥ 1).
  public let width: Int
  /// Rows (≥ 1).
  public let height: Int
  /// Row by row, nil where all are members.
  public let members: [Bool]?
  /// The member that meets the output sample; nil for ⌊width/2⌋, ⌊height/2⌋.
  public var anchor: Kernel.Anchor?

  /// - Parameter members: `width · height` flags, at least one of them set; nil for all.
  public init(width: Int, height: Int, members: [Bool]? = nil) {
    precondition(width >= 1 && height >= 1, "a window has a sample")
    precondition(members.map { $0.count == width * height && $0.contains(true) } ?? true)
    self.width = width
    self.height = height
    self.members = members.flatMap { $0.allSatisfy { $0 } ? nil : $0 }
  }

  public func contains(_ x: Int, _ y: Int) -> Bool { members.map { $0[y * width + x] } ?? true }

  /// How many samples take part.
  public var count: Int {
    members.map { $0.reduce(0) { $0 + ($1 ? 1 : 0) } } ?? width.saturatingProduct(height)
  }

  /// Turned by 180°.
  public var mirrored: StructuringElement {
    StructuringElement(width: width, height: height, members: members.map { $0.reversed() })
  }

  /// Whether a turned or mirrored picture meets the same members.
  var isUnchangedByTurns: Bool {
    guard width == height, width % 2 == 1 else { return false }
    if members == nil { return true }
    return (0..<height).allSatisfy { y in
      (0..<width).allSatisfy { x in
        contains(x, y) == contains(y, x) && contains(x, y) == contains(width - 1 - x, y)
      }
    }
  }
}

/// The outline of a structuring element.
///
///     u = x / (width/2 − ½),  v = y / (height/2 − ½),  from the middle of the window
public enum ElementShape: String, Sendable, Hashable, CaseIterable {
  /// All of the window.
  case box
  /// `u² + v² ≤ 1`: with a radius that of the kernel `disk` (skimage.morphology.disk).
  case disk
  /// `|u| + |v| ≤ 1`.
  case diamond
  /// The middle row and column (OpenCV's MORPH_CROSS).
  case cross

  /// - Parameters:
  ///   - name: `square`, `ellipse` and `plus` are other names.
  init?(name: String) {
    switch name.lowercased() {
    case "box", "square", "rect", "rectangle": self = .box
    case "disk", "disc", "circle", "ellipse": self = .disk
    case "diamond": self = .diamond
    case "cross", "plus": self = .cross
    default: return nil
    }
  }

  /// The element of a window.
  ///
  /// - Parameters:
  ///   - radius: from the middle to the outline, in samples; nil for that of the window.
  func element(width: Int, height: Int, radius: Double? = nil) -> StructuringElement {
    let (rx, ry) = (radius ?? Double(width - 1) / 2, radius ?? Double(height - 1) / 2)
    // A single row or column is all outline.
    guard self != .box, rx > 0, ry > 0 else {
      return StructuringElement(width: width, height: height)
    }
    let (middleX, middleY) = (Double(width - 1) / 2, Double(height - 1) / 2)
    var members: [Bool] = []
    members.reserveCapacity(width * height)
    for row in 0..<height {
      // Products rather than quotients keep halves exact.
      let v = abs(Double(row) - middleY) * rx
      for column in 0..<width {
        let u = abs(Double(column) - middleX) * ry
        let isMember =
          switch self {
          case .box: true
          case .disk: u * u + v * v <= rx * ry * rx * ry
          case .diamond: u + v <= rx * ry
          case .cross: column == width / 2 || row == height / 2
          }
        members.append(isMember)
      }
    }
    return StructuringElement(width: width, height: height, members: members)
  }
}
