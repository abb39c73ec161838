package import ConvEngine
import Raster

/// The weights that the ranks of a training change for each other: of some tensors each rank changes a part,
/// or the whole, and tells the others; all other weights are changed by all ranks alike, for less than it
/// costs to tell.
///
/// So each rank has the optimiser's memory of its own parts alone, until they `gather`.
/// - SeeAlso: Rajbhandari et al., ZeRO, arXiv:1910.02054, section 5.1.
package final class WeightDivision: @unchecked Sendable {
  // Safety: the thread that trains makes all calls.
  /// A tensor, and whose is what of it.
  struct Piece {
    let slot: ParameterSlot
    /// By rank, among the trained values.
    let parts: [Range<Int>]
  }

  /// Of the largest batch.
  package let share: BatchShare
  private(set) var pieces: [Piece] = []
  private var underWay: [(range: Range<Int>, delivery: any RankDelivery)] = []

  init(_ share: BatchShare) { self.share = share }

  /// - Parameter parts: by rank, counted from the tensor's first value.
  package func add(_ slot: ParameterSlot, _ parts: [Range<Int>]) {
    let places = parts.map { $0.lowerBound + slot.offset..<$0.upperBound + slot.offset }
    pieces.append(Piece(slot: slot, parts: places))
  }

  /// Gives each tensor that it costs much to change to one rank, so that all have about as much to do.
  ///
  /// - Parameter tensors: with the products that their change takes.
  func add(whole tensors: [(slot: ParameterSlot, products: Int)]) {
    var load = [Int](repeating: 0, count: share.link.count)
    for (slot, products) in tensors.sorted(by: { $0.products > $1.products })
    where isDearer(products, than: slot.shape.count) {
      // The first of equals, so that all ranks agree.
      let rank = load.indices.min { (load[$0], $0) < (load[$1], $1) }!
      load[rank] += products
      add(slot, load.indices.map { $0 == rank ? 0..<slot.shape.count : 0..<0 })
    }
  }

  /// Whether products cost more than to tell the values: in nanoseconds, a product 0.05, a value 3.2
  /// (10 Gbit/s), a message 5,000.
  private func isDearer(_ products: Int, than values: Int) -> Bool {
    let others = Double(share.link.count - 1)
    return others > 0
      && 0.05 * Double(products) * others / (others + 1) > 3.2 * Double(values) + 5000 * others
  }

  /// The parts of some weights that this rank changes.
  func own(_ range: Range<Int>) -> [Range<Int>] {
    var own: [Range<Int>] = []
    var next = range.lowerBound
    let met = pieces.filter { $0.slot.range.overlaps(range) }
    for piece in met.sorted(by: { $0.slot.offset < $1.slot.offset }) {
      own.append(next..<max(next, piece.slot.offset))
      own.append(piece.parts[share.link.rank].clamped(to: range))
      next = piece.slot.range.upperBound
    }
    own.append(next..<max(next, range.upperBound))
    return own.filter { !$0.isEmpty }
  }

  /// Sums of parts of the gradient, each made by the rank that alone has it, where there is one.
  ///
  /// - Parameters:
  ///   - gradient: of all weights; what lies across the parts of several ranks they tell each other.
  ///   - sum: makes the sum of one part.
  /// - Returns: a sum for each of `ranges`, on all ranks.
  func sums(
    _ ranges: [Range<Int>], of gradient: FloatBuffer, _ sum: (Range<Int>) -> Double
  ) -> [Double] {
    let (link, count) = (share.link, ranges.count)
    var makers = [Int?](repeating: nil, count: count)
    for (index, range) in ranges.enumerated() {
      for piece in pieces where piece.slot.range.overlaps(range) {
        makers[index] = piece.parts.firstIndex { $0.clamped(to: range) == range }
        if makers[index] != nil { continue }
        link.exchange(
          UnsafeMutableBufferPointer(start: gradient.base, count: gradient.count),
          parts: piece.parts.map { $0.clamped(to: range) })
      }
    }
    var all = [Double](repeating: 0, count: link.count * count)
    for (index, range) in ranges.enumerated() where makers[index] ?? link.rank == link.rank {
      all[link.rank * count + index] = sum(range)
    }
    all.withUnsafeMutableBufferPointer {
      link.exchange($0, parts: (0..<link.count).map { $0 * count..<($0 + 1) * count })
    }
    return makers.enumerated().map { all[($1 ?? link.rank) * count + $0] }
  }

  /// Starts to tell the others this rank's part of a tensor, if they divide it, and to get theirs.
  func begin(_ slot: ParameterSlot, _ weights: UnsafeMutablePointer<Float>) {
    guard let index = pieces.firstIndex(where: { $0.slot.offset == slot.offset }) else { return }
    let piece = pieces[index]
    var letters = RankLetters()
    let mine = piece.parts[share.link.rank]
    for (rank, its) in piece.parts.enumerated() where rank != share.link.rank {
      letters.receive(weights + its.lowerBound, its.count, from: rank)
      letters.send(weights + mine.lowerBound, mine.count, to: rank)
    }
    // Far from the numbers of what is exchanged within a step.
    let number = 0x7fff - index % 0x4000
    underWay.append((piece.slot.range, share.link.start(letters, number: number)))
  }

  /// Waits for a tensor.
  package func wait(_ slot: ParameterSlot) {
    if underWay.isEmpty || !slot.shape.isTrained { return }
    for (range, delivery) in underWay where range == slot.range { delivery.wait() }
    underWay.removeAll { $0.range == slot.range }
  }

  /// Waits for all.
  func finish() {
    for (_, delivery) in underWay { delivery.wait() }
    underWay = []
  }

  /// All ranks get all of values of which each has its parts.
  func gather(_ values: FloatBuffer) {
    for piece in pieces {
      share.link.exchange(
        UnsafeMutableBufferPointer(start: values.base, count: values.count), parts: piece.parts)
    }
  }
}
