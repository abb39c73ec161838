import ArgumentParser
import ConvNet
import Datasets
import KernelLanguage
import Raster
import Reports
import Text

/// The data set that the user named: a known one, fetched where it is missing, or a folder.
struct DatasetChoice {
  let name: String
  let arguments: DataArguments
  let diagnostics: Diagnostics
  let team: ThreadTeam
  /// What the images may take.
  let memory: MemoryLimit
  /// The processes that load it together.
  let ranks: (any RankLink)?
  /// What pictures of a folder are brought to; nil for their own size and channels.
  private var size: SizeValue?
  private var channels: Int?
  private(set) var fit = FitChoice.crop

  init(
    name: String, arguments: DataArguments, diagnostics: Diagnostics, team: ThreadTeam,
    memory: MemoryLimit, ranks: (any RankLink)? = nil
  ) {
    self.name = name
    self.arguments = arguments
    self.diagnostics = diagnostics
    self.team = team
    self.memory = memory
    self.ranks = ranks
  }

  /// Takes pictures of a folder as the options say, and else as the model to start from did.
  mutating func adopt(_ images: ImageArguments, pretrained: Model? = nil) {
    if let pretrained { adopt(pretrained) }
    size = images.size ?? size
    channels = images.color?.channels ?? channels
    fit = images.fit ?? fit
  }

  /// Takes pictures of a folder as the training of this model did.
  mutating func adopt(_ model: Model) {
    size = model.imageSize
    channels = model.network.input.channels
    if let fit = model.facts["fit"].flatMap({ FitChoice(rawValue: $0) }) { self.fit = fit }
  }

  /// The data set as it must be named again, with the options that say where it is.
  var words: String {
    var words = [shellQuoted(name)]
    if let data = arguments.data { words += ["--data", shellQuoted(data)] }
    if arguments.offline { words.append("--offline") }
    if arguments.skipBad { words.append("--skip-bad") }
    return words.joined(separator: " ")
  }

  /// Sees to it that a known data set is there.
  ///
  /// - Throws: a `CommandFailure`.
  func fetch() throws {
    guard let known, known != .digits else { return }
    _ = try CommandFailure.at(name) { try place(of: known) }
  }

  /// The images: in memory, or of a folder that has more of them in its files.
  ///
  /// - Parameter work: bytes that are taken beside them while they are used.
  /// - Throws: a `CommandFailure`.
  func load(work: (ImageCensus) -> Int) throws -> Dataset {
    let dataset = try known.map { try load($0) } ?? folder(work)
    for warning in dataset.warnings { diagnostics.warning("\(warning)", at: name) }
    let store = [dataset.train, dataset.validation, dataset.test].lazy.compactMap { $0?.store }
    if let room = store.first?.room {
      diagnostics.note(
        "\(name): \(room.reason): pictures are decoded anew whenever they are wanted, ahead of their use"
      )
    }
    return dataset
  }

  /// The images, some of which can be learned from.
  ///
  /// - Parameter work: see `load`.
  /// - Throws: a `CommandFailure`.
  func trainable(work: (ImageCensus) -> Int) throws -> Dataset {
    let dataset = try load(work: work)
    if dataset.train.count == 0 {
      throw CommandFailure(
        "has no images to learn from, only some to judge by; put the folders of the classes into a "
          + "folder train/ in it", at: name)
    }
    return dataset
  }

  /// The known data set, by its name or by the files of the folder that is named.
  var known: KnownDataset? {
    KnownDataset.named(name) ?? KnownDataset.held(by: ownFolder)
  }

  var ownFolder: DataFolder { DataFolder(FilePath(argument: name)) }

  private func load(_ known: KnownDataset) throws -> Dataset {
    try CommandFailure.at(name) {
      try known.load(from: known == .digits ? nil : place(of: known), memory: memory)
    }
  }

  /// The folder of a known data set, which is fetched where it is missing.
  private func place(of known: KnownDataset) throws -> DataFolder {
    if KnownDataset.named(name) == nil { return ownFolder }
    let locations = DataLocations(chosen: arguments.data, environment: Terminal.environment)
    if let place = locations.find(known) { return place }
    if arguments.offline {
      throw DatasetError.offline(dataset: known, folder: "\(locations.target.path)")
    }
    diagnostics.note(
      "\(known.name) is not in \(locations.target.path); fetching "
        + "\(NumberText.bytes(known.downloadSize)) first")
    return try DatasetFetching(diagnostics: diagnostics).fetch(known, into: locations)
  }

  /// The folder, list or archive of that name; nil where there is none.
  var imageFolder: ImageFolder? {
    let path = FilePath(argument: name)
    switch (try? FileStatus(path))?.kind {
    case .folder: return ImageFolder(path)
    case .regular where ["csv", "tsv"].contains(path.fileExtension.lowercased()):
      return ImageFolder(list: path)
    case .regular where path.isArchive: return ImageFolder(archive: path)
    default: return nil
    }
  }

  private func folder(_ work: (ImageCensus) -> Int) throws -> Dataset {
    guard let folder = imageFolder else {
      let status = try? FileStatus(FilePath(argument: name))
      let names = KnownDataset.all.map(\.name)
      let what =
        status == nil
        ? "there is no such folder, and no data set of that name"
        : "is neither a data set nor a folder of pictures, nor a list of them (.csv, .tsv) or an archive "
          + "(.tar)"
      let advice =
        nearest(to: name, among: names).map { "did you mean '\($0)'?" }
        ?? "data sets are \(names.joined(separator: ", "))"
      throw CommandFailure("\(what); \(advice)", at: name)
    }
    let bar = ProgressBar(diagnostics, total: 1, unit: "pictures")
    defer { bar.finish() }
    return try CommandFailure.at(name) {
      try folder.load(
        size: size.map { ($0.width, $0.height) }, channels: channels, fit: fit.value,
        skipBad: arguments.skipBad,
        memory: memory, streams: true, work: work, team: team, ranks: ranks,
        progress: { done, total in bar.reach(done, of: total) })
    }
  }
}

extension ImageRoom {
  /// Why not all images are kept in memory.
  fileprivate var reason: String {
    if suffices { return "another process has no room for the images" }
    let text =
      images > work
      ? "the images take \(byteText(images)), twice that while they are read"
      : "the images take \(byteText(images)) and what is done with them \(byteText(work))"
    // Whole mebibytes, rounded up: the limit that is named is enough.
    return text + ", of \(byteText(limit)) that there are"
      + (needed == .max ? "" : " (--limit-memory \(needed / (1 << 20) + 1)M would keep them)")
  }
}

enum FitChoice: String, CaseIterable, ExpressibleByArgument {
  case stretch, crop, pad

  var value: Fit {
    switch self {
    case .stretch: .stretch
    case .crop: .crop
    case .pad: .pad
    }
  }
}

enum ColorChoice: String, CaseIterable, ExpressibleByArgument {
  case gray, rgb

  var channels: Int { self == .gray ? 1 : 3 }
}
