import Libc

/// What stands behind a standard stream.
enum Terminal {
  static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// Whether a line on this stream can be taken back: on a terminal that knows more than to print.
  static func canRedraw(_ descriptor: Int32) -> Bool {
    isTerminal(descriptor) && variable("TERM") != "dumb"
  }

  /// Whether text on this stream may be coloured: on a terminal that can, unless `NO_COLOR` is set.
  static func hasColor(_ descriptor: Int32) -> Bool {
    canRedraw(descriptor) && (variable("NO_COLOR") ?? "").isEmpty
  }

  /// Width of the terminal, in columns (80 where it does not tell).
  static func columns(_ descriptor: Int32) -> Int {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  /// The environment that this program looks at.
  static var environment: [String: String] {
    let names = ["CONVFILTER_DATA", "CONVFILTER_MIRROR", "XDG_DATA_HOME", "HOME"]
    return names.reduce(into: [:]) { $0[$1] = variable($1) }
  }

  /// Seconds since some moment in the past.
  static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

/// Exit statuses of the program; 0 says that all is well, wrong usage ends with 64 (`EX_USAGE`).
enum ExitStatus {
  /// Something failed, the rest was done.
  static let failure: Int32 = 1
  /// A batch found nothing to do.
  static let nothingToDo: Int32 = 2
  /// What a shell shows for a program that SIGPIPE has ended.
  static let brokenPipe: Int32 = 141
}
