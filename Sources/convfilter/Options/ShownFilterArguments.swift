import ArgumentParser
import ImageCodecs
import KernelLanguage
import Raster

/// Options of the commands that show what filters do: how they filter, and with how much of the machine.
struct ShownFilterArguments: ParsableArguments {
  @OptionGroup(title: "Windows") var geometry: GeometryArguments

  @OptionGroup(title: "Results") var results: ResultArguments

  @OptionGroup(title: "Limits") var bounds: LimitArguments

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Threads (default: one a processor).", valueName: "count"))
  var threads: Int?

  func validate() throws { try ThreadCounts.check(threads) }

  /// The words of the command line that say how to filter.
  var words: [String] { geometry.words + results.words }

  func options() throws -> FilterOptions {
    var options = FilterOptions()
    try geometry.apply(to: &options)
    try results.apply(to: &options)
    return options
  }

  /// One a processor where none is said.
  var threadCount: Int { threads ?? availableProcessors() }
}
