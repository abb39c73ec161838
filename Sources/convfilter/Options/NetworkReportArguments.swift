import ArgumentParser
import ConvNet
import Raster
import Text

/// Options of the network commands that say what is said, and how much of the machine is used.
struct NetworkReportArguments: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Threads (default: all processors); never changes a result.", valueName: "n")
  )
  var threads: Int?

  @Option(
    help: ArgumentHelp(
      "Memory that may be taken, as 512M, 2G or none (default: three quarters of the machine's).",
      valueName: "size"))
  var limitMemory: String?

  @Flag(name: .shortAndLong, help: "Overwrite existing files.")
  var force = false

  @Flag(help: "Print JSON on standard output.")
  var json = false

  @Flag(name: .shortAndLong, help: "Say errors only.")
  var quiet = false

  func validate() throws {
    try ThreadCounts.check(threads)
    if let limitMemory, MemoryLimit(limitMemory) == nil {
      throw ValidationError("--limit-memory \(limitMemory): expected a size as 512M or 2G, or none")
    }
  }

  /// The options as they were given, for a run that goes on.
  var words: [String] {
    var words: [String] = []
    if let limitMemory { words += ["--limit-memory", limitMemory] }
    if let threads { words += ["--threads", "\(threads)"] }
    if json { words.append("--json") }
    if force { words.append("--force") }
    return words
  }

  /// The memory that may be taken.
  var memory: MemoryLimit { limitMemory.flatMap { MemoryLimit($0) } ?? .preset }

  var team: ThreadTeam { .forNetworks(threads: threads ?? availableProcessors()) }

  /// - Parameter ranks: the processes that share the work: they share the processors, too.
  func team(_ ranks: MPILink?) -> ThreadTeam {
    ranks == nil ? team : .forNetworks(threads: threads ?? MPILink.threads)
  }

  var diagnostics: Diagnostics { Diagnostics(quiet: quiet) }
}
