import Foundation
import Libc

/// A program with its arguments, run and measured.
struct Command {
  struct Usage {
    var seconds: Double
    /// The largest resident set, children included.
    var peakKiB: Int
  }

  /// The largest resident set of this process, in MiB.
  static var ownPeak: Double {
    var usage = rusage()
    getrusage(0, &usage)  // RUSAGE_SELF, which has another type on each system.
    return Double(usage.ru_maxrss) / 1024
  }

  let arguments: [String]
  init(_ arguments: [String]?) { self.arguments = arguments ?? [] }

  /// - Throws: `BenchError.failed` when it cannot be run or ends badly.
  func run(repeating count: Int = 1) throws -> Usage {
    let clock = ContinuousClock()
    let start = clock.now
    var peak = 0
    for _ in 0..<count {
      var pid = pid_t()
      var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
      defer { for word in words { free(word) } }
      let status = posix_spawnp(&pid, arguments[0], nil, nil, &words, environ)
      guard status == 0 else { throw failure(Int(status)) }
      var result: Int32 = 0
      var usage = rusage()
      guard wait4(pid, &result, 0, &usage) == pid, result == 0 else {
        throw failure(Int(result >> 8))
      }
      peak = max(peak, Int(usage.ru_maxrss))
    }
    return Usage(seconds: (clock.now - start).seconds, peakKiB: peak)
  }

  /// What it prints, without the last line feed.
  ///
  /// - Throws: `BenchError.failed` when it cannot be run or ends badly.
  func read() throws -> String {
    let (process, pipe) = (Process(), Pipe())
    process.executableURL = URL(fileURLWithPath: arguments[0])
    process.arguments = Array(arguments.dropFirst())
    process.standardOutput = pipe
    try process.run()
    let text = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw failure(Int(process.terminationStatus)) }
    return String(decoding: text, as: UTF8.self).trimmingCharacters(in: .newlines)
  }

  private func failure(_ status: Int) -> BenchError {
    .failed(command: arguments.joined(separator: " "), status: status)
  }
}
