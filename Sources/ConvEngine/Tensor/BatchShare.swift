internal import CConvKernels
public import Raster

/// The examples of a batch that are this rank's, where several share it.
///
/// Each rank holds neighbouring leaves of the tree by which sums over the batch are made (`BatchTree`). It
/// sums what it can by itself; the rest is joined from rank to rank, in as many steps as the tree is high.
/// So the sums are those of one process, bit for bit, for any number of ranks.
public struct BatchShare: Sendable {
  public let link: any RankLink
  /// Examples of the whole batch.
  public let whole: Int
  public let tree: BatchTree

  /// - Parameter whole: examples of the batch (≥ 1).
  public init(whole: Int, _ link: any RankLink) {
    self.whole = whole
    self.link = link
    tree = BatchTree(whole: whole)
  }

  /// The leaves of a rank: none where there are more ranks than leaves, but the first rank has one in
  /// any case.
  public func leaves(of rank: Int) -> Range<Int> {
    func start(_ rank: Int) -> Int { (tree.leaves * rank + link.count - 1) / link.count }
    return start(rank)..<start(rank + 1)
  }

  /// The rank that holds a leaf: the last whose leaves do not begin behind it.
  private func holder(of leaf: Int) -> Int { leaf * link.count / tree.leaves }

  public func examples(of rank: Int) -> Range<Int> { tree.examples(of: leaves(of: rank)) }

  /// This rank's examples.
  public var examples: Range<Int> { examples(of: link.rank) }

  /// Examples that a rank may get of a batch of at most `largest`.
  public static func mostExamples(of largest: Int, _ link: any RankLink) -> Int {
    (1...largest).map { BatchShare(whole: $0, link).examples.count }.max() ?? 0
  }

  /// What this rank does for a sum over the batch.
  var plan: TreePlan {
    TreePlan(tree, own: leaves(of: link.rank), rank: link.rank, holder: holder)
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
