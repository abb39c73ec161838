import ArgumentParser

/// `convfilter dataset`.
struct DatasetCommand: ParsableCommand {
  static let configuration = CommandConfiguration.subcommand(
    "dataset", abstract: "List, fetch and verify data sets.",
    discussion: """
      Data sets lie in --data, else in the folder that CONVFILTER_DATA names, else in \
      $XDG_DATA_HOME/convfilter or ~/.local/share/convfilter; /usr/share/datasets is looked at, \
      too. Files that other programs have put into such a folder are found there.

      Examples:
        convfilter dataset list
        convfilter dataset fetch cifar10
        convfilter dataset verify mnist
      """,
    subcommands: [DatasetList.self, DatasetFetch.self, DatasetVerify.self])
}
