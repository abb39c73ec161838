import Libc

/// Runs `body` on a new thread that nobody waits for.
///
/// - Parameter stack: bytes of its stack at least, whatever the limit of the shell (`ulimit -s`).
/// - Returns: false where the system has no thread left.
package func startThread(
  stack: Int = 1 << 20, _ body: @escaping @Sendable () -> Void
) -> Bool {
  #if canImport(Darwin)
    var thread: pthread_t?
  #else
    var thread = pthread_t()
  #endif
  var attributes = pthread_attr_t()
  pthread_attr_init(&attributes)
  defer { pthread_attr_destroy(&attributes) }
  var size = 0
  pthread_attr_getstacksize(&attributes, &size)
  if size < stack { pthread_attr_setstacksize(&attributes, stack) }
  let start = Unmanaged.passRetained(ThreadStart(body)).toOpaque()
  let status = pthread_create(
    &thread, &attributes,
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
