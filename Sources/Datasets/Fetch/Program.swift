#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Another program, run to its end.
struct Program {
  /// Found in the folders of `PATH`.
  let name: String

  /// How it ended.
  struct Outcome: Equatable {
    /// 0 for success; 128 and more where a signal ended it.
    let status: Int
    /// The last line that it wrote to standard error.
    let complaint: String
  }

  /// Runs the program without input and output.
  ///
  /// - Parameters:
  ///   - errors: a file that takes what it writes to standard error.
  ///   - meanwhile: called some ten times a second while it runs.
  /// - Throws: `DatasetError.programMissing`.
  func run(
    _ arguments: [String], errors: String, meanwhile: () -> Void = {}
  ) throws(DatasetError) -> Outcome {
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
      var attributes: posix_spawnattr_t?
    #else
      var actions = posix_spawn_file_actions_t()
      var attributes = posix_spawnattr_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    // Threads may have blocked signals; a program that cannot be interrupted is of no use.
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    // Safety: the copies live until the call returns; the list ends with nil.
    let copies = ([name] + arguments).map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    var process = pid_t()
    let failure = posix_spawnp(&process, name, &actions, &attributes, copies + [nil], environ)
    guard failure == 0 else { throw .programMissing(name: name) }
    var state: Int32 = 0
    while true {
      let ended = waitpid(process, &state, WNOHANG)
      if ended == process { break }
      if ended < 0 && errno != EINTR { throw .programMissing(name: name) }
      meanwhile()
      usleep(80_000)
    }
    // The low seven bits are the signal, the next byte the status (wait(2)).
    let signal = Int(state & 0x7f)
    return Outcome(
      status: signal == 0 ? Int(state >> 8 & 0xff) : 128 + signal,
      complaint: Self.lastLine(errors))
  }

  private static func lastLine(_ path: String) -> String {
    guard let slash = path.lastIndex(of: "/"),
      let bytes = try? DataFolder(String(path[..<slash])).read(
        String(path[path.index(after: slash)...]))
    else { return "" }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    return lines.last.map(String.init) ?? ""
  }
}
