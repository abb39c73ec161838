import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Removes temporary files when a signal ends the program.
///
/// The signal then ends it as it would have: a shell sees 130 for an interrupt, 143 for a
/// termination, 141 for a pipe that nobody reads.
enum Interruption {
  /// Files to remove: a place holds the address of a name, or 0.
  // Safety: written with `lock` held; the handler reads a place as one word.
  private nonisolated(unsafe) static let places: UnsafeMutablePointer<UInt> = {
    let places = UnsafeMutablePointer<UInt>.allocate(capacity: count)
    places.initialize(repeating: 0, count: count)
    return places
  }()
  /// Set once, after `places`, which the handler reads.
  private static let handlers: Void = {
    for signal in [SIGINT, SIGTERM, SIGHUP, SIGPIPE] { handle(signal) }
  }()
  /// More than there are threads that write files.
  private static let count = 1024
  private static let lock = Mutex(())

  /// A file that is to go when the program is interrupted.
  struct Guarded: ~Copyable {
    private let place: Int?
    private let name: UnsafeMutablePointer<CChar>

    init(_ path: FilePath) {
      let name = path.withCString { strdup($0)! }
      self.name = name
      place = lock.withLock { _ in
        guard let place = (0..<count).first(where: { places[$0] == 0 }) else { return nil }
        places[place] = UInt(bitPattern: name)
        _ = handlers
        return place
      }
    }

    deinit {
      // The place is emptied before the name goes.
      let place = place
      lock.withLock { _ in if let place { places[place] = 0 } }
      free(name)
    }
  }

  /// Makes ready to clean up when a signal ends the program.
  static func prepare() { _ = handlers }

  /// From now on, this signal cleans up and ends the program.
  static func handle(_ signal: Int32) {
    var previous = sigaction()
    sigaction(signal, nil, &previous)
    #if canImport(Glibc)
      let isIgnored = unsafeBitCast(previous.__sigaction_handler.sa_handler, to: Int.self) == 1
    #else
      let isIgnored = unsafeBitCast(previous.__sigaction_u.__sa_handler, to: Int.self) == 1
    #endif
    if isIgnored { return }
    var action = sigaction()
    // Safety: only functions that POSIX allows in a handler are called; `places` is initialised
    // before the handler is set, and `count` is a literal.
    let handler: @convention(c) (Int32) -> Void = { signal in
      for place in 0..<1024 {
        if let name = UnsafePointer<CChar>(bitPattern: Interruption.places[place]) { unlink(name) }
      }
      raise(signal)
    }
    #if canImport(Glibc)
      action.__sigaction_handler.sa_handler = handler
      action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND)) | Int32(SA_NODEFER)
    #else
      action.__sigaction_u.__sa_handler = handler
      action.sa_flags = Int32(SA_RESETHAND | SA_NODEFER)
    #endif
    sigaction(signal, &action, nil)
  }
}
