import ArgumentParser

/// The command line.
@main
struct ConvFilter: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convfilter",
    abstract: "Filter pictures and train small networks.",
    version: "0.1.0")
}
