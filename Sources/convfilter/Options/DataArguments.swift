import ArgumentParser
import Datasets

/// Options that say where images come from.
struct DataArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where data sets lie (default: CONVFILTER_DATA, else the XDG data folder).",
      valueName: "folder"),
    completion: .directory)
  var data: String?

  @Flag(help: "Never download; say which files are missing instead.")
  var offline = false

  @Flag(help: "Leave out pictures of a folder that cannot be read, with a warning.")
  var skipBad = false
}
