import ArgumentParser
import ConvNet
import Datasets
import Raster
import Reports

/// The data set that the user named: a known one, fetched where it is missing, or a folder.
struct DatasetChoice {
  let name: String
  var arguments: DataArguments
  let diagnostics: Diagnostics
  let team: ThreadTeam
  /// Size and channels that pictures of a folder are brought to; nil for those of the options.
  private var shape: FeatureShape?

  init(name: String, arguments: DataArguments, diagnostics: Diagnostics, team: ThreadTeam) {
    self.name = name
    self.arguments = arguments
    self.diagnostics = diagnostics
    self.team = team
  }

  /// Takes pictures of a folder as the training of this model did.
  mutating func adopt(_ model: Model) {
    shape = model.network.input
    if let fit = model.facts["fit"].flatMap({ FitChoice(rawValue: $0) }) { arguments.fit = fit }
  }

  /// The images, in memory.
  ///
  /// - Throws: a `CommandFailure`.
  func load() throws -> Dataset {
    let dataset = try KnownDataset.named(name).map { try known($0) } ?? folder()
    for warning in dataset.warnings { diagnostics.warning("\(warning)", at: name) }
    return dataset
  }

  private func known(_ known: KnownDataset) throws -> Dataset {
    try CommandFailure.at(name) {
      if known == .digits { return try known.load(from: nil) }
      let locations = DataLocations(chosen: arguments.data, environment: Terminal.environment)
      if let place = locations.find(known) { return try known.load(from: place) }
      if arguments.offline { throw DatasetError.offline(dataset: known) }
      diagnostics.note(
        "\(known.name) is not in \(locations.target.path); fetching "
          + "\(NumberText.bytes(known.downloadSize)) first")
      let place = try DatasetFetching(diagnostics: diagnostics).fetch(known, into: locations)
      return try known.load(from: place)
    }
  }

  private func folder() throws -> Dataset {
    let path = FilePath(argument: name)
    guard let status = try? FileStatus(path), status.kind == .folder else {
      throw CommandFailure(
        "is neither a data set (\(KnownDataset.all.map(\.name).joined(separator: ", "))) "
          + "nor a folder of pictures", at: name)
    }
    let size =
      shape.map { (width: $0.width, height: $0.height) }
      ?? arguments.size.map { (width: $0.width, height: $0.height) }
    let channels = shape?.channels ?? arguments.color?.channels
    let bar = ProgressBar(diagnostics, total: 1, unit: "pictures")
    defer { bar.finish() }
    return try CommandFailure.at(name) {
      try ImageFolder(name).load(
        size: size, channels: channels, fit: arguments.fit.value, skipBad: arguments.skipBad,
        team: team, progress: { done, total in bar.reach(done, of: total) })
    }
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
