import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The user's wish to stop: the first interrupt asks, the second one ends the program at once.
enum StopRequest {
  private static let isMade = Atomic<Bool>(false)

  /// Whether the user has asked to stop.
  static var isPending: Bool { isMade.load(ordering: .relaxed) }

  /// From now on the first interrupt or termination is a wish.
  static func listen() {
    Interruption.prepare()
    for number in [SIGINT, SIGTERM] {
      var action = sigaction()
      // Safety: an atomic store and `sigaction` are allowed in a handler.
      let handler: @convention(c) (Int32) -> Void = { number in
        StopRequest.isMade.store(true, ordering: .relaxed)
        Interruption.handle(number)
      }
      #if canImport(Glibc)
        action.__sigaction_handler.sa_handler = handler
      #else
        action.__sigaction_u.__sa_handler = handler
      #endif
      action.sa_flags = SA_RESTART
      sigaction(number, &action, nil)
    }
  }
}
