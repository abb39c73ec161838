internal import CConvKernels
public import Raster

/// The examples of a batch that are this rank's, where several share it.
///
/// Sums over a batch run over pieces of it, one piece after the other. Each rank holds some pieces, in
/// the order of the ranks: what is summed so far goes from rank to rank, and the last one tells all. So
/// the sums are those of one process, bit for bit, for any number of ranks.
public struct BatchShare: Sendable {
  public let link: any RankLink
  /// Examples of the whole batch.
  public let whole: Int

  /// - Parameter whole: examples of the batch (≥ 1).
  public init(whole: Int, _ link: any RankLink) {
    precondition(whole >= 1, "a batch holds an example")
    self.whole = whole
    self.link = link
  }

  /// Pieces of the batch.
  private var chunks: Int { min(batchChunks, whole) }

  /// The pieces of a rank; the first rank has one in any case.
  private func pieces(of rank: Int) -> Range<Int> {
    func start(_ rank: Int) -> Int { (chunks * rank + link.count - 1) / link.count }
    return start(rank)..<start(rank + 1)
  }

  /// The examples of a rank: none where there are more ranks than pieces.
  public func examples(of rank: Int) -> Range<Int> {
    let pieces = pieces(of: rank)
    func place(_ piece: Int) -> Int { whole * piece / chunks }
    return place(pieces.lowerBound)..<place(pieces.upperBound)
  }

  /// This rank's examples.
  public var examples: Range<Int> { examples(of: link.rank) }

  /// The examples of this rank's pieces, counted from its first example.
  var localPieces: [Range<Int>] {
    let first = examples.lowerBound
    return pieces(of: link.rank).map { piece in
      let examples = chunk(piece, of: chunks, whole)
      return examples.lowerBound - first..<examples.upperBound - first
    }
  }

  /// Examples that a rank may get of a batch of at most `largest`.
  public static func mostExamples(of largest: Int, _ link: any RankLink) -> Int {
    (1...largest).map { BatchShare(whole: $0, link).examples.count }.max() ?? 0
  }

  /// Parts of `size` elements an example.
  func parts(_ size: Int) -> [Range<Int>] {
    (0..<link.count).map {
      let examples = examples(of: $0)
      return examples.lowerBound * size..<examples.upperBound * size
    }
  }

  /// The values of all examples, of which each rank has its own.
  ///
  /// - Parameters:
  ///   - own: those of this rank's examples.
  ///   - all: `whole · size` values, written.
  public func collect<Element: BitwiseCopyable>(
    _ own: UnsafePointer<Element>, size: Int, into all: UnsafeMutablePointer<Element>
  ) {
    let examples = examples
    (all + examples.lowerBound * size).update(from: own, count: examples.count * size)
    link.exchange(
      UnsafeMutableBufferPointer(start: all, count: whole * size), parts: parts(size))
  }

  /// Carries a sum through the ranks: each adds its own to what those before it have summed.
  ///
  /// - Parameters:
  ///   - add: told whether something is there to be added to; afterwards `sum` holds this rank's, too.
  ///   - sum: afterwards that of all ranks.
  public func carry<Element: BitwiseCopyable>(
    _ sum: UnsafeMutableBufferPointer<Element>, add: (_ isFirst: Bool) -> Void
  ) {
    pass(sum, add: add)
    link.broadcast(UnsafeMutableRawBufferPointer(sum), from: link.count - 1)
  }

  private func pass<Element: BitwiseCopyable>(
    _ sum: UnsafeMutableBufferPointer<Element>, add: (_ isFirst: Bool) -> Void
  ) {
    let (rank, count) = (link.rank, link.count)
    if rank > 0 { link.receive(UnsafeMutableRawBufferPointer(sum), from: rank - 1) }
    add(rank == 0)
    if rank + 1 < count { link.send(UnsafeRawBufferPointer(sum), to: rank + 1) }
  }

  /// Elements that go from rank to rank at a time: while a rank adds, the next one adds those before.
  private static let segment = 1 << 15

  /// Adds the sums of all pieces in their order.
  ///
  /// - Parameters:
  ///   - sums: those of this rank's pieces, `count` elements each; afterwards the first ones are the sums
  ///     over the batch.
  func join(
    _ sums: UnsafeMutablePointer<Float>, count: Int, _ kernels: TensorKernels, _ team: ThreadTeam
  ) {
    let pieces = pieces(of: link.rank).count
    let room = UnsafeMutableBufferPointer<Float>.allocate(capacity: Self.segment)
    defer { room.deallocate() }
    for first in stride(from: 0, to: count, by: Self.segment) {
      let length = min(Self.segment, count - first)
      let state = UnsafeMutableBufferPointer(rebasing: room[..<length])
      // Safety: pieces have `count` elements each; a part of the segment is a task's own.
      pass(state) { isFirst in
        nonisolated(unsafe) let (to, sums) = (state.baseAddress!, sums + first)
        if isFirst { to.update(from: sums, count: length) }
        team.split(0..<length, grain: 4096) { part in
          for piece in (isFirst ? 1 : 0)..<max(pieces, isFirst ? 1 : 0) {
            kernels.table.combine(
              part.count, 1, sums + piece * count + part.lowerBound, 1, to + part.lowerBound)
          }
        }
      }
      (sums + first).update(from: state.baseAddress!, count: length)
    }
    link.broadcast(
      UnsafeMutableRawBufferPointer(start: sums, count: count * MemoryLayout<Float>.stride),
      from: link.count - 1)
  }
}
