import Libc

/// Runs `body` on a new thread that nobody waits for.
///
/// - Returns: false where the system has no thread left.
func startThread(_ body: @escaping @Sendable () -> Void) -> Bool {
  #if canImport(Darwin)
    var thread: pthread_t?
  #else
    var thread = pthread_t()
  #endif
  let start = Unmanaged.passRetained(ThreadStart(body)).toOpaque()
  let status = pthread_create(
    &thread, nil,
    { argument in
      #if canImport(Darwin)
        let start = Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue()
      #else
        let start = Unmanaged<ThreadStart>.fromOpaque(argument!).takeRetainedValue()
      #endif
      start.body()
      return nil
    }, start)
  guard status == 0 else {
    Unmanaged<ThreadStart>.fromOpaque(start).release()
    return false
  }
  #if canImport(Darwin)
    pthread_detach(thread!)
  #else
    pthread_detach(thread)
  #endif
  return true
}

private final class ThreadStart {
  let body: @Sendable () -> Void
  init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
