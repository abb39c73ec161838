import ImageCodecs
import Libc
import Raster

/// Another program, whose output is read to its end.
///
/// What it writes comes through a pipe: when this process is killed, nobody reads the pipe, and the
/// other program ends with its next write. It never writes a file itself.
package struct Program {
  /// Found in the folders of `PATH`.
  let name: String

  package init(name: String) { self.name = name }

  /// How it ended.
  package struct Outcome: Equatable {
    /// 0 for success; 128 and more where a signal ended it.
    package let status: Int
    /// The last line that it wrote to standard error.
    package let complaint: String
  }

  /// Runs the program without input.
  ///
  /// - Parameter output: takes what it writes, piece by piece; what it throws ends the program.
  /// - Throws: `DatasetError.programMissing`, `.programFailed`, and what `output` throws.
  package func run(
    _ arguments: [String], output: (ArraySlice<UInt8>) throws(DatasetError) -> Void
  ) throws(DatasetError) -> Outcome {
    let (out, errors) = (try pipe(), try pipe())
    defer { for end in [out.read, errors.read] { close(end) } }
    let process: pid_t
    do { process = try spawn(arguments, output: out.write, errors: errors.write) } catch {
      for end in [out.write, errors.write] { close(end) }
      throw error
    }
    for end in [out.write, errors.write] { close(end) }
    do {
      try Self.drain(out.read, output)
    } catch {
      kill(process, SIGKILL)
      _ = try wait(process)
      throw error
    }
    var complaint: [UInt8] = []
    try Self.drain(errors.read) { if complaint.count < 65536 { complaint += $0 } }
    let state = try wait(process)
    // The low seven bits are the signal, the next byte the status (wait(2)).
    let signal = Int(state & 0x7f)
    let lines = String(decoding: complaint, as: UTF8.self).split(separator: "\n")
    return Outcome(
      status: signal == 0 ? Int(state >> 8 & 0xff) : 128 + signal,
      complaint: lines.last.map { String($0).visible } ?? "")
  }

  /// A pipe whose ends no other program inherits.
  private func pipe() throws(DatasetError) -> (read: Int32, write: Int32) {
    var ends: [Int32] = [0, 0]
    guard Libc.pipe(&ends) == 0 else { throw .programFailed(name: name, code: errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  private func spawn(
    _ arguments: [String], output: Int32, errors: Int32
  ) throws(DatasetError) -> pid_t {
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
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_adddup2(&actions, errors, 2)
    // Threads may have blocked signals, and this program may ignore some; a program that cannot be
    // interrupted, or that does not end when nobody reads it, is of no use.
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    for signal in [SIGPIPE, SIGXFSZ] { sigaddset(&signals, signal) }
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    // Safety: the copies live until the call returns; the list ends with nil.
    let copies = ([name] + arguments).map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    var process = pid_t()
    let failure = posix_spawnp(&process, name, &actions, &attributes, copies + [nil], environ)
    if failure == ENOENT { throw .programMissing(name: name) }
    if failure != 0 { throw .programFailed(name: name, code: failure) }
    return process
  }

  private func wait(_ process: pid_t) throws(DatasetError) -> Int32 {
    var state: Int32 = 0
    while waitpid(process, &state, 0) != process {
      if errno != EINTR { throw .programFailed(name: name, code: errno) }
    }
    return state
  }

  private static func drain(
    _ end: Int32, _ body: (ArraySlice<UInt8>) throws(DatasetError) -> Void
  ) throws(DatasetError) {
    var block = [UInt8](repeating: 0, count: 65536)
    while true {
      // What cannot be read any more is at its end.
      let count = (try? Descriptor.read(end, into: &block)) ?? 0
      if count == 0 { return }
      try body(block[..<count])
    }
  }
}
