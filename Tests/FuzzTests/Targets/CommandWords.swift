import ArgumentParser
import ConvNet

@testable import convfilter

extension FuzzTarget {
  /// Command lines, a word a line, the subcommand first. They are parsed, nothing is run.
  static let commandWords = FuzzTarget("command-words") { bytes in
    let words = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    guard let first = words.first, let command = commands.first(where: { $0.name == first }) else {
      return
    }
    // Words that would make the parser print its completions say nothing about the commands.
    let rest = Array(words.dropFirst()).filter { !$0.hasPrefix("--generate") }
    if first == "apply" { _ = FilterRequest(plain: rest) }
    let parsed = try command.type.parse(rest)
    if let apply = parsed as? Apply { _ = try apply.request() }
    if let train = parsed as? Train {
      _ = train.training.settings(Preset.all[0].settings, support: [3, 0, 5])
    }
  }

  private static let commands: [(name: String, type: any ParsableCommand.Type)] = [
    ("apply", Apply.self), ("kernels", Kernels.self), ("matrix", Matrix.self),
    ("train", Train.self), ("evaluate", Evaluate.self), ("predict", Predict.self),
    ("features", Features.self), ("summary", SummaryCommand.self),
    ("diff", Diff.self),
    ("fetch", DatasetFetch.self), ("list", DatasetList.self), ("verify", DatasetVerify.self),
  ]
}
