import ArgumentParser

/// What `--version` says.
let programVersion = "0.1.0"

extension CommandConfiguration {
  /// A command of `convfilter`.
  static func subcommand(
    _ name: String, abstract: String, usage: String? = nil, discussion: String,
    subcommands: [any ParsableCommand.Type] = []
  ) -> CommandConfiguration {
    CommandConfiguration(
      commandName: name, _superCommandName: "convfilter", abstract: abstract, usage: usage,
      discussion: discussion, version: programVersion, subcommands: subcommands)
  }
}
