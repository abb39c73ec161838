import Raster

/// What a network makes of the batches of a data set, of which each rank computes every `count`-th.
///
/// Batches are those of one process, so that sums over them are the same.
final class SharedOutputs {
  private let link: any RankLink
  private let batch: Int
  private let classes: Int
  private let logits: FloatBuffer
  private var labels: [Int32]
  /// The examples that `logits` and `labels` are of.
  private var held = 0..<0

  init(_ link: any RankLink, batch: Int, classes: Int) {
    (self.link, self.batch, self.classes) = (link, batch, classes)
    logits = FloatBuffer(count: link.count * batch * classes)
    labels = [Int32](repeating: 0, count: link.count * batch)
  }

  /// The outputs and the labels of the batch that begins at `start`.
  ///
  /// - Parameters:
  ///   - total: examples in all.
  ///   - compute: those of a batch, computed here; told the next one, too.
  func outputs(
    _ start: Int, of total: Int,
    _ compute: (Range<Int>, _ next: Range<Int>?) throws -> (UnsafePointer<Float>, [Int32])
  ) throws -> (UnsafePointer<Float>, [Int32]) {
    if !held.contains(start) {
      held = start..<min(start + link.count * batch, total)
      let parts = (0..<link.count).map { rank in
        min(rank * batch, held.count)..<min((rank + 1) * batch, held.count)
      }
      let own = parts[link.rank]
      if !own.isEmpty {
        let next = start + own.lowerBound + link.count * batch
        let (outputs, truths) = try compute(
          start + own.lowerBound..<start + own.upperBound,
          next < total ? next..<min(next + batch, total) : nil)
        (logits.base + own.lowerBound * classes).update(from: outputs, count: own.count * classes)
        labels.replaceSubrange(own, with: truths[..<own.count])
      }
      link.exchange(
        UnsafeMutableBufferPointer(start: logits.base, count: logits.count),
        parts: parts.map { $0.lowerBound * classes..<$0.upperBound * classes })
      labels.withUnsafeMutableBufferPointer { link.exchange($0, parts: parts) }
    }
    let place = start - held.lowerBound
    // Safety: a row an example that is held.
    return (
      UnsafePointer(logits.base + place * classes),
      Array(labels[place..<min(place + batch, held.count)])
    )
  }
}
