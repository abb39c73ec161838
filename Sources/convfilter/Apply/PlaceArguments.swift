import ArgumentParser

/// Options that say where pictures come from and where results go.
struct PlaceArguments: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "Pictures or folders, the output last as with cp; - is standard input or output.",
      valueName: "input ... output"),
    completion: .file())
  var files: [String] = []

  @Flag(name: .shortAndLong, help: "Go into the folders of folders too; their structure is kept.")
  var recursive = false

  @Option(
    name: .customLong("files0-from"),
    help: ArgumentHelp(
      "More inputs: names ended by zero bytes, as from find -print0; - is standard input.",
      valueName: "file"),
    completion: .file())
  var files0From: String?

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp(
      "Folder for the results, made if need be; all files are inputs then.", valueName: "folder"),
    completion: .directory)
  var outputDir: String?

  @Flag(help: "Keep the folders of the inputs' names below the folder for the results.")
  var parents = false

  @Flag(name: .shortAndLong, help: "Overwrite files that exist (default: an error).")
  var force = false

  @Flag(name: .shortAndLong, help: "Skip pictures whose output exists.")
  var noClobber = false

  @Flag(help: "Replace each input by its result; all files are inputs then.")
  var inPlace = false

  @Flag(help: "Say what would be done, and do nothing.")
  var dryRun = false

  @Flag(help: "Give results the times of their inputs.")
  var preserveTimes = false

  func validate() throws {
    if force && noClobber {
      throw ValidationError("--force and --no-clobber exclude each other; drop one")
    }
    if parents && inPlace {
      throw ValidationError("--in-place leaves every file where it is; drop --parents")
    }
    if inPlace && noClobber {
      throw ValidationError("--in-place replaces every input; drop --no-clobber")
    }
  }

  /// What becomes of an output that exists.
  var existing: ExistingFile { force || inPlace ? .replace : noClobber ? .skip : .refuse }
}

/// What becomes of an output that exists already.
enum ExistingFile: Sendable {
  case refuse, skip, replace
}
