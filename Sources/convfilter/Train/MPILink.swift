import ArgumentParser
import CMessagePassing
import Raster

/// The processes of a training that a launcher of MPI has started.
final class MPILink: RankLink, @unchecked Sendable {
  // Safety: the thread that starts it makes all calls.
  let rank: Int
  let count: Int
  /// Whether one of the processes was missing where all should have met.
  private var isParted = false

  /// - Returns: nil where this process was not started as one of several.
  /// - Throws: `CommandFailure` where MPI is not there.
  static func started() throws(CommandFailure) -> MPILink? {
    if message_passing_size() <= 1 { return nil }
    var message = [CChar](repeating: 0, count: Int(MESSAGE_PASSING_ROOM))
    if message_passing_begin(&message) != 0 {
      let text = message.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
      throw CommandFailure(text + "; install it, or start one process without mpirun")
    }
    return MPILink()
  }

  private init() {
    rank = Int(message_passing_rank())
    count = Int(message_passing_count())
  }

  func start(_ letters: RankLetters, number: Int) -> any RankDelivery {
    MPIDelivery(letters, tag: Int32(number))
  }

  /// The bytes of one rank go to all others.
  private func broadcast(_ bytes: UnsafeMutableRawBufferPointer, from rank: Int) {
    message_passing_broadcast(bytes.baseAddress, bytes.count, Int32(rank))
  }

  func exchange(_ bytes: UnsafeMutableRawBufferPointer, parts: [Range<Int>]) {
    message_passing_exchange(bytes.baseAddress, parts.map(\.lowerBound), parts.map(\.count))
  }

  func meet() -> Bool {
    let all = agree(true)
    if !all { isParted = true }
    return all
  }

  /// Threads of a process where the launcher leaves all processors to several.
  static var threads: Int {
    // Slurm's is "3" or, for nodes alike, "3(x2)".
    let own = ["OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS", "SLURM_STEP_TASKS_PER_NODE"].lazy
      .compactMap { Terminal.variable($0) }.compactMap { Int($0.prefix { $0.isNumber }) }.first
    return max(1, availableProcessors() / max(1, own ?? 1))
  }
}

extension MPILink {
  /// Something that all processes end for: one of them has said why.
  private struct CommonEnd: Error {
    /// nil where another process says why.
    let reason: (any Error)?
  }

  /// Runs the work of this process; where it fails alone, all processes end.
  func run(_ work: () throws -> Void) throws {
    do {
      try work()
      message_passing_end()
    } catch let end as CommonEnd {
      message_passing_end()
      // A launcher ends all where one has failed: those that say nothing end well.
      if let reason = end.reason { throw reason }
    } catch let status as ExitCode {
      message_passing_end()
      throw status
    } catch {
      let failure = error as? CommandFailure
      Diagnostics().error(
        (failure?.message ?? "\(error)") + " (process \(rank + 1) of \(count); all end)",
        at: failure?.place)
      message_passing_abort(ExitStatus.failure)
    }
  }

  /// As `together` of several, or alone.
  static func together<Result>(
    _ ranks: MPILink?, _ body: () throws -> Result
  ) throws -> Result {
    if let ranks { try ranks.together(body) } else { try body() }
  }

  /// Runs what each process does for itself, the first one before all others: what it fetches or locks
  /// is there for them. Where it fails in one, all end, and the first that it failed in says why.
  func together<Result>(_ body: () throws -> Result) throws -> Result {
    var answer: Swift.Result<Result, any Error>?
    if rank == 0 { answer = Swift.Result { try body() } }
    var states = [UInt8](repeating: 0, count: count)
    states[0] = (try? answer?.get()) == nil ? 0 : 1
    states.withUnsafeMutableBytes { broadcast($0, from: 0) }
    if states[0] == 1, rank > 0 {
      answer = Swift.Result { try body() }
      states[rank] = (try? answer?.get()) == nil ? 0 : 1
    }
    if states[0] == 1 {
      states.withUnsafeMutableBytes { exchange($0, parts: (0..<count).map { $0..<$0 + 1 }) }
    }
    return try common(answer, states)
  }

  /// As `jointly` of several, or alone.
  static func jointly<Result>(
    _ ranks: MPILink?, _ body: () throws -> Result
  ) throws -> Result {
    if let ranks { try ranks.jointly(body) } else { try body() }
  }

  /// Runs what the processes do at the same time, and may tell each other meanwhile, once they have
  /// met (`meet`). Where it fails in one, all end, and the first that it failed in says why.
  func jointly<Result>(_ body: () throws -> Result) throws -> Result {
    isParted = false
    let answer = Swift.Result { try body() }
    // Those who met heard already that one was missing; it is here, and says why.
    if isParted { throw CommonEnd(reason: nil) }
    var states = [UInt8](repeating: 0, count: count)
    states[rank] = (try? answer.get()) == nil ? 0 : 1
    // The same words as those of `meet`.
    states.withUnsafeMutableBytes { exchange($0, parts: (0..<count).map { $0..<$0 + 1 }) }
    return try common(answer, states)
  }

  private func common<Result>(
    _ answer: Swift.Result<Result, any Error>?, _ states: [UInt8]
  ) throws -> Result {
    if let first = states.firstIndex(of: 0) {
      guard case .failure(let error)? = answer, first == rank else { throw CommonEnd(reason: nil) }
      throw CommonEnd(reason: error)
    }
    return try answer!.get()
  }
}
