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
  /// Both where they go and come as numbers of 16 bits.
  var halves = Halves()

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
    let isRounded = share.gradients == .bf16 && share.link.count > 1
    if share.isEven, !isRounded, !sendsToAll(share.link.count) {
      halve(share, team)
      return then(UnsafePointer(own.pointer))
    }
    isUnderWay = true
    let numbers = (share.exchange.number(), share.exchange.number())
    let roots = roots(share)
    let finish = {
      self.isUnderWay = false
      then(UnsafePointer(self.own.pointer))
    }
    if isRounded { return beginRounded(share, team, numbers, roots, then: finish) }
    share.exchange.begin(scatter(share, own.pointer, arrived.pointer), number: numbers.0) {
      self.fold(roots, share, team)
      share.exchange.begin(
        self.gather(share, self.own.pointer), number: numbers.1, then: finish)
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

  /// The elements that a rank joins.
  func part(_ rank: Int, _ share: BatchShare) -> Range<Int> {
    chunk(rank, of: share.link.count, count)
  }

  /// A node of the tree, and this rank's part of its sum.
  struct Root: @unchecked Sendable {
    // Safety: the memory is that of the sum.
    let node: Range<Int>
    let values: UnsafeMutablePointer<Float>
    /// Where it comes from another rank: the first of its elements among all that come.
    let place: Int?
  }

  /// This rank's part of all roots, in the order of the tree.
  private func roots(_ share: BatchShare) -> [Root] {
    let rank = share.link.rank
    let mine = part(rank, share)
    let nodes = (0..<share.link.count).map { share.roots(of: $0) }
    let others = nodes.reduce(0) { $0 + $1.count } - nodes[rank].count
    if arrived.count < others * mine.count { arrived = TensorMemory(count: others * mine.count) }
    var roots: [Root] = []
    var place = 0
    for (other, nodes) in nodes.enumerated() {
      for (index, node) in nodes.enumerated() {
        if other == rank {
          let values = own.pointer + index * count + mine.lowerBound
          roots.append(Root(node: node, values: values, place: nil))
          continue
        }
        roots.append(Root(node: node, values: arrived.pointer + place, place: place))
        place += mine.count
      }
    }
    return roots
  }

  /// Each rank gets its part of all sums.
  ///
  /// - Parameters:
  ///   - own: the sums of this rank's roots.
  ///   - arrived: room for its part of those of all others.
  func scatter<Value: BitwiseCopyable>(
    _ share: BatchShare, _ own: UnsafeMutablePointer<Value>, _ arrived: UnsafeMutablePointer<Value>
  ) -> RankLetters {
    let rank = share.link.rank
    let (mine, roots) = (part(rank, share), share.roots(of: rank).count)
    var letters = RankLetters()
    var place = arrived
    for other in 0..<share.link.count where other != rank {
      for _ in share.roots(of: other) {
        letters.receive(place, mine.count, from: other)
        place += mine.count
      }
      let its = part(other, share)
      for index in 0..<roots {
        letters.send(own + index * count + its.lowerBound, its.count, to: other)
      }
    }
    return letters
  }

  /// Joins the parts of all roots by the tree; the sum goes to where it is sent from.
  func fold(_ roots: [Root], _ share: BatchShare, _ team: ThreadTeam) {
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
  func gather<Value: BitwiseCopyable>(
    _ share: BatchShare, _ sum: UnsafeMutablePointer<Value>
  ) -> RankLetters {
    var letters = RankLetters()
    let mine = part(share.link.rank, share)
    for other in 0..<share.link.count where other != share.link.rank {
      let its = part(other, share)
      letters.receive(sum + its.lowerBound, its.count, from: other)
      letters.send(sum + mine.lowerBound, mine.count, to: other)
    }
    return letters
  }
}
