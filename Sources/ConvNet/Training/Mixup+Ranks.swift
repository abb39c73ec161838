import ConvEngine
import Raster

/// Pairs of a batch that several ranks share: each gets what its examples are mixed with.
extension Mixup {
  /// - Parameters:
  ///   - examples: this rank's.
  ///   - size: values of an example.
  ///   - others: room for as many, kept from step to step.
  func apply(
    to examples: UnsafeMutablePointer<Float>, size: Int, _ share: BatchShare,
    others: inout FloatBuffer
  ) {
    let (own, mine) = (share.examples, Self.partners(share.examples, of: share.whole))
    if others.count < own.count * size { others = FloatBuffer(count: own.count * size) }
    let partners = others.base
    var letters = RankLetters()
    for rank in 0..<share.link.count {
      // Safety: both are parts of what is held of the batch.
      let its = share.examples(of: rank)
      let wanted = mine.clamped(to: its)
      let place = partners + (wanted.lowerBound - mine.lowerBound) * size
      if rank == share.link.rank {
        let from = examples + (wanted.lowerBound - own.lowerBound) * size
        place.update(from: from, count: wanted.count * size)
        continue
      }
      letters.receive(place, wanted.count * size, from: rank)
      let given = Self.partners(its, of: share.whole).clamped(to: own)
      letters.send(
        examples + (given.lowerBound - own.lowerBound) * size, given.count * size, to: rank)
    }
    share.link.start(letters, number: share.exchange.number()).wait()
    for (index, example) in own.enumerated() {
      // Partners lie in the opposite order. The one in the middle has none.
      let partner = partners + (own.count - 1 - index) * size
      if 2 * example == share.whole - 1 { continue }
      let values = examples + index * size
      for place in 0..<size {
        values[place] = self.share * values[place] + (1 - self.share) * partner[place]
      }
    }
  }

  /// The examples that some are mixed with.
  private static func partners(_ examples: Range<Int>, of whole: Int) -> Range<Int> {
    whole - examples.upperBound..<whole - examples.lowerBound
  }
}
