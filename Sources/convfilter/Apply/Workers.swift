import Raster
import Synchronization

/// Spreads pictures over the processors: a thread for each of many small ones, all threads on a
/// large one.
struct Workers {
  /// Threads in all (≥ 1).
  let threads: Int

  /// Pixels from which a picture is better worked on by several threads, one after another, than by
  /// one thread beside others: it would hold much memory, and the last would keep the others waiting.
  static let large = 4_000_000

  /// How a picture is to be worked on.
  struct Share {
    /// Threads that it may use.
    let threads: Int
    /// Whether a large one may be put off until the small ones are done.
    let mayDefer: Bool
  }

  /// Calls `body` for each index until it answers that the picture is done.
  func run(_ count: Int, _ body: @Sendable (Int, Share) -> Verdict) {
    let share = Share(
      threads: max(1, threads / max(count, 1)), mayDefer: count > 1 && threads > 1)
    let deferred = Mutex<[Int]>([])
    ThreadTeam(threads: max(1, min(threads, count))).run(count) { index in
      if body(index, share) == .deferred { deferred.withLock { $0.append(index) } }
    }
    let large = deferred.withLock { $0 }.sorted()
    if large.isEmpty { return }
    // Decoding and encoding are one thread each in most formats: two threads a picture lose little.
    let groups = max(1, min(large.count, threads / 2))
    let rest = Share(threads: max(1, threads / groups), mayDefer: false)
    ThreadTeam(threads: groups).run(large.count) { _ = body(large[$0], rest) }
  }

  enum Verdict { case done, deferred }
}
