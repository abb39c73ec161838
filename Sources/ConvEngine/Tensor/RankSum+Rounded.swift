internal import CConvKernels
import Raster

/// The sum among ranks that tell each other numbers of 16 bits: each rounds the sums of its roots, they are
/// joined in single precision by the batch's tree, and the sum is rounded for all.
///
/// Which sums are rounded depends on the number of ranks, and so does the result; on nothing else.
extension RankSum {
  /// What goes and what comes.
  struct Halves {
    fileprivate var own = TensorMemory<UInt16>(count: 0)
    fileprivate var arrived = TensorMemory<UInt16>(count: 0)

    fileprivate mutating func reserve(own: Int, arrived: Int) {
      if self.own.count < own { self.own = TensorMemory(count: own) }
      if self.arrived.count < arrived { self.arrived = TensorMemory(count: arrived) }
    }
  }

  /// - Parameters:
  ///   - numbers: of the letters there and back.
  ///   - roots: this rank's part of all.
  func beginRounded(
    _ share: BatchShare, _ team: ThreadTeam, _ numbers: (Int, Int), _ roots: [Root],
    then: @escaping () -> Void
  ) {
    let mine = part(share.link.rank, share)
    let ownRoots = share.roots(of: share.link.rank).count
    halves.reserve(
      own: max(1, ownRoots) * count, arrived: roots.count { $0.place != nil } * mine.count)
    // Safety: tasks have their own elements.
    nonisolated(unsafe) let (sums, own) = (self.own.pointer, halves.own.pointer)
    nonisolated(unsafe) let arrived = halves.arrived.pointer
    team.split(0..<ownRoots * count, grain: 16384) {
      self.kernels.table.round_row($0.count, sums + $0.lowerBound, own + $0.lowerBound)
      // One's own are no more exact than those that come.
      self.widen($0.count, own + $0.lowerBound, into: sums + $0.lowerBound)
    }
    share.exchange.begin(scatter(share, own, arrived), number: numbers.0) {
      team.split(0..<mine.count, grain: 16384) { elements in
        for root in roots {
          guard let place = root.place else { continue }
          self.widen(
            elements.count, arrived + place + elements.lowerBound,
            into: root.values + elements.lowerBound)
        }
      }
      self.fold(roots, share, team)
      self.kernels.table.round_row(mine.count, sums + mine.lowerBound, own + mine.lowerBound)
      share.exchange.begin(self.gather(share, own), number: numbers.1) {
        team.split(0..<self.count, grain: 16384) {
          self.widen($0.count, own + $0.lowerBound, into: sums + $0.lowerBound)
        }
        then()
      }
    }
  }

  /// Numbers of 16 bits are the upper halves of floats.
  private func widen(
    _ count: Int, _ rounded: UnsafePointer<UInt16>, into values: UnsafeMutablePointer<Float>
  ) {
    for index in 0..<count { values[index] = Float(bitPattern: UInt32(rounded[index]) << 16) }
  }
}
