import ArgumentParser

/// The command line.
@main
struct ConvFilter: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convfilter",
    abstract: "Filter pictures and train small networks.",
    version: programVersion,
    subcommands: [
      Apply.self, Kernels.self, Matrix.self, Train.self, Evaluate.self, Predict.self, Features.self,
      SummaryCommand.self, Export.self, DatasetCommand.self, Diff.self, Explore.self, Sheet.self,
      Compare.self,
    ])

  static func main() {
    SmallStack.avoid { start() }
    start()
  }

  private static func start() {
    StandardStreams.prepare()
    guard let words = CommandWords.all else {
      Diagnostics().error("the words of the command line cannot be read; mount /proc")
      exit(withError: ExitCode(ExitStatus.failure))
    }
    // Without the options of all the other commands to look at, a command starts in half the time.
    if let command = configuration.subcommands.first(where: { $0._commandName == words.first }) {
      run(command, Array(words.dropFirst()))
    } else {
      run(self, words)
    }
  }

  private static func run(_ type: any ParsableCommand.Type, _ words: [String]) {
    var recipes: [Recipe] = []
    do {
      var words = words
      try UsageAdvice.checkCommand(words.first, of: type)
      if type == Apply.self {
        try MistakenOption.checkQuality(words)
        (words, recipes) = try Recipe.expanded(words)
      }
      if type == Apply.self, let request = FilterRequest(plain: words) { return try request.run() }
      // What a shell asks holds words that are not finished.
      if words.first != "---completion" { try MistakenOption.check(words) }
      var command = try type.parseAsRoot(words)
      try command.run()
    } catch {
      let isUsage = type.exitCode(for: error) == .validationFailure
      end(type, words, isUsage ? recipes.lazy.compactMap { $0.mistake }.first ?? error : error)
    }
  }

  /// Says why, and ends the program: with help, for wrong usage, or for a failure.
  private static func end(
    _ type: any ParsableCommand.Type, _ words: [String], _ error: any Error
  ) -> Never {
    do {
      if error is CommandFailure { throw error }
      let status = type.exitCode(for: error)
      // The parser leaves out the program here.
      let text = type.fullMessage(for: error)
        .replacing("See '\(type._commandName) ", with: "See '\(Self.command(type)) ")
      if status == .success {
        let more = text == programVersion ? BuildReport.text : ""
        try StandardOutput.write(text + "\n" + more)
      } else if !text.isEmpty {
        let diagnostics = Diagnostics()
        diagnostics.error(
          UsageAdvice.advised(type.message(for: error), for: type, words: words))
        // What follows the message: the usage of this command.
        if let usage = text.firstRange(of: "\nUsage: ") {
          diagnostics.note(String(text[usage.lowerBound...].dropFirst()))
        }
      }
      exit(withError: status)
    } catch {
      let failure = error as? CommandFailure
      Diagnostics().error(failure?.message ?? "\(error)", at: failure?.place)
      exit(withError: failure?.status ?? .failure)
    }
  }

  private static func command(_ type: any ParsableCommand.Type) -> String {
    type == self ? _commandName : "\(_commandName) \(type._commandName)"
  }
}
