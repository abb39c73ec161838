import Archives
import Libc
import Raster

extension ImageFolder {
  /// Where the bytes of a picture lie in a tar archive.
  struct ArchivePlace: Sendable, Equatable {
    let archive: FilePath
    /// In bytes.
    let offset, size: Int
  }

  /// The largest text that says a class, in bytes.
  private static let labelLimit = 1 << 12

  /// Pictures in tar archives, as WebDataset lays them out: `0001.jpg` with its class in `0001.cls`.
  ///
  /// They lie in this folder, or in one for each part (`train/0000.tar`); in one folder, their names say
  /// the part (`val-0000.tar`, else `train`).
  ///
  /// - Returns: nil where there are no archives, or folders and pictures beside them.
  ///
  /// - Parameter ranks: processes that list the same: each looks into some of the archives.
  func listingOfArchives(_ ranks: (any RankLink)?) throws(DatasetError) -> Listing? {
    let archives = try archives()
    if archives.isEmpty { return nil }
    var found: [(file: FilePath, label: String, part: Split)] = []
    var places: [FilePath: ArchivePlace] = [:]
    let samples = try samples(of: archives.map(\.path), ranks)
    for ((_, part), samples) in zip(archives, samples) {
      for (file, label, place) in samples {
        if places.updateValue(place, forKey: file) == nil { found.append((file, label, part)) }
      }
    }
    guard !found.isEmpty else { throw .noPictures(others: "\(archives[0].path)") }
    var listing = Self.listing(found) { .labelsFromNames(example: "\($0)", label: $1) }
    listing?.warnings = []
    listing?.places = places
    guard let listing else {
      throw .badList(
        file: "\(archives[0].path)",
        reason: "all pictures are of one class (\(found[0].label)); it takes two or more")
    }
    return listing
  }

  private func archives() throws(DatasetError) -> [(path: FilePath, part: Split)] {
    if let archive { return [(archive, .train)] }
    func isArchive(_ name: FilePath) -> Bool { name.fileExtension == "tar" }
    let top = try folder.entries()
    if top.files.contains(where: Self.isPicture) { return [] }
    if top.folders.isEmpty {
      return top.files.filter(isArchive).map { name in
        let word = "\(name)".lowercased().prefix { $0.isLetter }
        return (name, Split.allCases.first { $0.names.contains(String(word)) } ?? .train)
      }
    }
    var archives: [(FilePath, Split)] = []
    for name in top.folders {
      guard let part = Split.allCases.first(where: { $0.names.contains("\(name)".lowercased()) })
      else { return [] }
      let entries = try folder.folder(name).entries(called: name)
      if !entries.folders.isEmpty || entries.files.contains(where: Self.isPicture) { return [] }
      archives += entries.files.filter(isArchive).map { (name.appending($0.bytes), part) }
    }
    return archives
  }

  /// A picture, its class, and where it lies.
  typealias Sample = (file: FilePath, label: String, place: ArchivePlace)

  private func samples(
    of archives: [FilePath], _ ranks: (any RankLink)?
  ) throws(DatasetError) -> [[Sample]] {
    var all: [[Sample]] = []
    guard let ranks else {
      for archive in archives { all.append(try samples(of: archive)) }
      return all
    }
    guard ranks.meet() else { throw .elsewhere }
    var own: [ArchiveAnswer] = []
    for index in stride(from: ranks.rank, to: archives.count, by: ranks.count) {
      do throws(DatasetError) {
        own.append(.samples(try samples(of: archives[index])))
      } catch { own.append(.failure("\(error)")) }
    }
    var answers = ranks.collect(ArchiveAnswer.encoded(own)).map {
      ArchiveAnswer.decoded($0)[...]
    }
    for (index, archive) in archives.enumerated() {
      switch answers[index % ranks.count].popFirst() {
      case .samples(let samples): all.append(samples)
      case .failure(let reason): throw .badList(file: "\(archive)", reason: reason)
      case nil: throw .foldersDiffer
      }
    }
    return all
  }

  /// The pictures of an archive in its order, called `0000.tar/0001.jpg`.
  private func samples(
    of archive: FilePath
  ) throws(DatasetError) -> [Sample] {
    let descriptor = try folder.open(archive)
    defer { close(descriptor) }
    var reader = TarReader(descriptor, readsContents: false)
    var pictures: [(name: FilePath, place: ArchivePlace)] = []
    var labels: [[UInt8]: String] = [:]
    do {
      while let member = try reader.member() {
        if !member.isFile { continue }
        if member.name.fileExtension == "cls", member.size <= Self.labelLimit {
          let text = String(decoding: try reader.content(), as: UTF8.self)
          labels[Self.key(member.name)] = String(text.prefix { !$0.isNewline })
        } else if Self.isPicture(member.name) {
          pictures.append(
            (
              member.name,
              ArchivePlace(archive: archive, offset: reader.offset, size: member.size)
            ))
        }
      }
    } catch {
      throw .badList(file: "\(archive)", reason: "\(archive) \(error)")
    }
    var samples: [Sample] = []
    for (name, place) in pictures {
      guard let label = labels[Self.key(name)], !label.isEmpty else {
        throw .badList(
          file: "\(archive)",
          reason: "\(archive): its picture \(name) has no class; it stands in a member of the same "
            + "name that ends in .cls")
      }
      samples.append((archive.appending(name.bytes), label, place))
    }
    return samples
  }

  /// What the members of a sample share: the name up to the first point of its last part.
  private static func key(_ name: FilePath) -> [UInt8] {
    let start = name.bytes.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
    let end = name.bytes[start...].firstIndex(of: UInt8(ascii: ".")) ?? name.bytes.endIndex
    return Array(name.bytes[..<end])
  }
}
