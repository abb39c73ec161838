/// The processes that work on one thing together, as one of them sees it: ranks 0 ..< count, each of
/// which makes the same calls in the same order.
///
/// A call returns when the memory that it was given may be used again. There are no errors: where a rank
/// is lost, all end.
public protocol RankLink: AnyObject, Sendable {
  /// This one's number.
  var rank: Int { get }
  /// How many there are (≥ 1).
  var count: Int { get }

  func send(_ bytes: UnsafeRawBufferPointer, to rank: Int)
  func receive(_ bytes: UnsafeMutableRawBufferPointer, from rank: Int)
  /// Sends to a rank that sends as many as are received, at the same time.
  func swap(
    sending bytes: UnsafeRawBufferPointer, receiving others: UnsafeMutableRawBufferPointer,
    with rank: Int)
  /// The bytes of one rank go to all others.
  func broadcast(_ bytes: UnsafeMutableRawBufferPointer, from rank: Int)
  /// The parts of all ranks go to all ranks.
  ///
  /// - Parameter parts: where the part of each rank lies in `bytes`; one's own is there already.
  func exchange(_ bytes: UnsafeMutableRawBufferPointer, parts: [Range<Int>])
  /// Waits until all ranks have come here, or one has failed before.
  ///
  /// - Returns: false where one has failed: no further call is for all then.
  func meet() -> Bool
}

extension RankLink {
  public func meet() -> Bool { agree(true) }

  /// One after the other.
  public func swap(
    sending bytes: UnsafeRawBufferPointer, receiving others: UnsafeMutableRawBufferPointer,
    with rank: Int
  ) {
    if self.rank < rank { send(bytes, to: rank) }
    receive(others, from: rank)
    if self.rank > rank { send(bytes, to: rank) }
  }
}

extension RankLink {
  /// As bytes, with elements for units.
  public func exchange<Element: BitwiseCopyable>(
    _ elements: UnsafeMutableBufferPointer<Element>, parts: [Range<Int>]
  ) {
    let size = MemoryLayout<Element>.stride
    exchange(
      UnsafeMutableRawBufferPointer(elements),
      parts: parts.map { $0.lowerBound * size..<$0.upperBound * size })
  }

  /// What each rank has to say, in the order of the ranks.
  public func collect(_ own: [UInt8]) -> [[UInt8]] {
    var lengths = [Int](repeating: 0, count: count)
    lengths[rank] = own.count
    lengths.withUnsafeMutableBufferPointer { exchange($0, parts: (0..<count).map { $0..<$0 + 1 }) }
    var parts: [Range<Int>] = []
    for length in lengths {
      let start = parts.last?.upperBound ?? 0
      parts.append(start..<start + length)
    }
    var all = [UInt8](repeating: 0, count: parts.last?.upperBound ?? 0)
    all.replaceSubrange(parts[rank], with: own)
    all.withUnsafeMutableBytes { exchange($0, parts: parts) }
    return parts.map { Array(all[$0]) }
  }

  /// Whether it is so on every rank.
  public func agree(_ isSo: Bool) -> Bool {
    var answers = [UInt8](repeating: 0, count: count)
    answers[rank] = isSo ? 1 : 0
    let parts = (0..<count).map { $0..<$0 + 1 }
    answers.withUnsafeMutableBytes { exchange($0, parts: parts) }
    return answers.allSatisfy { $0 == 1 }
  }
}
