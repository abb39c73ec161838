internal import CConvKernels
import Raster

/// The sum over a batch of what its ranks have summed: each sums a part of the elements of all, by the batch's
/// tree, and tells the others; meanwhile they go on.
///
/// Small sums of many ranks take fewer messages (`+Halving`), for which they wait for each other.
final class RankSum: @unchecked Sendable {
  // Safety: the thread that runs the pass makes all calls; tasks have their own elements.
  /// Floats of a sum.
  let count: Int
  let kernels: TensorKernels
  /// The sums of this rank's roots; later the sum of all in the place of the first.
  private(set) var own = TensorMemory<Float>(count: 0)
  /// This rank's part of the roots of all others.
  private var arrived = TensorMemory<Float>(count: 0)
  private var isUnderWay = false

  init(count: Int, _ kernels: TensorKernels) {
    self.count = count
    self.kernels = kernels
  }

  /// Where the sums of this rank's roots are laid before `begin`, one after the other.
  func room(_ share: BatchShare) -> UnsafeMutablePointer<Float> {
    if isUnderWay { share.exchange.finish() }
    let needed = max(1, share.roots(of: share.link.rank).count) * count
    if own.count < needed { own = TensorMemory(count: needed) }
    return own.pointer
  }

  /// Starts; what `room` gave holds the sums.
  ///
  /// - Parameter then: called with the sum over the batch once it is there.
  func begin(
    _ share: BatchShare, _ team: ThreadTeam, then: @escaping (UnsafePointer<Float>) -> Void
  ) {
    if share.isEven, !sendsToAll(share.link.count) {
      halve(share, team)
      return then(UnsafePointer(own.pointer))
    }
    isUnderWay = true
    let numbers = (share.exchange.number(), share.exchange.number())
    let (letters, roots) = scatter(share)
    share.exchange.begin(letters, number: numbers.0) {
      self.fold(roots, share, team)
      share.exchange.begin(self.gather(share), number: numbers.1) {
        self.isUnderWay = false
        then(UnsafePointer(self.own.pointer))
      }
    }
  }

  /// Whether it costs less that each rank sends to all others: by the numbers alone, so that all agree.
  ///
  /// In nanoseconds: a message is 5,000; where ranks wait for each other instead, a step is 20,000, and a
  /// float that comes and goes in all of them 6.4 (10 Gbit/s), as nothing is computed meanwhile.
  private func sendsToAll(_ ranks: Int) -> Bool {
    let (messages, steps) = (2 * (ranks - 1), 2 * (Int.bitWidth - ranks.leadingZeroBitCount - 1))
    return Double(messages) * 5000 <= Double(steps) * 20_000 + 6.4 * Double(count)
  }

  private func part(_ rank: Int, _ share: BatchShare) -> Range<Int> {
    chunk(rank, of: share.link.count, count)
  }

  /// A node of the tree, and this rank's part of its sum.
  private struct Root: @unchecked Sendable {
    // Safety: the memory is that of the sum.
    let node: Range<Int>
    let values: UnsafeMutablePointer<Float>
  }

  /// Each rank gets its part of all sums.
  private func scatter(_ share: BatchShare) -> (RankLetters, [Root]) {
    let (rank, ranks) = (share.link.rank, share.link.count)
    let mine = part(rank, share)
    let nodes = (0..<ranks).map { share.roots(of: $0) }
    let own = nodes[rank].count
    let others = nodes.reduce(0) { $0 + $1.count } - own
    if arrived.count < others * mine.count { arrived = TensorMemory(count: others * mine.count) }
    var letters = RankLetters()
    var roots: [Root] = []
    var place = arrived.pointer
    for (other, nodes) in nodes.enumerated() {
      for (index, node) in nodes.enumerated() {
        if other == rank {
          let values = self.own.pointer + index * count + mine.lowerBound
          roots.append(Root(node: node, values: values))
          continue
        }
        letters.receive(place, mine.count, from: other)
        roots.append(Root(node: node, values: place))
        place += mine.count
      }
      if other == rank { continue }
      let its = part(other, share)
      for index in 0..<own {
        letters.send(self.own.pointer + index * count + its.lowerBound, its.count, to: other)
      }
    }
    return (letters, roots)
  }

  /// Joins the parts of all roots by the tree; the sum goes to where it is sent from.
  private func fold(_ roots: [Root], _ share: BatchShare, _ team: ThreadTeam) {
    let mine = part(share.link.rank, share)
    nonisolated(unsafe) let out = own.pointer + mine.lowerBound
    let tree = share.tree
    // Safety: tasks have their own elements.
    team.split(0..<mine.count, grain: 16384) { elements in
      var next = 0
      func visit(_ node: Range<Int>) -> UnsafeMutablePointer<Float> {
        if roots[next].node == node {
          next += 1
          return roots[next - 1].values + elements.lowerBound
        }
        let middle = BatchTree.middle(node)
        let left = visit(node.lowerBound..<middle)
        let right = visit(middle..<node.upperBound)
        self.kernels.table.combine(elements.count, 1, right, 1, left)
        return left
      }
      let sum = visit(0..<tree.leaves)
      if sum != out + elements.lowerBound {
        (out + elements.lowerBound).update(from: sum, count: elements.count)
      }
    }
  }

  /// Each rank tells the others its part of the sum.
  private func gather(_ share: BatchShare) -> RankLetters {
    var letters = RankLetters()
    let mine = part(share.link.rank, share)
    for other in 0..<share.link.count where other != share.link.rank {
      let its = part(other, share)
      letters.receive(own.pointer + its.lowerBound, its.count, from: other)
      letters.send(own.pointer + mine.lowerBound, mine.count, to: other)
    }
    return letters
  }
}
