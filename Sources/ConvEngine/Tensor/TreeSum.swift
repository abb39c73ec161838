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

  init(count: Int, _ kernels: TensorKernels, memory: PassMemory? = nil) {
    self.count = count
    self.kernels = kernels
    self.memory = memory
    buffers = own.pointer
    spare = Workspaces { TensorMemory(count: count) }
  }

  /// The sum, after `run`; where memory is shared, until another layer uses it.
  var sum: UnsafeMutablePointer<Float> { buffers }

  /// - Parameters:
  ///   - batch: examples here.
  ///   - share: where they are this rank's of a larger batch, over which the sum runs.
  ///   - add: adds neighbouring examples, counted from the first here, to sums; called on several threads.
  func run(
    batch: Int, _ share: BatchShare?, _ team: ThreadTeam,
    add: @Sendable (_ examples: Range<Int>, _ sums: UnsafeMutablePointer<Float>) -> Void
  ) {
    let tree = share?.tree ?? BatchTree(whole: batch)
    let plan = share?.plan ?? TreePlan(tree)
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
    if let share { join(plan, share, team) }
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

  /// Adds a part of `other`, whose first element is that of the range, to a part of a buffer.
  private func add(
    _ other: UnsafePointer<Float>, to range: Range<Int>, of buffer: Int, _ team: ThreadTeam
  ) {
    nonisolated(unsafe) let (other, to) = (other, buffers + buffer * count)
    team.split(range, grain: 4096) { part in
      // Safety: parts are disjoint.
      self.kernels.table.combine(
        part.count, 1, other + (part.lowerBound - range.lowerBound), 1, to + part.lowerBound)
    }
  }

  /// Floats that go from rank to rank at a time.
  private static let segment = 1 << 16

  private func join(_ plan: TreePlan, _ share: BatchShare, _ team: ThreadTeam) {
    let link = share.link
    if link.count == 1 { return }
    if isEven(share) { return joinEvenly(link, team) }
    let room = UnsafeMutableBufferPointer<Float>.allocate(capacity: min(count, Self.segment))
    defer { room.deallocate() }
    func segments(_ body: (Range<Int>) -> Void) {
      for start in stride(from: 0, to: count, by: Self.segment) {
        body(start..<min(start + Self.segment, count))
      }
    }
    for move in plan.moves {
      switch move {
      case .add(let to, let from):
        team.split(0..<count, grain: max(4096, count / 64)) { self.combine($0, to, from) }
      case .receive(let rank, let buffer):
        segments { part in
          let state = UnsafeMutableBufferPointer(rebasing: room[..<part.count])
          link.receive(UnsafeMutableRawBufferPointer(state), from: rank)
          add(state.baseAddress!, to: part, of: buffer, team)
        }
      case .send(let buffer, let rank):
        segments { part in
          link.send(bytes(part, of: buffer), to: rank)
        }
      }
    }
    link.broadcast(
      UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(start: sum, count: count)), from: 0)
  }

  private func bytes(_ part: Range<Int>, of buffer: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(
      UnsafeBufferPointer(
        start: buffers + buffer * count + part.lowerBound, count: part.count))
  }

  /// Whether every rank holds one node of the tree, all of the same height.
  private func isEven(_ share: BatchShare) -> Bool {
    let (leaves, ranks) = (share.tree.leaves, share.link.count)
    return leaves & (leaves - 1) == 0 && ranks & (ranks - 1) == 0 && ranks <= leaves
      && count >= ranks
  }

  /// Neighbours swap halves of what they hold, and add; then neighbours of theirs halves of these; in the
  /// end each rank has the sum of a part, and they tell each other (recursive halving and doubling).
  ///
  /// - SeeAlso: Thakur, Rabenseifner, Gropp, Optimization of Collective Communication Operations in MPICH,
  ///   2005, section 4.5.
  private func joinEvenly(_ link: any RankLink, _ team: ThreadTeam) {
    let parts = (0..<link.count).map { part in
      count * part / link.count..<count * (part + 1) / link.count
    }
    let room = UnsafeMutableBufferPointer<Float>.allocate(capacity: (count + 1) / 2 + 1)
    defer { room.deallocate() }
    /// The parts that are still this rank's to sum, of all.
    var held = 0..<link.count
    func elements(_ range: Range<Int>) -> Range<Int> {
      parts[range.lowerBound].lowerBound..<parts[range.upperBound - 1].upperBound
    }
    var distance = 1
    while distance < link.count {
      let partner = link.rank ^ distance
      let middle = held.lowerBound + held.count / 2
      let halves = (held.lowerBound..<middle, middle..<held.upperBound)
      let keepsFirst = link.rank & distance == 0
      let (kept, given) = keepsFirst ? halves : (halves.1, halves.0)
      let (own, others) = (elements(kept), elements(given))
      let state = UnsafeMutableBufferPointer(rebasing: room[..<own.count])
      link.swap(
        sending: bytes(others, of: 0), receiving: UnsafeMutableRawBufferPointer(state),
        with: partner)
      add(state.baseAddress!, to: own, of: 0, team)
      held = kept
      distance *= 2
    }
    // Whose part is which: the bits of a rank say its halves, the lowest first.
    let places = (0..<link.count).map { rank -> Range<Int> in
      var (held, distance) = (0..<link.count, 1)
      while distance < link.count {
        let middle = held.lowerBound + held.count / 2
        held =
          rank & distance == 0 ? held.lowerBound..<middle : middle..<held.upperBound
        distance *= 2
      }
      return elements(held)
    }
    link.exchange(UnsafeMutableBufferPointer(start: sum, count: count), parts: places)
  }
}
