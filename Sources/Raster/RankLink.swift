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

  /// Starts to send to others and to receive from them, and goes on.
  ///
  /// - Parameters:
  ///   - letters: their memory is in use until the delivery is done.
  ///   - number: 0…32767, the same for a letter where it goes and where it comes. Several deliveries may be
  ///     under way; letters of one number come in the order in which they went.
  func start(_ letters: RankLetters, number: Int) -> any RankDelivery
  /// The parts of all ranks go to all ranks.
  ///
  /// - Parameter parts: where the part of each rank lies in `bytes`; one's own is there already.
  func exchange(_ bytes: UnsafeMutableRawBufferPointer, parts: [Range<Int>])
  /// Waits until all ranks have come here, or one has failed before.
  ///
  /// - Returns: false where one has failed: no further call is for all then.
  func meet() -> Bool
  /// Memory that the other ranks read where it lies.
  ///
  /// - Parameter bytes: of this rank's; those of others may be longer or shorter.
  /// - Returns: nil on all ranks where they do not see each other's memory, as on several machines.
  func window(bytes: Int) -> RankWindow?
}

/// What goes to other ranks and comes from them; both sides know the lengths.
public struct RankLetters {
  public private(set) var sent: [(bytes: UnsafeRawBufferPointer, rank: Int)] = []
  public private(set) var received: [(bytes: UnsafeMutableRawBufferPointer, rank: Int)] = []

  public init() {}

  /// Nothing is sent where there is nothing.
  public mutating func send<Element: BitwiseCopyable>(
    _ elements: UnsafePointer<Element>, _ count: Int, to rank: Int
  ) {
    if count == 0 { return }
    sent.append((UnsafeRawBufferPointer(UnsafeBufferPointer(start: elements, count: count)), rank))
  }

  public mutating func receive<Element: BitwiseCopyable>(
    _ elements: UnsafeMutablePointer<Element>, _ count: Int, from rank: Int
  ) {
    if count == 0 { return }
    received.append(
      (
        UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(start: elements, count: count)),
        rank
      ))
  }
}

/// Letters under way.
public protocol RankDelivery: AnyObject {
  /// Whether all have gone and come; does not wait for them.
  func isDone() -> Bool
  func wait()
}

extension RankLink {
  public func meet() -> Bool { agree(true) }

  public func window(bytes: Int) -> RankWindow? { nil }
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
