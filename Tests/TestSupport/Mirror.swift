import Libc

/// The server of `Tests/Servers/mirror.py`, while a test needs it.
public final class Mirror {
  /// Its files lie in the folder `files` of this one.
  public let scratch: ScratchFolder
  private var process = pid_t()
  private var port = ""

  /// Nil, with a line that says so, where python3 or curl is missing.
  public init?() throws {
    scratch = try ScratchFolder()
    guard Self.has("python3"), Self.has("curl"), Self.has("tar") else {
      print("skipped: a local mirror needs python3, curl and tar")
      return nil
    }
    // A proxy has no business with the loopback interface.
    setenv("no_proxy", "127.0.0.1", 1)
    let script = TestData.package + "/Tests/Servers/mirror.py"
    let copies = ["python3", script, scratch.path].map { (text: String) in strdup(text) }
    defer { for copy in copies { free(copy) } }
    guard posix_spawnp(&process, "python3", nil, nil, copies + [nil], environ) == 0 else {
      print("skipped: python3 does not start")
      return nil
    }
    for _ in 0..<2000 {
      if let bytes = scratch.read("port") {
        port = String(decoding: bytes, as: UTF8.self)
        return
      }
      usleep(10_000)
    }
    print("skipped: the local mirror does not come up")
    stop()
    return nil
  }

  /// The address of the mirror in one of its moods.
  public func address(_ mode: String) -> String { "http://127.0.0.1:\(port)/\(mode)" }

  /// What was asked for, a line each: path and range.
  public var requests: [String] {
    guard let bytes = scratch.read("requests") else { return [] }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  private func stop() {
    if process > 0 {
      // Test threads block other signals, and so do the processes that they start.
      kill(process, SIGKILL)
      var state: Int32 = 0
      waitpid(process, &state, 0)
    }
  }

  deinit { stop() }

  /// Whether a program can be started by its name.
  public static func has(_ program: String) -> Bool {
    guard let path = getenv("PATH").map({ String(cString: $0) }) else { return false }
    return path.split(separator: ":").contains { access("\($0)/\(program)", X_OK) == 0 }
  }
}
