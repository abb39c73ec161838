import ArgumentParser
import Raster

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

  @Option(
    help: ArgumentHelp(
      "Names of the results in their folder, as '{folder}/{stem}-sharp.{ext}'; also {name}, {number}.",
      valueName: "template"))
  var name: String?

  @Option(
    help: ArgumentHelp(
      "Take only pictures of such names: '*.{png,jpg}', 'a/**'; repeat for more.", valueName: "glob"
    ))
  var include: [String] = []

  @Option(
    help: ArgumentHelp(
      "Leave out pictures and folders of such names; repeat for more.", valueName: "glob"))
  var exclude: [String] = []

  @Option(
    help: ArgumentHelp(
      "Take this machine's share of the pictures, as 3/8; auto asks Slurm, Kubernetes, MPI, parallel.",
      valueName: "i/n"))
  var shard: String?

  @Flag(
    help: "Write only what is missing, or older than its picture, its kernels or other options.")
  var update = false

  @Flag(help: "Stay, and filter what comes up or changes, as --update does; Ctrl-C ends.")
  var watch = false

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
    if update && noClobber {
      throw ValidationError("--update replaces what is out of date; drop --no-clobber")
    }
    if name != nil && inPlace {
      throw ValidationError("--in-place leaves every file its name; drop --name")
    }
    _ = try filter()
    _ = try share()
    if watch && (inPlace || dryRun || noClobber) {
      let option = inPlace ? "--in-place" : dryRun ? "--dry-run" : "--no-clobber"
      throw ValidationError("--watch and \(option) exclude each other; drop one")
    }
    if inPlace && noClobber {
      throw ValidationError("--in-place replaces every input; drop --no-clobber")
    }
  }

  /// What becomes of an output that exists.
  var existing: ExistingFile {
    force || inPlace || update || watch ? .replace : noClobber ? .skip : .refuse
  }

  /// Which of the pictures that are found are taken; nil for all.
  func filter() throws -> PathFilter? {
    if include.isEmpty && exclude.isEmpty { return nil }
    return try PathFilter(include: include, exclude: exclude)
  }

  /// Which share of the pictures is this machine's; nil for all.
  func share() throws -> Shard? {
    guard let shard else { return nil }
    do {
      return try Shard(shard, variable: Terminal.variable)
    } catch {
      throw ValidationError("--shard \(shard): \(error)")
    }
  }

  /// - Parameter hasFormat: whether the format of the results is told by an option.
  func template(hasFormat: Bool) throws -> NameTemplate? {
    guard let name else { return nil }
    do {
      return try NameTemplate(name, hasFormat: hasFormat)
    } catch {
      throw ValidationError("--name '\(name.shortened())': \(error)")
    }
  }

  /// What has been done before and need not be done again.
  var updating: Updating { update || watch ? force ? .anew : .outdated : .off }
}

/// Whether results are taken note of.
enum Updating: Sendable {
  case off
  /// Yes, and those that need not be made again are not.
  case outdated
  /// Yes, and all are made again.
  case anew
}

/// What becomes of an output that exists already.
enum ExistingFile: Sendable {
  case refuse, skip, replace
}
