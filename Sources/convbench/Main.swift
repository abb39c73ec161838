import ArgumentParser

/// Benchmarks: the product and a rival in one run.
@main
struct ConvBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convbench", abstract: "Measure convfilter beside its rivals.",
    subcommands: [
      Training.self, Networks.self, NetworkWorker.self, Photographs.self, Bodies.self, Memory.self,
      Programs.self,
    ])
}
