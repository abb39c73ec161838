import Libc

/// Runs the built program as a process of its own.
///
///     let result = try CommandRunner.run(["apply", "--kernel", "box", "a.png", "b.png"])
///     #expect(result.status == .exited(0))
public enum CommandRunner {
  /// The program beside the test bundle.
  public static let program: String = {
    #if canImport(Glibc)
      var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
      let count = buffer.withUnsafeMutableBytes {
        readlink("/proc/self/exe", $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
      }
      precondition(count > 0, "the test bundle is unknown")
      let bundle = String(decoding: buffer[..<count], as: UTF8.self)
      return bundle.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/convfilter"
    #else
      var info = Dl_info()
      precondition(dladdr(#dsohandle, &info) != 0, "the test bundle is unknown")
      let parts = String(cString: info.dli_fname).split(separator: "/")
      let bundle = parts.firstIndex { $0.hasSuffix(".xctest") } ?? parts.count - 1
      return parts[..<bundle].reduce("") { $0 + "/" + $1 } + "/convfilter"
    #endif
  }()

  /// Runs the program to its end.
  ///
  /// - Parameters:
  ///   - arguments: what follows the program's name.
  ///   - input: bytes on its standard input (nothing by default).
  ///   - environment: variables to add to ours.
  ///   - folder: where it runs; ours by default.
  ///   - terminal: whether its standard error is a terminal, 80 columns wide.
  ///   - timeout: seconds after which it is killed (its status is then `.killed(SIGKILL)`).
  public static func run(
    _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:],
    folder: String? = nil, terminal: Bool = false, timeout: Double = 60
  ) throws -> CommandResult {
    try start(
      arguments, input: input, environment: environment, folder: folder, terminal: terminal
    ).wait(timeout: timeout)
  }

  /// Runs another program, found by its name, to its end.
  public static func run(
    other name: String, _ arguments: [String], folder: String? = nil, timeout: Double = 60
  ) throws -> CommandResult {
    try RunningCommand(
      "/usr/bin/env", [name] + arguments, input: [], environment: [:], folder: folder,
      terminal: false
    ).wait(timeout: timeout)
  }

  /// Starts the program; `wait` must be called once on what is returned.
  public static func start(
    _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:],
    folder: String? = nil, terminal: Bool = false
  ) throws -> RunningCommand {
    try RunningCommand(
      program, arguments, input: input, environment: environment, folder: folder,
      terminal: terminal)
  }
}

/// What a run of the program left.
public struct CommandResult: Sendable {
  public enum Status: Sendable, Hashable {
    case exited(Int32)
    /// Ended by this signal.
    case killed(Int32)
  }

  public var status: Status
  /// Standard output, as it is.
  public var output: [UInt8]
  /// Standard error.
  public var errors: String
  /// The largest resident size, in bytes.
  public var peakMemory: Int

  /// Standard output as text.
  public var text: String { String(decoding: output, as: UTF8.self) }
}

public struct CommandFailure: Error, CustomStringConvertible {
  public var description: String
}
