import ArgumentParser
import ConvEngine

/// The command line.
@main
struct ConvFilter: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convfilter",
    abstract: "Filter pictures and train small networks.",
    version: "0.1.0",
    subcommands: [
      Apply.self, Kernels.self, Matrix.self, Train.self, Evaluate.self, Predict.self, Features.self,
      SummaryCommand.self, DatasetCommand.self,
    ])

  static func main() {
    let words = Array(CommandLine.arguments.dropFirst())
    do {
      if words.first == Apply.configuration.commandName,
        let request = FilterRequest(plain: Array(words.dropFirst()))
      {
        return try request.run()
      }
      var command = try parse(words)
      try command.run()
    } catch {
      exit(withError: error)
    }
  }

  /// The command that the words ask for.
  private static func parse(_ words: [String]) throws -> any ParsableCommand {
    // `apply` is run thousands of times in a row: without the other commands' options to look at,
    // it starts in half the time. Wrong words are left to the whole parser, which says more.
    if words.first == Apply.configuration.commandName,
      let apply = try? Apply.parse(Array(words.dropFirst()))
    {
      return apply
    }
    return try parseAsRoot(words)
  }
}
