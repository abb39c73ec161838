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

  @Flag(help: "Overwrite existing files.")
  var force = false

  @Flag(help: "Print JSON on standard output.")
  var json = false

  @Flag(name: .shortAndLong, help: "Say errors only.")
  var quiet = false

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads \(threads): must be 1 to 1024")
    }
  }

  var team: ThreadTeam { .forNetworks(threads: threads ?? availableProcessors()) }

  var diagnostics: Diagnostics { Diagnostics(quiet: quiet) }
}
