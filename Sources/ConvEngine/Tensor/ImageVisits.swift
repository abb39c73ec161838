internal import Raster

/// Work of others on images of a batch that a block lets them do while these are in the cache: just before it
/// reads what they bring, and just after it has written what they take.
///
/// Each is called once for every image, on any thread.
public struct ImageVisits: Sendable {
  /// Given neighbouring images, counted from the first of the batch.
  public typealias Visit = @Sendable (_ images: Range<Int>) -> Void

  public var before: Visit?
  public var after: Visit?

  public init(before: Visit? = nil, after: Visit? = nil) {
    self.before = before
    self.after = after
  }

  /// All images at once, where a block does not go from image to image.
  static func visitAll(_ visit: Visit?, batch: Int, _ team: ThreadTeam) {
    guard let visit else { return }
    team.split(0..<batch, grain: 1) { visit($0) }
  }
}
