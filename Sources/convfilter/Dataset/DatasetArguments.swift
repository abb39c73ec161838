import ArgumentParser
import Datasets

/// Options of the data set commands.
struct DatasetArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where data sets lie (default: CONVFILTER_DATA, else the XDG data folder).",
      valueName: "folder"),
    completion: .directory)
  var data: String?

  @Flag(name: .shortAndLong, help: "Say errors only.")
  var quiet = false

  @Flag(name: .shortAndLong, help: "Say what is done to each file.")
  var verbose = false

  func validate() throws {
    if quiet && verbose {
      throw ValidationError("--quiet and --verbose exclude each other; drop one")
    }
  }

  var diagnostics: Diagnostics { Diagnostics(quiet: quiet, verbose: verbose) }

  var locations: DataLocations {
    var environment: [String: String] = [:]
    for name in ["CONVFILTER_DATA", "XDG_DATA_HOME", "HOME"] {
      environment[name] = Terminal.variable(name)
    }
    return DataLocations(chosen: data, environment: environment)
  }

  /// The data sets of these names.
  ///
  /// - Throws: a `ValidationError` for a name that is not known.
  static func named(_ names: [String]) throws -> [KnownDataset] {
    try names.map { name in
      guard let dataset = KnownDataset.named(name) else {
        throw ValidationError("\(DatasetError.unknownDataset(name: name))")
      }
      return dataset
    }
  }
}
