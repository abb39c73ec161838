/// What happens while a data set is fetched.
public enum FetchEvent: Sendable, Equatable {
  case trying(file: String, address: String)
  case progress(file: String, received: Int, size: Int)
  /// A mirror gave up; the next one is tried.
  case failed(address: String, reason: String)
  case checking(file: String)
  case unpacking(file: String)
  /// A file that was there is not the published one: it has now another name.
  case setAside(file: String, as: String)
}

extension KnownDataset {
  /// Downloads the data set, checks the published checksums, unpacks, and puts each file in place in
  /// one step. Files that are there and good stay; others are fetched anew.
  ///
  /// What was downloaded before an interruption is kept and resumed. Needs the program `curl`.
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
    let bad = files.compactMap { file in
      let check = check(file, in: place)
      return check.state == .good ? nil : (file: file, check: check)
    }
    // Perhaps another process has just done it, or was killed when all but the clean-up was done.
    if bad.isEmpty {
      folder.clear()
      return place
    }
    let bases =
      mirrors.isEmpty ? self.mirrors : mirrors.map { Self.trimmed($0) + "/" + name }
    func download(_ file: PublishedFile) throws(DatasetError) {
      try Download(
        file: file, addresses: bases.map { Self.trimmed($0) + "/" + file.name }, folder: folder,
        dataset: self
      ).run(report)
    }
    if case .cifar(_, let files) = source {
      try download(files.archive)
      try unpack(files.archive, bad.map(\.file), folderName, in: folder, report)
    } else {
      for (file, _) in bad { try download(file) }
    }
    for (file, check) in bad where check.state != .missing {
      // A file of the wrong length is damage; another may be somebody's own data.
      if case .differs = check.state {
        report(.setAside(file: check.name, as: try folder.setAside(check.name, in: folderName)))
      } else if check.name != file.name {
        folder.discard(check.name, in: folderName)
      }
    }
    try folder.place(bad.map(\.file.name), in: folderName)
    return place
  }

  private func unpack(
    _ archive: PublishedFile, _ wanted: [PublishedFile], _ folderName: String,
    in folder: FetchFolder, _ report: (FetchEvent) -> Void
  ) throws(DatasetError) {
    report(.unpacking(file: archive.name))
    let packed = try folder.partial.read(archive.name)
    // Headers, a list of classes and a page about the set come on top of the files.
    let limit = files.reduce(1 << 20) { $0 + $1.size + 1024 }
    let bytes: [UInt8]
    do { bytes = try Gzip.unpack(packed, limit: limit) } catch {
      folder.remove(archive.name)
      throw .unpackingFailed(file: archive.name, reason: "\(error)")
    }
    let tar = try TarArchive(bytes, name: archive.name)
    var missing: [String] = []
    for file in wanted {
      if let range = tar.files["\(folderName)/\(file.name)"], range.count == file.size {
        try folder.write(bytes[range], to: file.name)
      } else {
        missing.append(file.name)
      }
    }
    if !missing.isEmpty {
      throw .unpackingFailed(
        file: archive.name, reason: "it lacks \(missing.joined(separator: ", "))")
    }
  }

  private static func trimmed(_ address: String) -> String {
    address.hasSuffix("/") ? String(address.dropLast()) : address
  }
}
