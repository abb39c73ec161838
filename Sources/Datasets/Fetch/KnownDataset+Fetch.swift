/// What happens while a data set is fetched.
public enum FetchEvent: Sendable, Equatable {
  case trying(file: String, address: String)
  /// Some ten times a second.
  case progress(file: String, received: Int, size: Int)
  /// A mirror gave up; the next one is tried.
  case failed(address: String, reason: String)
  case checking(file: String)
  case unpacking(file: String)
}

extension KnownDataset {
  /// Downloads the data set, checks the published checksums, unpacks, and puts it in place in one
  /// step.
  ///
  /// What was downloaded before an interruption is kept and resumed. Needs the programs `curl` and,
  /// for archives, `tar`.
  ///
  /// - Parameters:
  ///   - target: The data folder; it is made where it is not there.
  ///   - mirrors: Addresses that take the place of the usual ones; files are asked for as
  ///     `<mirror>/<name of the data set>/<file>`.
  ///   - report: told what goes on.
  /// - Returns: the folder that holds the files.
  /// - Throws: `DatasetError`.
  public func fetch(
    into target: DataFolder, mirrors: [String] = [], report: (FetchEvent) -> Void = { _ in }
  ) throws(DatasetError) -> DataFolder {
    guard let folderName else { throw .nothingToFetch(name: name) }
    let folder = try FetchFolder(target, name: name)
    defer { folder.unlock() }
    let place = target.folder(folderName)
    // Perhaps another process has just done it.
    if missingFiles(in: place).isEmpty { return place }
    let bases =
      mirrors.isEmpty ? self.mirrors : mirrors.map { Self.trimmed($0) + "/" + name }
    for file in downloads {
      try Download(
        file: file, addresses: bases.map { Self.trimmed($0) + "/" + file.name }, folder: folder,
        dataset: self
      ).run(report)
    }
    switch source {
    case .builtIn: break
    case .idx(_, let files):
      try folder.make("ready")
      for file in files.all { try folder.rename(file.name, to: "ready/" + file.name) }
      try folder.place("ready", as: folderName)
    case .cifar(_, let files):
      try unpack(files, folderName, in: folder, report)
    }
    return place
  }

  private func unpack(
    _ files: CIFARFiles, _ folderName: String, in folder: FetchFolder,
    _ report: (FetchEvent) -> Void
  ) throws(DatasetError) {
    let archive = files.archive.name
    report(.unpacking(file: archive))
    folder.remove("unpacked")
    try folder.make("unpacked")
    let path = folder.partial.path
    let outcome = try Program(name: "tar").run(
      ["-xzf", path + "/" + archive, "-C", path + "/unpacked"], errors: path + "/errors.txt")
    folder.remove("errors.txt")
    guard outcome.status == 0 else {
      throw .unpackingFailed(
        file: archive,
        reason: outcome.complaint.isEmpty ? "status \(outcome.status)" : outcome.complaint)
    }
    let unpacked = folder.partial.folder("unpacked/" + folderName)
    let missing = files.all.filter { unpacked.size($0.name) != $0.size }.map(\.name)
    guard missing.isEmpty else {
      throw .unpackingFailed(
        file: archive, reason: "it lacks \(missing.joined(separator: ", "))")
    }
    try folder.place("unpacked/" + folderName, as: folderName)
  }

  private static func trimmed(_ address: String) -> String {
    address.hasSuffix("/") ? String(address.dropLast()) : address
  }
}
