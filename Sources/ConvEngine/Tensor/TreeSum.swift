internal import CConvKernels
import Raster

/// Sums over a batch, by its tree: of nodes on the threads of a team, then of all.
///
/// Buffers are made on first use: as many as this rank has nodes, and a few for the threads.
final class TreeSum: @unchecked Sendable {
  // Safety: tasks keep to their own buffers, or their own part of all.
  /// Floats of a sum.
  let count: Int
  private let kernels: TensorKernels
  /// Where sums lie: memory of many layers in turn, or this one's own.
  private let memory: PassMemory?
  private var own = TensorMemory<Float>(count: 0)
  private var buffers: UnsafeMutablePointer<Float>
  /// For what is on the right of a node while its left is in place.
  private let spare: Workspaces<TensorMemory<Float>>
  /// Joins the sums of several ranks.
  let ranks: RankSum

  init(count: Int, _ kernels: TensorKernels, memory: PassMemory? = nil) {
    self.count = count
    self.kernels = kernels
    self.memory = memory
    buffers = own.pointer
    spare = Workspaces { TensorMemory(count: count) }
    ranks = RankSum(count: count, kernels)
  }

  /// - Parameters:
  ///   - batch: examples here.
  ///   - share: where they are this rank's of a larger batch, over which the sum runs.
  ///   - add: adds neighbouring examples, counted from the first here, to sums; called on several threads.
  ///   - then: given the sum once it is there: before `run` returns, or where the batch is shared, when its
  ///     exchange has come so far.
  func run(
    batch: Int, _ share: BatchShare?, _ team: ThreadTeam,
    add: @Sendable (_ examples: Range<Int>, _ sums: UnsafeMutablePointer<Float>) -> Void,
    then: @escaping (_ sum: UnsafePointer<Float>) -> Void
  ) {
    let tree = share?.tree ?? BatchTree(whole: batch)
    let plan = TreePlan(tree, own: share.map { $0.leaves(of: $0.link.rank) } ?? 0..<tree.leaves)
    let first = share?.examples.lowerBound ?? 0
    let needed = max(1, plan.nodes.count) * count
    if let memory {
      buffers = memory.floats(.partial, needed)
    } else {
      if own.count < needed { own = TensorMemory(count: needed) }
      buffers = own.pointer
    }
    nonisolated(unsafe) let sums = buffers
    team.run(plan.nodes.count) { index in
      self.sum(plan.nodes[index], into: sums + index * self.count) { leaf, sums in
        let examples = tree.examples(of: leaf..<leaf + 1)
        add(examples.lowerBound - first..<examples.upperBound - first, sums)
      }
    }
    if plan.adds.count > 0 {
      team.split(0..<count, grain: max(4096, count / 64)) { part in
        for (to, from) in plan.adds { self.combine(part, to, from) }
      }
    }
    guard let share else { return then(UnsafePointer(buffers)) }
    let room = ranks.room(share)
    for (index, root) in plan.roots.enumerated() {
      (room + index * count).update(from: buffers + root.buffer * count, count: count)
    }
    ranks.begin(share, team, then: then)
  }

  /// Leaves from left to right; the sum of a right part is added when it is whole.
  private func sum(
    _ node: Range<Int>, into sums: UnsafeMutablePointer<Float>,
    _ add: (_ leaf: Int, UnsafeMutablePointer<Float>) -> Void
  ) {
    if node.count == 1 {
      sums.update(repeating: 0, count: count)
      return add(node.lowerBound, sums)
    }
    let middle = BatchTree.middle(node)
    sum(node.lowerBound..<middle, into: sums, add)
    spare.borrow { right in
      sum(middle..<node.upperBound, into: right.pointer, add)
      kernels.table.combine(count, 1, right.pointer, 1, sums)
    }
  }

  private func combine(_ part: Range<Int>, _ to: Int, _ from: Int) {
    let start = buffers + part.lowerBound
    kernels.table.combine(part.count, 1, start + from * count, 1, start + to * count)
  }
}
