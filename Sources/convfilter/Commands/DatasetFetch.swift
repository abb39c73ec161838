import ArgumentParser
import Datasets

/// `convfilter dataset fetch`.
struct DatasetFetch: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch", abstract: "Download data sets, checked, into the data folder.",
    discussion: """
      The files come from the first mirror that has them right; their published checksums are \
      checked, also those of files that are there already: what is missing or damaged is fetched. \
      What was fetched before an interruption is kept, and the next run goes on from there. The \
      program curl does the work.

      Examples:
        convfilter dataset fetch mnist fashion-mnist
        convfilter dataset fetch cifar10 --data /big/data
        convfilter dataset fetch mnist --mirror http://server/datasets
      """)

  @Argument(help: ArgumentHelp("Names, as `dataset list` shows them.", valueName: "name"))
  var names: [String]

  @Option(
    help: ArgumentHelp(
      "Fetch <url>/<name>/<file> instead of the usual addresses (default: CONVFILTER_MIRROR).",
      valueName: "url"))
  var mirror: [String] = []

  @OptionGroup var arguments: DatasetArguments

  func run() throws {
    let diagnostics = arguments.diagnostics
    var failed = false
    for dataset in try DatasetArguments.named(names) {
      do {
        if dataset.folderName == nil {
          diagnostics.note("\(dataset.name): built in, nothing to fetch")
        } else if let folder = good(dataset) {
          diagnostics.note("\(dataset.name): already in \(folder.path), as published")
        } else {
          let folder = try DatasetFetching(diagnostics: diagnostics, mirrors: mirror)
            .fetch(dataset, into: arguments.locations)
          diagnostics.note("\(dataset.name): in \(folder.path)")
        }
      } catch {
        diagnostics.error("\(error)", at: dataset.name)
        failed = true
      }
    }
    if failed { throw ExitCode(ExitStatus.failure) }
  }

  /// Where the data set lies with all its files as they were published; nil also for the folder that
  /// is fetched into, which is looked through with other processes kept out.
  private func good(_ dataset: KnownDataset) -> DataFolder? {
    guard let folder = arguments.locations.find(dataset), let name = dataset.folderName,
      folder != arguments.locations.target.folder(name),
      dataset.verify(in: folder).allSatisfy({ $0.state == .good })
    else { return nil }
    return folder
  }
}
