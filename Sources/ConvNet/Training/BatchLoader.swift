import ConvEngine
import Raster
import Synchronization

/// Fills batches from a source: on all threads of a team, or, where examples are read from files, on
/// threads of its own while the batch before is learned from.
public final class BatchLoader {
  public let source: any BatchSource
  private let team: ThreadTeam
  private var current: Slot
  private let ahead: ReadAhead?

  /// - Parameter batch: the most examples of a request.
  public init(_ source: any BatchSource, batch: Int, team: ThreadTeam) {
    self.source = source
    self.team = team
    current = Slot(batch: batch, size: source.shape.count)
    ahead =
      source.readsFiles
      ? ReadAhead(Slot(batch: batch, size: source.shape.count), threads: team.threads) : nil
  }

  /// The examples that were loaded last, in the first places.
  var images: FloatBuffer { current.images }
  /// Their values, one example behind the other.
  public var values: UnsafeBufferPointer<Float> {
    // Safety: as long as the loader, and until it loads again.
    UnsafeBufferPointer(start: current.images.base, count: current.images.count)
  }
  var labels: [Int32] { current.labels }

  /// Which examples of which epoch; nil for those of an evaluation.
  public struct Request: Equatable, Sendable {
    public var positions: Range<Int>
    public var epoch: Int?

    public init(positions: Range<Int>, epoch: Int?) {
      (self.positions, self.epoch) = (positions, epoch)
    }
  }

  /// Loads examples into the first places of `images` and `labels`.
  ///
  /// - Parameter next: what will be asked for next, if that is known.
  /// - Throws: the first error of the source, and `labelOutOfRange`.
  public func load(_ request: Request, next: Request? = nil) throws {
    if let ahead {
      current = try ahead.exchange(current, for: request, of: source, next: next)
    } else {
      try current.fill(request, from: source, team, grain: 16)
    }
    let classes = Int32(source.classCount)
    let count = request.positions.count
    if let label = current.labels[..<count].first(where: { $0 < 0 || $0 >= classes }) {
      throw NetworkError.labelOutOfRange(label: Int(label), classes: source.classCount)
    }
  }

  /// Room for a batch.
  final class Slot: @unchecked Sendable {
    // Safety: one thread at a time has it; the parts of a batch are disjoint.
    let images: FloatBuffer
    private let size: Int
    fileprivate(set) var labels: [Int32]

    init(batch: Int, size: Int) {
      images = FloatBuffer(count: batch * size)
      labels = [Int32](repeating: 0, count: batch)
      self.size = size
    }

    /// - Parameter grain: examples that a thread loads at a time.
    func fill(
      _ request: Request, from source: any BatchSource, _ team: ThreadTeam, grain: Int
    ) throws {
      let failure = Mutex<(any Error)?>(nil)
      let (size, positions) = (size, request.positions)
      labels.withUnsafeMutableBufferPointer { labels in
        // Safety: each part writes its own places; the buffers hold a whole batch.
        nonisolated(unsafe) let (labels, images) = (labels, images.base)
        team.split(0..<positions.count, grain: grain) { part in
          do {
            let samples = UnsafeMutableBufferPointer(
              start: images + part.lowerBound * size, count: part.count * size)
            let start = positions.lowerBound + part.lowerBound
            try source.load(
              start..<start + part.count, epoch: request.epoch, images: samples,
              labels: UnsafeMutableBufferPointer(rebasing: labels[part]))
          } catch {
            failure.withLock { if $0 == nil { $0 = error } }
          }
        }
      }
      if let error = failure.withLock({ $0 }) { throw error }
    }
  }
}

/// Loads the next batch while another is in use.
private final class ReadAhead {
  private var slot: BatchLoader.Slot
  private let thread: BackgroundThread
  private let readers: ThreadTeam
  /// What is in `slot`, or on its way there.
  private var request: BatchLoader.Request?
  private let failure = Failure()

  private final class Failure: Sendable {
    let error = Mutex<(any Error)?>(nil)
  }

  init(_ slot: BatchLoader.Slot, threads: Int) {
    self.slot = slot
    // Numbers are the same as where the team of the network loads them.
    thread = BackgroundThread { FloatingPointMode.flushSubnormals() }
    readers = ThreadTeam(threads: threads) { FloatingPointMode.flushSubnormals() }
  }

  deinit { thread.wait() }

  /// Gives the batch that is asked for, and the room of another for that which comes next.
  func exchange(
    _ used: BatchLoader.Slot, for wanted: BatchLoader.Request, of source: any BatchSource,
    next: BatchLoader.Request?
  ) throws -> BatchLoader.Slot {
    thread.wait()
    if request != wanted {
      begin(wanted, source)
      thread.wait()
    }
    request = nil
    if let error = failure.error.withLock({ $0 }) { throw error }
    let filled = slot
    slot = used
    if let next, !next.positions.isEmpty { begin(next, source) }
    return filled
  }

  private func begin(_ request: BatchLoader.Request, _ source: any BatchSource) {
    self.request = request
    let (slot, readers, failure) = (slot, readers, failure)
    failure.error.withLock { $0 = nil }
    thread.start {
      do {
        // One at a time: pictures differ in size.
        try slot.fill(request, from: source, readers, grain: 1)
      } catch {
        failure.error.withLock { $0 = error }
      }
    }
  }
}
