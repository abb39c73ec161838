import Libc
import Synchronization

/// The user's wish to stop: the first interrupt asks, the second one ends the program at once.
enum StopRequest {
  /// The signal that asked, 0 for none.
  private static let signal = Atomic<Int32>(0)

  /// Whether the user has asked to stop.
  static var isPending: Bool { signal.load(ordering: .relaxed) != 0 }

  /// What a shell shows for a program that the signal has ended: 130 for an interrupt, 143 for a
  /// termination, also where another process of a training was asked.
  static var exitStatus: Int32 { 128 + (isPending ? signal.load(ordering: .relaxed) : SIGTERM) }

  /// From now on the first interrupt or termination is a wish.
  static func listen() {
    Interruption.prepare()
    for number in [SIGINT, SIGTERM] {
      // Safety: an atomic store and `sigaction` are allowed in a handler.
      Interruption.install(number) { number in
        StopRequest.signal.store(number, ordering: .relaxed)
        Interruption.handle(number)
      }
    }
  }
}
