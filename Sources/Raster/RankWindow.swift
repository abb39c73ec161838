/// Memory of each rank that all ranks of a machine read where it lies; zero at first, aligned to 64 bytes, and
/// 128 bytes beyond its end may be read.
///
/// Letters keep a rank from writing what others still read, and these from reading what is not written yet.
public final class RankWindow: @unchecked Sendable {
  // Safety: the memory stays until the last reference has gone; who writes it waits for those who read.
  /// This rank's.
  public let own: UnsafeMutableRawPointer
  /// Those of all, by rank.
  public let places: [UnsafeRawPointer]
  private let close: () -> Void

  /// - Parameter close: gives the memory back.
  public init(
    own: UnsafeMutableRawPointer, places: [UnsafeRawPointer], close: @escaping () -> Void
  ) {
    self.own = own
    self.places = places
    self.close = close
  }

  deinit { close() }
}
