import ArgumentParser
import Text

/// Options that say what is said.
struct ReportArguments: ParsableArguments {
  @Flag(help: "Print one JSON object a picture on standard output.")
  var json = false

  @Flag(help: "Say how the first picture would be filtered, step by step, and do nothing.")
  var explain = false

  @Flag(help: "Treat warnings as errors: such a picture is not written.")
  var strict = false

  @Flag(name: .shortAndLong, help: "Say errors only: no progress, warnings or summary.")
  var quiet = false

  @Flag(name: .shortAndLong, help: "Say what is done to each picture, and how.")
  var verbose = false

  func validate() throws {
    if explain && quiet {
      throw ValidationError("--explain and --quiet exclude each other; drop one")
    }
    if quiet && verbose {
      throw ValidationError("--quiet and --verbose exclude each other; drop one")
    }
  }

  var diagnostics: Diagnostics { Diagnostics(quiet: quiet, verbose: verbose) }
}
