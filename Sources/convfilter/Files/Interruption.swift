import Libc
import Synchronization

/// The end of the program from outside: a signal, or a pipe that nobody reads.
///
/// No temporary file is made any more, those that are there go, nobody says anything but how far the
/// work was. The signal then ends the program as it would have: a shell sees 130 for an interrupt,
/// 143 for a termination, 141 for a pipe that nobody reads.
enum Interruption {
  /// Signals after which the program cannot go on.
  private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGXCPU]
  private static let isMade = Atomic<Bool>(false)
  /// Set once, after all that the handler reads.
  private static let handlers: Void = {
    GuardedName.prepare()
    for signal in signals { handle(signal) }
  }()

  /// Whether the program is about to end.
  static var isPending: Bool { isMade.load(ordering: .sequentiallyConsistent) }

  /// Makes ready to clean up when a signal ends the program.
  static func prepare() { _ = handlers }

  /// From now on, this signal cleans up and ends the program.
  static func handle(_ signal: Int32) {
    install(signal) { signal in
      // Safety: only functions that POSIX allows in a handler are called, and memory is read that was
      // there before the handler.
      if Interruption.begin() {
        LastWords.say()
        Interruption.die(signal)
      }
    }
  }

  /// Sets a handler, unless the program was started with this signal ignored (`nohup`, `&`).
  static func install(_ signal: Int32, _ handler: @escaping @convention(c) (Int32) -> Void) {
    var previous = sigaction()
    sigaction(signal, nil, &previous)
    var action = sigaction()
    #if canImport(Glibc)
      let isIgnored = unsafeBitCast(previous.__sigaction_handler.sa_handler, to: Int.self) == 1
      action.__sigaction_handler.sa_handler = handler
    #else
      let isIgnored = unsafeBitCast(previous.__sigaction_u.__sa_handler, to: Int.self) == 1
      action.__sigaction_u.__sa_handler = handler
    #endif
    if isIgnored { return }
    action.sa_flags = Int32(SA_RESTART)
    sigaction(signal, &action, nil)
  }

  /// Ends the program as SIGPIPE would have, whatever its threads are at: nobody reads its results.
  static func endByPipe() -> Never {
    if begin() {
      die(SIGPIPE)
      _exit(ExitStatus.brokenPipe)
    }
    waitForTheEnd()
  }

  /// Lets a signal do what it does by default; in a handler, when that returns.
  private static func die(_ signal: Int32) {
    var action = sigaction()  // The default is zero.
    sigaction(signal, &action, nil)
    raise(signal)
  }

  /// Where the program is about to end, this thread does nothing any more.
  static func yield() { if isPending { waitForTheEnd() } }

  /// Runs `body`, which no signal interrupts on this thread.
  static func withoutSignals<Result>(_ body: () -> Result) -> Result {
    var blocked = sigset_t()
    var previous = sigset_t()
    sigemptyset(&blocked)
    for signal in signals { sigaddset(&blocked, signal) }
    pthread_sigmask(SIG_BLOCK, &blocked, &previous)
    defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }
    return body()
  }

  /// - Returns: false where another thread, or this one, has begun already.
  private static func begin() -> Bool {
    if isMade.exchange(true, ordering: .sequentiallyConsistent) { return false }
    GuardedName.removeAll()
    return true
  }

  private static func waitForTheEnd() -> Never { while true { pause() } }
}
