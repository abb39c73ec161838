import ArgumentParser
import ConvNet
import Raster

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

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

  /// Runs a command; what it throws is said, and ends the program with a failure.
  func run(_ body: (Diagnostics) throws -> Void) throws {
    let diagnostics = Diagnostics(quiet: quiet)
    do {
      try body(diagnostics)
    } catch let failure as CommandFailure {
      diagnostics.error(failure.message, at: failure.place)
      throw ExitCode(ExitStatus.failure)
    } catch let exit as ExitCode {
      throw exit
    } catch let error as ValidationError {
      throw error
    } catch {
      diagnostics.error("\(error)")
      throw ExitCode(ExitStatus.failure)
    }
  }

  /// Writes results to standard output.
  static func print(_ text: String) { Terminal.write(text, to: 1) }
}
