import Libc
import Synchronization

/// Threads that wait for work, split it, and join before `run` returns.
///
/// The caller takes part, so a team of one starts no thread. Several threads may call `run` at once:
/// each waits for its own tasks only. A task must not call `run` of its own team. Which thread takes
/// which task is not defined: whoever needs the same bytes for any number of threads lets no result
/// depend on it. Each takes those of its own share first, the same in every call of as many tasks: what it
/// wrote in one call lies in its cache in the next.
public final class ThreadTeam: Sendable {
  /// Number of threads, the caller included (≥ 1).
  public let threads: Int
  private let shared: Shared

  /// - Parameters:
  ///   - threads: number of threads, the caller included (≥ 1).
  ///   - looks: how often a thread looks for work before it sleeps (about a nanosecond each). 0 for
  ///     teams that share their processors with other threads; a training with hundreds of short
  ///     calls a second saves the wake-ups.
  ///   - onStart: run once on each new thread (to set the floating-point mode, say).
  public init(threads: Int, looks: Int = 0, onStart: @escaping @Sendable () -> Void = {}) {
    precondition(threads >= 1, "a team has at least its caller")
    self.threads = threads
    shared = Shared(looks: looks)
    for place in 1..<threads { Shared.spawn(shared, place, onStart) }
  }

  deinit { shared.stop() }

  /// Calls `body` once for each index in `0..<tasks`, spread over the threads, and waits for all.
  public func run(_ tasks: Int, _ body: @Sendable (Int) -> Void) {
    if threads == 1 || tasks <= 1 {
      for index in 0..<max(tasks, 0) { body(index) }
      return
    }
    withoutActuallyEscaping(body) { body in
      // Safety: `start` returns only after every helper has left the body.
      withUnsafePointer(to: body) { shared.start(Call(tasks, threads, $0)) }
    }
  }

  /// Calls `body` with consecutive parts of `range`, at most `grain` long.
  public func split(_ range: Range<Int>, grain: Int, _ body: @Sendable (Range<Int>) -> Void) {
    precondition(grain >= 1, "a part holds at least one element")
    run((range.count + grain - 1) / grain) { part in
      let start = range.lowerBound + part * grain
      body(start..<min(start + grain, range.upperBound))
    }
  }
}

extension ThreadTeam {
  /// One call of `run`: its tasks and how far they are.
  private final class Call: @unchecked Sendable {
    let tasks: Int
    let body: UnsafePointer<@Sendable (Int) -> Void>
    private let shares: Int
    /// The first tasks of the shares that nobody took yet.
    private let next: UnsafeMutablePointer<Atomic<Int>>
    /// How far they lie from each other: no two in a line of the cache.
    private static let pitch = 16
    /// Helpers within the body; they enter with the lock of the team held, and leave without.
    let helpers = Atomic<Int>(0)
    /// Whether the caller sleeps until the last helper has left.
    let isAwaited = Atomic<Bool>(false)

    init(_ tasks: Int, _ shares: Int, _ body: UnsafePointer<@Sendable (Int) -> Void>) {
      self.tasks = tasks
      self.body = body
      self.shares = shares
      next = .allocate(capacity: shares * Self.pitch)
      for share in 0..<shares {
        (next + share * Self.pitch).initialize(to: Atomic(share * tasks / shares))
      }
    }

    deinit { next.deallocate() }

    /// Takes the tasks of its own share, then those that others did not come to.
    func work(_ place: Int) {
      for offset in 0..<shares {
        let share = (place + offset) % shares
        let end = (share + 1) * tasks / shares
        while true {
          let index = next[share * Self.pitch].wrappingAdd(1, ordering: .relaxed).oldValue
          if index >= end { break }
          body.pointee(index)
        }
      }
    }
  }

  /// What the threads of a team share; outlives the team until the last thread has left.
  private final class Shared: @unchecked Sendable {
    // Safety: every field is read and written with `lock` held.
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let done = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var call: Call?
    private var generation = 0
    private var stopped = false
    // What `generation` and `stopped` say, to look at without the lock: a hint only.
    private let announced = Atomic<Int>(0)
    private let looks: Int

    init(looks: Int) {
      self.looks = looks
      pthread_mutex_init(lock, nil)
      pthread_cond_init(wake, nil)
      pthread_cond_init(done, nil)
    }

    deinit {
      pthread_cond_destroy(done)
      pthread_cond_destroy(wake)
      pthread_mutex_destroy(lock)
      lock.deallocate()
      wake.deallocate()
      done.deallocate()
    }

    func start(_ mine: Call) {
      pthread_mutex_lock(lock)
      call = mine
      generation += 1
      let news = generation
      pthread_cond_broadcast(wake)
      pthread_mutex_unlock(lock)
      // Only now, so that those who look do not run into the lock.
      announced.store(news, ordering: .relaxed)
      mine.work(0)
      pthread_mutex_lock(lock)
      // Another caller may have laid a call of its own there.
      if call === mine { call = nil }
      pthread_mutex_unlock(lock)
      // Nobody enters any more.
      for _ in 0..<looks where mine.helpers.load(ordering: .acquiring) == 0 { return }
      pthread_mutex_lock(lock)
      mine.isAwaited.store(true, ordering: .sequentiallyConsistent)
      while mine.helpers.load(ordering: .sequentiallyConsistent) > 0 {
        pthread_cond_wait(done, lock)
      }
      pthread_mutex_unlock(lock)
    }

    func stop() {
      pthread_mutex_lock(lock)
      stopped = true
      announced.store(-1, ordering: .relaxed)
      pthread_cond_broadcast(wake)
      pthread_mutex_unlock(lock)
    }

    private func serve(_ place: Int) {
      var seen = 0
      while true {
        for _ in 0..<looks where announced.load(ordering: .relaxed) != seen { break }
        pthread_mutex_lock(lock)
        if looks > 0, call == nil, seen != generation, !stopped {
          // Too late for a short call: the next may be as near.
          seen = generation
          pthread_mutex_unlock(lock)
          continue
        }
        while !stopped && (call == nil || seen == generation) { pthread_cond_wait(wake, lock) }
        if stopped { break }
        seen = generation
        let current = call!
        current.helpers.add(1, ordering: .relaxed)
        pthread_mutex_unlock(lock)
        current.work(place)
        let isLast =
          current.helpers.subtract(1, ordering: .sequentiallyConsistent).newValue == 0
        guard isLast, current.isAwaited.load(ordering: .sequentiallyConsistent) else { continue }
        pthread_mutex_lock(lock)
        // Several callers may wait, each for its own call.
        pthread_cond_broadcast(done)
        pthread_mutex_unlock(lock)
      }
      pthread_mutex_unlock(lock)
    }

    static func spawn(_ shared: Shared, _ place: Int, _ onStart: @escaping @Sendable () -> Void) {
      // The caller does the work alone when the system has no thread left.
      _ = startThread {
        onStart()
        shared.serve(place)
      }
    }
  }
}
