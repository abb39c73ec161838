import Libc
import Synchronization

/// The program while it runs.
public struct RunningCommand: Sendable {
  public let processID: pid_t
  private let input: [UInt8]
  private let inputEnd: Int32
  private let outputEnd: Int32
  private let errorEnd: Int32

  /// Held from the making of the pipes until the child has them: no other child may inherit them.
  private static let spawning = Mutex(())

  /// Starts any program; `CommandRunner.start` starts ours.
  public init(
    _ program: String, _ arguments: [String], input: [UInt8] = [],
    environment: [String: String] = [:], folder: String? = nil, terminal: Bool = false
  ) throws {
    self = try Self.spawning.withLock { _ in
      try Self(
        spawning: program, arguments, input: input, environment: environment, folder: folder,
        terminal: terminal)
    }
  }

  private init(
    spawning program: String, _ arguments: [String], input: [UInt8],
    environment: [String: String], folder: String?, terminal: Bool
  ) throws {
    let input = (ours: input, ends: try Self.pipe())
    let output = try Self.pipe()
    let errors = terminal ? try Self.pseudoTerminal() : try Self.pipe()

    #if canImport(Glibc)
      var actions = posix_spawn_file_actions_t()
      var attributes = posix_spawnattr_t()
    #else
      var actions: posix_spawn_file_actions_t?
      var attributes: posix_spawnattr_t?
    #endif
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_adddup2(&actions, input.ends.read, 0)
    posix_spawn_file_actions_adddup2(&actions, output.write, 1)
    posix_spawn_file_actions_adddup2(&actions, errors.write, 2)

    // A test runner may ignore SIGPIPE; the program is to start as it does from a shell.
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    for signal in [SIGPIPE, SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, signal) }
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

    // The shell goes to the folder and becomes the program: no portable call spawns elsewhere.
    let command = [program] + arguments
    let shell = folder.map { ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", $0] } ?? []
    let first = shell.first ?? program
    var words = (shell + command).map { strdup($0) } + [nil]
    var variables = Self.variables(adding: environment).map { strdup($0) } + [nil]
    defer { for word in words + variables { free(word) } }
    var processID = pid_t()
    let status = posix_spawn(&processID, first, &actions, &attributes, &words, &variables)
    for end in [input.ends.read, output.write, errors.write] { close(end) }
    self.processID = processID
    self.input = input.ours
    inputEnd = input.ends.write
    outputEnd = output.read
    errorEnd = errors.read
    guard status == 0 else {
      for end in [inputEnd, outputEnd, errorEnd] { close(end) }
      throw CommandFailure(description: "\(program): \(String(cString: strerror(status)))")
    }
  }

  /// Sends a signal.
  public func signal(_ number: Int32) { kill(processID, number) }

  /// Feeds the input, collects what comes out, and waits for the end.
  public func wait(timeout: Double = 60) -> CommandResult {
    let deadline = Self.now() + timeout
    var output: [UInt8] = []
    var errors: [UInt8] = []
    var fed = 0
    var open = (input: true, output: true, errors: true)
    _ = fcntl(inputEnd, F_SETFL, O_NONBLOCK)
    if input.isEmpty {
      close(inputEnd)
      open.input = false
    }
    while open.output || open.errors {
      var polls = [
        pollfd(fd: open.output ? outputEnd : -1, events: Int16(POLLIN), revents: 0),
        pollfd(fd: open.errors ? errorEnd : -1, events: Int16(POLLIN), revents: 0),
        pollfd(fd: open.input ? inputEnd : -1, events: Int16(POLLOUT), revents: 0),
      ]
      let left = deadline - Self.now()
      if left <= 0 { kill(processID, SIGKILL) }
      poll(&polls, 3, Int32(max(left, 0.1) * 1000))
      if polls[0].revents != 0 { open.output = Self.drain(outputEnd, into: &output) }
      if polls[1].revents != 0 { open.errors = Self.drain(errorEnd, into: &errors) }
      if polls[2].revents != 0 {
        let count = Self.feed(input[fed...], to: inputEnd)
        fed += max(count, 0)
        if count < 0 || fed == input.count {
          close(inputEnd)
          open.input = false
        }
      }
    }
    if open.input { close(inputEnd) }
    close(outputEnd)
    close(errorEnd)
    return CommandResult(
      status: .exited(0), output: output, errors: String(decoding: errors, as: UTF8.self),
      peakMemory: 0
    ).ended(reap(deadline))
  }

  /// The status and the resources of the process once it has ended.
  private func reap(_ deadline: Double) -> (status: Int32, peak: Int) {
    var status: Int32 = 0
    var usage = rusage()
    while true {
      let pid = wait4(processID, &status, WNOHANG, &usage)
      if pid == processID { break }
      if Self.now() > deadline { kill(processID, SIGKILL) }
      usleep(1000)
    }
    #if canImport(Glibc)
      return (status, usage.ru_maxrss * 1024)
    #else
      return (status, usage.ru_maxrss)
    #endif
  }
}

extension CommandResult {
  fileprivate func ended(_ end: (status: Int32, peak: Int)) -> CommandResult {
    var result = self
    let signal = end.status & 0x7f
    result.status = signal == 0 ? .exited(end.status >> 8 & 0xff) : .killed(signal)
    result.peakMemory = end.peak
    return result
  }
}

extension RunningCommand {
  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  private static func variables(adding more: [String: String]) -> [String] {
    var all = more
    var entry = environ
    while let text = entry.pointee {
      let parts = String(cString: text).split(separator: "=", maxSplits: 1)
      if parts.count == 2, all[String(parts[0])] == nil {
        all[String(parts[0])] = String(parts[1])
      }
      entry += 1
    }
    return all.map { "\($0.key)=\($0.value)" }
  }

  /// A pipe whose ends no other child inherits (while `spawning` is held).
  private static func pipe() throws -> (read: Int32, write: Int32) {
    var ends: [Int32] = [0, 0]
    #if canImport(Glibc)
      let status = Glibc.pipe(&ends)
    #else
      let status = Darwin.pipe(&ends)
    #endif
    guard status == 0 else { throw CommandFailure(description: "no pipe is left") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  private static func pseudoTerminal() throws -> (read: Int32, write: Int32) {
    var (ours, theirs): (Int32, Int32) = (0, 0)
    var size = winsize(ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0)
    guard openpty(&ours, &theirs, nil, nil, &size) == 0 else {
      throw CommandFailure(description: "no terminal is left")
    }
    for end in [ours, theirs] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ours, theirs)
  }

  /// Reads what is there; false at the end.
  private static func drain(_ end: Int32, into bytes: inout [UInt8]) -> Bool {
    var block = [UInt8](repeating: 0, count: 65536)
    let count = read(end, &block, block.count)
    if count > 0 { bytes += block[..<count] }
    return count > 0 || (count < 0 && (errno == EINTR || errno == EAGAIN))
  }

  /// Writes what fits; negative when nobody reads any more.
  private static func feed(_ bytes: ArraySlice<UInt8>, to end: Int32) -> Int {
    // A reader that has gone away is an answer here, not a reason to die.
    var pipe = sigset_t()
    sigemptyset(&pipe)
    sigaddset(&pipe, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &pipe, nil)
    let count = bytes.withUnsafeBytes { write(end, $0.baseAddress, $0.count) }
    return count < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : count
  }
}
