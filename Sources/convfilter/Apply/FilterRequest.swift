import ArgumentParser
import ImageCodecs
import KernelLanguage
import PictureFilters
import Raster

/// All that a command line of `apply` asks for, at first nothing out of the ordinary.
struct FilterRequest {
  /// Texts of the kernels of the chain (≥ 1).
  var kernels: [String] = []
  var options = FilterOptions()
  var channels = ChannelSelection.all
  var region: Selection.Region?
  /// A file.
  var mask: String?
  var background: Metadata.Background?
  var limits = Limits()
  var memory = MemoryLimit.preset
  var damage = DamagePolicy.refuse
  /// The format of the results and the ending of their names; nil to keep the input's.
  var target: (format: FileFormat, ending: String)?
  var writing = WritingOptions()
  var keepsMetadata = true
  /// `srgb` or a file; nil to leave colours as they are.
  var profile: String?
  var takesFirstPicture = false
  /// Which picture of a file, from 1; nil for the first, with a warning of the others.
  var page: Int?
  /// Whether pictures of an archive that cannot be filtered stay in it.
  var keepsBadMembers = false

  /// Inputs, and the output last unless another word says it.
  var files: [String] = []
  /// A file of more inputs.
  var files0From: String?
  var outputDir: String?
  var isInPlace = false
  var isRecursive = false
  /// Whether results lie below the output folder as the inputs' names say.
  var keepsParents = false
  /// What results in a folder are called, nil for what their inputs are called.
  var template: NameTemplate?
  /// Which pictures are taken, nil for all.
  var filter: PathFilter?
  /// Which share of them, nil for all.
  var shard: Shard?
  var updating = Updating.off
  /// Whether the program stays and waits for more.
  var watches = false
  /// Whether the plan is shown instead.
  var explains = false
  var existing = ExistingFile.refuse
  var isDryRun = false
  var preservesTimes = false

  var json = false
  var isStrict = false
  var isQuiet = false
  var isVerbose = false
  /// One a processor where it is nil.
  var threads: Int?

  /// Filters the pictures.
  ///
  /// - Throws: `ValidationError` for words that make no sense, `ExitCode` where pictures failed.
  func run() throws {
    let places = try resolvePlaces()
    if json && places.destination == .standardOutput {
      throw ValidationError("--json and a picture cannot share standard output; name a file")
    }
    if explains { return try explain(places) }
    if updating != .off && places.destination == .standardOutput {
      throw ValidationError(
        "\(watches ? "--watch" : "--update") needs files to compare with; name one as OUTPUT")
    }
    let settings = try settings()
    let batch = Batch(
      places: places, jobList: jobList, settings: settings, parts: parts,
      ledger: updating == .off
        ? nil
        : UpdateLedger(
          settings, folder: places.folder, shard: shard, ignoresOld: updating == .anew),
      diagnostics: Diagnostics(quiet: isQuiet, verbose: isVerbose), json: json,
      threads: threads ?? availableProcessors())
    let status = try watches ? batch.watch() : batch.run()
    if status != 0 { throw ExitCode(status) }
  }

  /// What is read besides the pictures, and no result takes the place of.
  private var parts: InputFiles {
    guard existing == .replace else { return InputFiles([]) }
    let recipes = (CommandWords.all ?? []).filter { $0.hasPrefix("@") }.map {
      String($0.dropFirst())
    }
    return KernelArguments.files(of: kernels)
      + InputFiles(arguments: [mask, profile, files0From].compactMap { $0 } + recipes)
  }

  private func explain(_ places: Places) throws {
    var jobList = jobList
    jobList.add(places)
    let explanation = try FilterExplanation(
      kernels, of: jobList, try settings(), threads: threads ?? availableProcessors())
    try StandardOutput.write(json ? explanation.json.line + "\n" : explanation.text)
  }

  /// What turns the names of inputs into jobs.
  private var jobList: JobList {
    var jobList = JobList(recursive: isRecursive, outputExtension: target?.ending)
    jobList.keepsParents = keepsParents
    jobList.template = template
    jobList.filter = filter
    jobList.shard = shard
    return jobList
  }

  private func resolvePlaces() throws -> Places {
    var listed: [FilePath]?
    if let list = files0From {
      do {
        listed = try FileNameList.names(in: FilePath(argument: list))
      } catch {
        throw ValidationError("--files0-from \(list): \(error)")
      }
      if list == "-", files.contains("-") || listed!.contains(Places.dash) {
        throw ValidationError("standard input (-) can be read only once")
      }
    }
    return try Places(
      words: files.map { FilePath(argument: $0) }, listed: listed,
      folder: outputDir.map { FilePath(argument: $0) }, inPlace: isInPlace,
      hasName: template != nil
    ) { path in try CommandFailure.at("\(path)") { try FileStatus(path)?.kind } }
  }

  /// What is to be done to each picture.
  func settings() throws -> PictureFilter.Settings {
    // Plain words come here without the parser.
    try KernelArguments.checkCount(kernels)
    return PictureFilter.Settings(
      stages: try kernels.map { try KernelArguments.stage($0, of: "--kernel ") }, options: options,
      channels: channels,
      selection: Selection(
        region: region, mask: try mask.map { try Picture.mask($0, limits: limits) }),
      background: background, limits: limits, memory: memory, damage: damage,
      format: target?.format,
      writing: writing, keepsMetadata: keepsMetadata,
      profile: try profile.map { try ColorTarget(option: $0) },
      takesFirstPicture: takesFirstPicture,
      page: page,
      existing: existing, isDryRun: isDryRun,
      preservesTimes: preservesTimes, isStrict: isStrict,
      archives: ArchiveSettings(
        filter: filter, ending: target?.ending, keepsBadMembers: keepsBadMembers))
  }
}

extension FilterRequest {
  /// The request of a command line that consists of the commonest words, or nil for any other one.
  ///
  /// The argument parser finds its way through the options of `apply` by reflection, which takes
  /// three fifths of the instructions that a small picture takes (of 30 million, 18, for 64×64 pixels).
  /// Scripts that call the program once a
  /// picture mostly say a kernel and two files: such words are understood here. All others, the
  /// wrong ones among them, are left to the parser, which says what is wrong with them.
  ///
  /// - Parameter words: what follows `apply`.
  init?(plain words: [String]) {
    self.init()
    var words = words[...]
    while let word = words.popFirst() {
      switch word {
      case "-k", "--kernel":
        // The parser takes `--` for the kernel, and for the end of the options, too.
        guard let kernel = words.popFirst(), kernel != "--" else { return nil }
        kernels.append(kernel)
      case "-q", "--quiet": isQuiet = true
      case "-r", "--recursive": isRecursive = true
      case "-f", "--force": existing = .replace
      case "-o", "--output-dir":
        guard let folder = words.popFirst(), !Self.isOption(folder) else { return nil }
        outputDir = folder
      case "--quality":
        guard let quality = words.popFirst().flatMap({ Int($0) }), (1...100).contains(quality)
        else { return nil }
        writing.quality = quality
      case "-t", "--threads":
        guard let count = words.popFirst().flatMap({ Int($0) }),
          ThreadCounts.allowed.contains(count)
        else { return nil }
        threads = count
      default:
        if Self.isOption(word) { return nil }
        files.append(word)
      }
    }
    if kernels.isEmpty { return nil }
  }

  /// Whether the argument parser would not take a word for a file or a folder.
  private static func isOption(_ word: String) -> Bool { word.hasPrefix("-") && word != "-" }
}
