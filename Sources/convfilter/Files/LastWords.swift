import Libc
import Synchronization

/// What a batch says when a signal ends it: how much of it is done, and how to go on.
enum LastWords {
  private static let done = Atomic<Int>(0)
  private static let isReady = Atomic<Bool>(false)
  private static let longest = 512
  // Safety: written before `isReady`, then only read.
  private nonisolated(unsafe) static let before =
    calloc(longest, 1)!.assumingMemoryBound(to: CChar.self)
  private nonisolated(unsafe) static let after =
    calloc(longest, 1)!.assumingMemoryBound(to: CChar.self)

  private nonisolated(unsafe) static let text =
    calloc(2 * longest + 20, 1)!.assumingMemoryBound(to: CChar.self)

  /// - Parameters:
  ///   - unit: what is counted, in the plural.
  ///   - hint: how to go on.
  static func prepare(total: Int, unit: String, hint: String) {
    // The progress line is taken away.
    strncpy(before, (Terminal.isTerminal(2) ? "\r\u{1b}[K" : "") + "interrupted: ", longest - 1)
    strncpy(after, " of \(total) \(unit) are done; \(hint)\n", longest - 1)
    _ = text
    isReady.store(true, ordering: .releasing)
    // Files without a name need no handler to go, but what is said does.
    Interruption.prepare()
  }

  /// So many more are done.
  static func count(_ count: Int = 1) { done.wrappingAdd(count, ordering: .relaxed) }

  /// Says them, from a signal handler: no lock, no allocation.
  static func say() {
    guard isReady.load(ordering: .acquiring) else { return }
    var number = done.load(ordering: .relaxed)
    // Safety: two texts shorter than `longest`, and at most 20 digits.
    var end = strlen(before)
    memcpy(text, before, end)
    var power = 1
    while number / power >= 10 { power *= 10 }
    while power > 0 {
      text[end] = CChar(0x30 + number / power)
      (number, power, end) = (number % power, power / 10, end + 1)
    }
    let rest = strlen(after)
    memcpy(text + end, after, rest)
    // Whoever does not read is not waited for.
    var ready = pollfd(fd: 2, events: Int16(POLLOUT), revents: 0)
    if poll(&ready, 1, 0) == 1, ready.revents & Int16(POLLOUT) != 0 {
      _ = write(2, text, end + rest)
    }
  }
}
