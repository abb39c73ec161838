public import Raster

/// The examples of a batch that are this rank's, where several share it.
///
/// Each rank holds neighbouring leaves of the tree by which sums over the batch are made (`BatchTree`). It
/// sums what it can by itself; the rest is joined among them (`RankSum`), by the same tree.
/// So the sums are those of one process, bit for bit, for any number of ranks.
public struct BatchShare: Sendable {
  public let link: any RankLink
  /// Examples of the whole batch.
  public let whole: Int
  public let tree: BatchTree
  /// What is under way among the ranks in this step.
  public let exchange: BatchExchange
  /// How gradients of weights are told.
  public let gradients: Precision

  /// - Parameter whole: examples of the batch (≥ 1).
  public init(whole: Int, _ link: any RankLink, gradients: Precision = .f32) {
    self.whole = whole
    self.link = link
    self.gradients = gradients
    tree = BatchTree(whole: whole)
    exchange = BatchExchange(link)
  }

  /// The leaves of a rank: none where there are more ranks than leaves, but the first rank has one in
  /// any case.
  public func leaves(of rank: Int) -> Range<Int> {
    func start(_ rank: Int) -> Int { (tree.leaves * rank + link.count - 1) / link.count }
    return start(rank)..<start(rank + 1)
  }

  public func examples(of rank: Int) -> Range<Int> { tree.examples(of: leaves(of: rank)) }

  /// This rank's examples.
  public var examples: Range<Int> { examples(of: link.rank) }

  /// Examples that a rank may get of a batch of at most `largest`.
  public static func mostExamples(of largest: Int, _ link: any RankLink) -> Int {
    (1...largest).map { BatchShare(whole: $0, link).examples.count }.max() ?? 0
  }

  /// The largest nodes that are a rank's own.
  func roots(of rank: Int) -> [Range<Int>] {
    tree.nodes(covering: leaves(of: rank), most: tree.leaves)
  }

  /// Whether every rank holds one node of the tree, all of the same height.
  var isEven: Bool {
    let (leaves, ranks) = (tree.leaves, link.count)
    return leaves & (leaves - 1) == 0 && ranks & (ranks - 1) == 0 && ranks <= leaves
  }

  /// The values of all examples, of which each rank has its own.
  ///
  /// - Parameters:
  ///   - own: those of this rank's examples.
  ///   - all: `whole · size` values, written.
  public func collect<Element: BitwiseCopyable>(
    _ own: UnsafePointer<Element>, size: Int, into all: UnsafeMutablePointer<Element>
  ) {
    let parts = (0..<link.count).map(examples)
    (all + examples.lowerBound * size).update(from: own, count: examples.count * size)
    link.exchange(
      UnsafeMutableBufferPointer(start: all, count: whole * size),
      parts: parts.map { $0.lowerBound * size..<$0.upperBound * size })
  }

  /// The values of all leaves, of which each rank has its own in their places.
  ///
  /// - Parameter all: `leaves · size` values.
  public func collectLeaves<Element: BitwiseCopyable>(
    _ all: UnsafeMutablePointer<Element>, size: Int
  ) {
    link.exchange(
      UnsafeMutableBufferPointer(start: all, count: tree.leaves * size),
      parts: (0..<link.count).map {
        leaves(of: $0).lowerBound * size..<leaves(of: $0).upperBound * size
      })
  }
}
