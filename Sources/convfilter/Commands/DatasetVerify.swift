import ArgumentParser
import Datasets
import Reports

/// `convfilter dataset verify`.
struct DatasetVerify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Compare data sets with their published checksums.",
    discussion: """
      What is in a compressed file counts, not how it was compressed. The status is 1 where a file \
      is missing, damaged or another one.

      Examples:
        convfilter dataset verify
        convfilter dataset verify cifar10 --data /big/data
      """)

  @Argument(
    help: ArgumentHelp("Names (default: all that are in the data folder).", valueName: "name"))
  var names: [String] = []

  @Flag(help: "Print JSON on standard output.")
  var json = false

  @OptionGroup var arguments: DatasetArguments

  func run() throws {
    let diagnostics = arguments.diagnostics
    let locations = arguments.locations
    var results: [(dataset: KnownDataset, folder: DataFolder, checks: [FileCheck])] = []
    var isGood = true
    for dataset in try names.isEmpty ? KnownDataset.all : DatasetArguments.named(names) {
      if dataset.folderName == nil { continue }
      guard let folder = locations.find(dataset) else {
        if names.isEmpty { continue }
        diagnostics.error(
          "not found; fetch it with `convfilter dataset fetch \(dataset.name)`",
          at: dataset.name)
        isGood = false
        continue
      }
      let checks = dataset.verify(in: folder) { diagnostics.detail("\(dataset.name): \($0)") }
      isGood = isGood && checks.allSatisfy { $0.state == .good }
      results.append((dataset, folder, checks))
    }
    if json {
      try StandardOutput.write(Self.json(results).pretty)
    } else if results.isEmpty && names.isEmpty {
      diagnostics.note(
        "No data set in \(locations.target.path); `convfilter dataset list` tells more")
    } else if !results.isEmpty {
      try StandardOutput.write(Self.table(results).text())
    }
    if !isGood { throw ExitCode(ExitStatus.failure) }
  }

  private static func table(
    _ results: [(dataset: KnownDataset, folder: DataFolder, checks: [FileCheck])]
  ) -> TextTable {
    var table = TextTable([.init("data set"), .init("file"), .init("state")])
    for (dataset, folder, checks) in results {
      for check in checks {
        table.add([dataset.name, "\(folder.path.appending(check.name))", text(check.state)])
      }
    }
    return table
  }

  private static func text(_ state: FileCheck.State) -> String {
    switch state {
    case .good: "good"
    case .missing: "missing"
    case .differs(_, let found): "not the published file (\(found))"
    case .damaged(let reason): "damaged: \(reason)"
    }
  }

  private static func json(
    _ results: [(dataset: KnownDataset, folder: DataFolder, checks: [FileCheck])]
  ) -> JSON {
    .array(
      results.flatMap { dataset, folder, checks in
        checks.map { check -> JSON in
          [
            "data_set": .string(dataset.name),
            "file": .string("\(folder.path.appending(check.name))"),
            "good": .bool(check.state == .good), "state": .string(text(check.state)),
          ]
        }
      })
  }
}
