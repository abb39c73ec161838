/// The binary tree by which sums over a batch are made.
///
/// Its leaves are pieces of the batch: sixteen, or where there are more than 512 examples a power of two,
/// so that a piece has 32 at most: more pieces would feed more ranks, but to add up sums costs as much as
/// some examples do. A node of n leaves has the first 2^k of them on its left, the largest
/// power below n, and the others on its right. The tree is one of the batch alone: whoever sums what, on any
/// number of threads and ranks, the sums are the same.
///
/// - SeeAlso: the reproducible reductions of KaMPIng, which follow one such tree, too.
public struct BatchTree: Sendable, Hashable {
  /// Examples of the batch (≥ 1).
  public let whole: Int
  public let leaves: Int

  private static let (fewest, examplesInLeaf) = (16, 32)
  /// Nodes whose sums are kept at a time where one process holds all: as many threads find work.
  private static let tasks = 16

  public init(whole: Int) {
    precondition(whole >= 1, "a batch holds an example")
    self.whole = whole
    var leaves = Self.fewest
    while leaves * Self.examplesInLeaf < whole { leaves *= 2 }
    self.leaves = min(leaves, whole)
  }

  /// The examples of neighbouring leaves.
  public func examples(of node: Range<Int>) -> Range<Int> {
    whole * node.lowerBound / leaves..<whole * node.upperBound / leaves
  }

  /// Where the right part of a node of two leaves or more begins.
  static func middle(_ node: Range<Int>) -> Int {
    var left = 1
    while 2 * left < node.count { left *= 2 }
    return node.lowerBound + left
  }

  /// The largest nodes that together are `range`, but none of more leaves than a sixteenth of all.
  func nodes(covering range: Range<Int>) -> [Range<Int>] {
    nodes(covering: range, most: max(1, leaves / Self.tasks))
  }

  /// The largest nodes that together are `range`, but none of more leaves than `most`.
  func nodes(covering range: Range<Int>, most: Int) -> [Range<Int>] {
    var nodes: [Range<Int>] = []
    func visit(_ node: Range<Int>) {
      if node.isEmpty || !node.overlaps(range) { return }
      if node.count <= most, range.contains(node.lowerBound), node.upperBound <= range.upperBound {
        nodes.append(node)
        return
      }
      let middle = Self.middle(node)
      visit(node.lowerBound..<middle)
      visit(middle..<node.upperBound)
    }
    visit(0..<leaves)
    return nodes
  }

  /// Joins the values of all leaves of a node by the tree: afterwards those of the first are those of the node.
  ///
  /// - Parameters:
  ///   - node: nil for all leaves.
  ///   - merge: joins the values of the node that begins at `from` with those of its left neighbour,
  ///     which begins at `to`; both are told with their examples.
  public func fold(
    _ node: Range<Int>? = nil,
    _ merge: (_ to: (leaf: Int, examples: Int), _ from: (leaf: Int, examples: Int)) -> Void
  ) {
    func visit(_ node: Range<Int>) {
      guard node.count > 1 else { return }
      let middle = Self.middle(node)
      let (left, right) = (node.lowerBound..<middle, middle..<node.upperBound)
      visit(left)
      visit(right)
      merge(
        (left.lowerBound, examples(of: left).count), (right.lowerBound, examples(of: right).count))
    }
    visit(node ?? 0..<leaves)
  }
}

/// Joins nodes of a `BatchTree` as they come, from left to right: two of the same size become one. What waits
/// lies in buffers that are numbered from 0.
struct TreeCounter {
  /// Leaves of the nodes that wait, in their buffers.
  private var waiting: [Int] = []
  private let join: (_ to: Int, _ from: Int) -> Void

  /// - Parameter join: adds a buffer to another.
  init(_ join: @escaping (_ to: Int, _ from: Int) -> Void) { self.join = join }

  /// The buffer that the next node goes to.
  var next: Int { waiting.count }

  /// The next node is in its buffer.
  ///
  /// - Parameter leaves: a power of two, the same for all but the last.
  mutating func add(leaves: Int) {
    waiting.append(leaves)
    while waiting.count > 1, waiting[waiting.count - 2] == waiting[waiting.count - 1] { fold() }
  }

  /// All nodes are there: buffer 0 becomes the whole.
  mutating func finish() { while waiting.count > 1 { fold() } }

  private mutating func fold() {
    let last = waiting.removeLast()
    join(waiting.count - 1, waiting.count)
    waiting[waiting.count - 1] += last
  }
}

/// What a rank does by itself for a sum over the batch.
struct TreePlan {
  /// Its own nodes, each with a buffer of that number.
  let nodes: [Range<Int>]
  /// What it adds up, in this order.
  private(set) var adds: [(to: Int, from: Int)] = []
  /// The largest nodes that are its own, and the buffers where their sums are then.
  private(set) var roots: [(node: Range<Int>, buffer: Int)] = []

  /// - Parameter own: the leaves of this rank.
  init(_ tree: BatchTree, own: Range<Int>) {
    nodes = tree.nodes(covering: own)
    var next = 0
    /// The buffer that has the node's sum.
    func visit(_ node: Range<Int>) -> Int {
      if nodes[next] == node {
        next += 1
        return next - 1
      }
      let middle = BatchTree.middle(node)
      let left = visit(node.lowerBound..<middle)
      let right = visit(middle..<node.upperBound)
      adds.append((left, right))
      return left
    }
    for root in tree.nodes(covering: own, most: tree.leaves) { roots.append((root, visit(root))) }
  }
}
