import Libc
import Raster

/// A stack that is too small for the program: the shell's limit (`ulimit -s`) may be that low.
enum SmallStack {
  /// Bytes; the runtime and the decoders take a part of it.
  private static let enough = 1 << 20

  /// Whether the stack of this thread may not become as large as it must be.
  private static var isSmall: Bool {
    var limit = rlimit()
    #if canImport(Glibc)
      guard getrlimit(__rlimit_resource_t(RLIMIT_STACK.rawValue), &limit) == 0 else { return false }
    #else
      guard getrlimit(RLIMIT_STACK, &limit) == 0 else { return false }
    #endif
    return limit.rlim_cur < enough
  }

  /// Where this thread has too little of it, runs the program on one with a stack of its own, to its end;
  /// else does nothing.
  static func avoid(_ program: @escaping @Sendable () -> Void) {
    let isStarted =
      isSmall
      && startThread(stack: 8 * enough) {
        program()
        exit(0)
      }
    while isStarted { pause() }
  }
}
