import KernelLanguage

/// What a body is asked for that finds a member of each window: which one, and of what windows.
///
/// Extremes may be of any element, other members are of neighbours.
package struct RankRequest: Sendable {
  package enum Member: Sendable, Hashable {
    case smallest
    case largest
    /// At this place in ascending order, from 0.
    case place(Int)
  }

  package let member: Member
  package let element: StructuringElement
  /// Columns and rows between members that are neighbours (≥ 1).
  package let dilation: (x: Int, y: Int)
  /// Samples of a pixel.
  package let channels: Int
  /// Distance between the windows of neighbouring output rows (≥ 1).
  package let rowStride: Int
  /// `.uint8` or `.uint16`.
  package let input: Element

  package init(
    _ member: Member, of element: StructuringElement, dilation: (x: Int, y: Int) = (1, 1),
    channels: Int, rowStride: Int = 1, input: Element
  ) {
    precondition(input == .uint8 || input == .uint16, "pictures in integers")
    self.member = member
    self.element = element
    self.dilation = dilation
    self.channels = channels
    self.rowStride = rowStride
    self.input = input
  }

  /// Samples between columns that are neighbours.
  var sampleStep: Int { dilation.x * channels }

  /// Members of a window.
  var samples: Int { element.count }

  /// Whether members are all samples of a rectangle.
  var isRectangle: Bool { element.members == nil }

  /// The place of the member in ascending order, from 0.
  var place: Int {
    switch member {
    case .smallest: 0
    case .largest: samples - 1
    case .place(let place): place
    }
  }

  /// Whether the largest member is wanted rather than the smallest.
  func isMaximum() throws(BodyRefusal) -> Bool {
    switch member {
    case .smallest: return false
    case .largest: return true
    case .place(0): return false
    case .place(let place):
      if place < samples - 1 { throw .noExtreme }
      return true
    }
  }

  /// Refuses what is no rectangle of neighbours below one another.
  func checkIsPlain() throws(BodyRefusal) {
    guard isRectangle else { throw .noRectangle }
    try checkAreNeighbours()
  }

  /// Refuses members, and rows of windows, that lie apart.
  func checkAreNeighbours() throws(BodyRefusal) {
    guard dilation == (1, 1) else { throw .noRectangle }
    guard rowStride == 1 else { throw .rowsApart }
  }
}
