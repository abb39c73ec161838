import Foundation
import Raster

/// A library that runs in a process of its own, told by lines what to do.
final class Rival {
  let name: String
  private let process = Process()
  private let requests = Pipe()
  private let answers = Pipe()
  private var pending: [UInt8] = []

  /// - Parameters:
  ///   - picture: a file of raw samples.
  ///   - script: `NAME.py` in the folder of rivals.
  convenience init(
    _ name: String, script: String, python: String, picture: String, format: PictureFormat,
    threads: Int
  ) throws {
    try self.init(
      name,
      [
        python, script, picture, "\(format.width)", "\(format.height)", "\(format.color.channels)",
        "\(format.sample.byteCount)", "\(threads)",
      ])
  }

  /// - Parameters:
  ///   - command: the program and its arguments.
  ///   - environment: nil for that of this process.
  init(_ name: String, _ command: [String], environment: [String: String]? = nil) throws {
    self.name = name
    process.executableURL = URL(fileURLWithPath: command[0])
    process.arguments = Array(command.dropFirst())
    if let environment { process.environment = environment }
    process.standardInput = requests
    process.standardOutput = answers
    try process.run()
  }

  /// Seconds of one run, or nil where the rival cannot do it.
  func run(_ request: String) throws -> Double? {
    let answer = try ask(request)
    if answer == "unsupported" { return nil }
    guard let seconds = Double(answer) else { throw BenchError.answer(rival: name, answer) }
    return seconds
  }

  /// The samples of the last result.
  func result(at path: String) throws -> [UInt8] {
    _ = try ask(#"{"save":"\#(path)"}"#)
    return try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
  }

  func stop() {
    try? requests.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  /// The list of numbers with which a program that works on networks begins.
  func numbers() throws -> [Double] {
    let answer = try answer()
    guard let list = try? JSONDecoder().decode([Double].self, from: Data(answer.utf8)) else {
      throw BenchError.answer(rival: name, answer)
    }
    return list
  }

  /// Seconds of one run of the job that the program was started for.
  func seconds() throws -> Double { try number("run") }

  /// Its largest resident set, in MiB.
  func peak() throws -> Double { try number("peak") }

  private func number(_ request: String) throws -> Double {
    let answer = try ask(request)
    guard let number = Double(answer) else { throw BenchError.answer(rival: name, answer) }
    return number
  }

  private func ask(_ line: String) throws -> String {
    try requests.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8))
    return try answer()
  }

  private func answer() throws -> String {
    while true {
      if let end = pending.firstIndex(of: 10) {
        defer { pending.removeFirst(end + 1) }
        return String(decoding: pending[..<end], as: UTF8.self)
      }
      let more = answers.fileHandleForReading.availableData
      if more.isEmpty { throw BenchError.ended(rival: name) }
      pending += more
    }
  }
}

/// What keeps a measurement from being made.
enum BenchError: Error, CustomStringConvertible {
  case answer(rival: String, String)
  case ended(rival: String)
  case differs(job: String, rival: String, Double)
  case other(job: String, rival: String, Double)
  case failed(command: String, status: Int)

  var description: String {
    switch self {
    case .answer(let rival, let text): "\(rival) answered '\(text)'"
    case .ended(let rival):
      "\(rival) ended early; run 'make bench-deps' ('make bench-networks' for networks)"
    case .differs(let job, let rival, let levels):
      "\(job): \(rival) differs by \(levels) levels: not the same job"
    case .other(let job, let rival, let share):
      "\(job): \(rival) finds numbers that differ by \(share) of the largest: not the same job"
    case .failed(let command, let status): "'\(command)' ended with status \(status)"
    }
  }
}
