/// Memory that the layers of a network use one after the other, each for the time of a pass.
///
/// A pass finds what the one before has left, and must write what it reads.
public final class PassMemory: @unchecked Sendable {
  // Safety: passes follow each other; the caller of one takes its parts before tasks share them.
  enum Part: Int, CaseIterable {
    /// Weights as Winograd's products want them: plane by plane, then in panels.
    case planes, packed
    /// Tiles of images, transformed: what comes in and what comes out.
    case inputs, products
    /// Sums over parts of a batch.
    case partial
    /// The same, of parts that wait for their neighbours.
    case waiting
  }

  private var parts: [TensorMemory<Float>]

  public init() { parts = Part.allCases.map { _ in TensorMemory(count: 0) } }

  /// So many elements, of any value; the largest number ever asked for is kept.
  func floats(_ part: Part, _ count: Int) -> UnsafeMutablePointer<Float> {
    if parts[part.rawValue].count < count {
      // The old one goes first: both need not fit.
      parts[part.rawValue] = TensorMemory(count: 0)
      parts[part.rawValue] = TensorMemory(count: count)
    }
    return parts[part.rawValue].pointer
  }
}
