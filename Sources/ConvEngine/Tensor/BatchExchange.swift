import Raster

/// What ranks tell each other on the way back through a batch, while each goes on.
///
/// The thread that runs the pass makes all calls, on every rank in the same order.
public final class BatchExchange: @unchecked Sendable {
  // Safety: one thread makes all calls.
  let link: any RankLink
  private var underWay: [(delivery: any RankDelivery, then: () -> Void)] = []
  private var numbers = 0

  init(_ link: any RankLink) { self.link = link }

  /// A number for letters, the same on all ranks.
  package func number() -> Int {
    numbers = (numbers + 1) & 0x7fff
    return numbers
  }

  /// Starts letters.
  ///
  /// - Parameter then: called when all have come and gone, by `advance` or `finish`; may begin more.
  func begin(_ letters: RankLetters, number: Int, then: @escaping () -> Void = {}) {
    underWay.append((link.start(letters, number: number), then))
  }

  /// Goes on with what has come by now; waits for nothing.
  public func advance() {
    var index = 0
    while index < underWay.count {
      if underWay[index].delivery.isDone() {
        // What follows is put last.
        underWay.remove(at: index).then()
      } else {
        index += 1
      }
    }
  }

  /// Goes on until nothing is under way.
  public func finish() {
    advance()
    while !underWay.isEmpty {
      underWay[0].delivery.wait()
      underWay.removeFirst().then()
    }
  }
}
