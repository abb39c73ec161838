internal import CConvKernels
import Raster

/// The sum among 2^k ranks, each of which holds one node of the tree, all of the same height.
extension RankSum {
  /// Neighbours swap halves of what they hold, and add; then neighbours of theirs halves of these; in the
  /// end each rank has the sum of a part, and they tell each other (recursive halving and doubling).
  ///
  /// - SeeAlso: Thakur, Rabenseifner, Gropp, Optimization of Collective Communication Operations in MPICH,
  ///   2005, section 4.5.
  func halve(_ share: BatchShare, _ team: ThreadTeam) {
    let link = share.link
    let parts = (0..<link.count).map { chunk($0, of: link.count, count) }
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
      var letters = RankLetters()
      letters.receive(room.baseAddress!, own.count, from: partner)
      letters.send(self.own.pointer + others.lowerBound, others.count, to: partner)
      link.start(letters, number: share.exchange.number()).wait()
      add(room.baseAddress!, to: own, team)
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
    link.exchange(UnsafeMutableBufferPointer(start: own.pointer, count: count), parts: places)
  }

  /// Adds `other`, whose first element is that of the range, to elements of the sum.
  private func add(_ other: UnsafePointer<Float>, to range: Range<Int>, _ team: ThreadTeam) {
    nonisolated(unsafe) let (other, to) = (other, own.pointer)
    team.split(range, grain: 4096) { part in
      // Safety: parts are disjoint.
      self.kernels.table.combine(
        part.count, 1, other + (part.lowerBound - range.lowerBound), 1, to + part.lowerBound)
    }
  }
}
