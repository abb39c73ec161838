import Raster
import Synchronization

/// Fills one batch from a source, on all threads of a team.
final class BatchLoader {
  let source: any BatchSource
  let team: ThreadTeam
  let images: FloatBuffer
  private(set) var labels: [Int32]

  init(_ source: any BatchSource, batch: Int, team: ThreadTeam) {
    self.source = source
    self.team = team
    images = FloatBuffer(count: batch * source.shape.count)
    labels = [Int32](repeating: 0, count: batch)
  }

  /// Examples that a thread loads at a time.
  private static let grain = 16

  /// Loads `positions` into the first places of `images` and `labels`.
  ///
  /// - Throws: the first error of the source, and `labelOutOfRange`.
  func load(_ positions: Range<Int>, epoch: Int?) throws {
    let failure = Mutex<(any Error)?>(nil)
    let size = source.shape.count
    let source = source
    labels.withUnsafeMutableBufferPointer { labels in
      // Safety: each part writes its own places; the buffers hold a whole batch.
      nonisolated(unsafe) let (labels, images) = (labels, images.base)
      team.split(0..<positions.count, grain: Self.grain) { part in
        do {
          let samples = UnsafeMutableBufferPointer(
            start: images + part.lowerBound * size, count: part.count * size)
          let start = positions.lowerBound + part.lowerBound
          try source.load(
            start..<start + part.count, epoch: epoch, images: samples,
            labels: UnsafeMutableBufferPointer(rebasing: labels[part]))
        } catch {
          failure.withLock { if $0 == nil { $0 = error } }
        }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
    let classes = Int32(source.classCount)
    if let label = labels[..<positions.count].first(where: { $0 < 0 || $0 >= classes }) {
      throw NetworkError.labelOutOfRange(label: Int(label), classes: source.classCount)
    }
  }
}
