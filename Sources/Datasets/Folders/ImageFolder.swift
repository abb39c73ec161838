import ImageCodecs
import Raster

/// A folder with one sub-folder of pictures for each class.
///
///     folder/<class>/…                          all to learn from
///     folder/train/<class>/…  val/…  test/…     the parts apart (whatever the case; `Training`,
///                                               `Testing`, `valid` and the like mean the same)
///
/// The name of a sub-folder is the label; without sub-folders those of the pictures say it, or a table
/// (`ImageFolder+Names`, `ImageFolder+List`). Classes are in natural order ("2" before "10"), those of
/// all parts together; pictures of a class are, too. Hidden folders are no classes.
public struct ImageFolder: Sendable {
  public let folder: DataFolder
  /// A table in the folder that says the classes; nil where folders or names do.
  let table: FilePath?
  /// A tar archive in the folder that alone is meant; nil for the folder.
  let archive: FilePath?

  public init(_ path: FilePath) {
    folder = DataFolder(path)
    table = nil
    archive = nil
  }

  /// Pictures in a tar archive, with their classes beside them.
  public init(archive path: FilePath) {
    folder = DataFolder(path.parent)
    table = nil
    archive = FilePath(bytes: path.lastComponent)
  }

  /// Pictures that a table names, with paths relative to its folder.
  public init(list: FilePath) {
    folder = DataFolder(list.parent)
    table = FilePath(bytes: list.lastComponent)
    archive = nil
  }

  public init(_ path: String) { self.init(FilePath(path)) }

  /// What pictures are for.
  enum Split: Sendable, CaseIterable {
    case train, validation, test

    /// The names of its folder, in lower case.
    var names: [String] {
      switch self {
      case .train: ["train", "training"]
      case .validation: ["val", "valid", "validation", "dev"]
      case .test: ["test", "testing"]
      }
    }
  }

  /// A picture of a class.
  struct Example: Sendable, Equatable {
    /// Relative to the folder: `train/cat/12.png`.
    let file: FilePath
    let label: Int32
    let part: Split
  }

  /// What there is, before any picture is read.
  struct Listing: Sendable, Equatable {
    var classNames: [String]
    /// Split after split, then class by class.
    var examples: [Example]
    var warnings: [DatasetWarning]
    /// Where in archives pictures lie that are no files.
    var places: [FilePath: ArchivePlace] = [:]
  }

  /// A folder of classes.
  private struct Half {
    let part: Split
    /// Relative to the folder; empty for the folder itself.
    let path: FilePath
    let entries: DataFolder.Entries
    /// That of the part.
    let name: FilePath
  }

  /// - Throws: `DatasetError.unreadable`, `.noClasses`, `.noPictures`, `.nestedPictures`, `.badList`.
  ///
  /// - Parameter ranks: processes that list the same at the same time.
  func list(_ ranks: (any RankLink)? = nil) throws(DatasetError) -> Listing {
    if let table { return try listing(in: table) }
    if let listing = try listingOfArchives(ranks) { return listing }
    if let listing = try listingByNames() { return listing }
    var warnings: [DatasetWarning] = []
    let halves = try halves(&warnings)
    // Strings that look alike are equal: "é" may be one character or two, by the system it is from.
    var classes: [String: [(half: Half, path: FilePath)]] = [:]
    for half in halves {
      for name in half.entries.folders {
        classes[Self.className(name), default: []].append((half, half.path.appending(name.bytes)))
      }
    }
    if classes.isEmpty { throw .noClasses }
    var classNames: [String] = []
    var examples: [Example] = []
    var (others, nested): ([FilePath], [FilePath]) = ([], [])
    var deeper: [(file: FilePath, label: String)] = []
    for name in classes.keys.sorted(by: { naturallyPrecedes(FilePath($0), FilePath($1)) }) {
      var found: [Example] = []
      for (half, path) in classes[name]! {
        let entries = try folder.folder(path).entries(called: path)
        let inner = entries.folders.map { path.appending($0.bytes) }
        nested += inner
        if !inner.isEmpty, entries.files.contains(where: Self.isPicture) {
          warnings.append(try ignored(inner))
        } else {
          let below = try nestedPictures(in: path, entries, part: half.part)
          found += below.map { Example(file: $0, label: Int32(classNames.count), part: $1) }
          deeper += below.map { ($0.file, name) }
        }
        for file in entries.files + entries.others {
          if Self.isPicture(file) && !entries.others.contains(file) {
            found.append(
              Example(
                file: path.appending(file.bytes), label: Int32(classNames.count), part: half.part))
          } else {
            others.append(path.appending(file.bytes))
          }
        }
      }
      if found.isEmpty {
        warnings.append(.emptyClass(name))
        continue
      }
      if !found.contains(where: { $0.part == .train }),
        halves.contains(where: { $0.part == .train })
      {
        warnings.append(.untrainedClass(name))
      }
      classNames.append(name)
      examples += found
    }
    for half in halves {
      if !half.entries.hidden.isEmpty {
        warnings.append(
          .hiddenIgnored(half.entries.hidden.map { "\(half.path.appending($0.bytes))" }))
      }
      others += (half.entries.files + half.entries.others).map { half.path.appending($0.bytes) }
    }
    if examples.isEmpty { throw nothing(nested, others) }
    if let (file, label) = deeper.first {
      warnings.append(.nestedTaken(count: deeper.count, file: "\(file)", label: label))
    }
    if let example = others.first {
      warnings.append(.othersIgnored(count: others.count, example: "\(example)"))
    }
    return Listing(
      classNames: classNames,
      examples: Split.allCases.flatMap { part in examples.filter { $0.part == part } },
      warnings: warnings)
  }

  /// The folders of classes: this one, or the only one in it, or those of the parts in that.
  private func halves(_ warnings: inout [DatasetWarning]) throws(DatasetError) -> [Half] {
    let (base, top) = try innermost(FilePath(""), folder.entries())
    if base != FilePath("") { warnings.append(.classesWithin("\(base)")) }
    var halves: [Half] = []
    for part in Split.allCases {
      for name in top.folders where part.names.contains("\(name)".lowercased()) {
        let path = base.appending(name.bytes)
        let entries = try folder.folder(path).entries(called: path)
        // With pictures in it, it is a class of that name: there is one of trains in CIFAR-100.
        if entries.folders.isEmpty || entries.files.contains(where: Self.isPicture) { continue }
        let (inner, classes) = try innermost(path, entries)
        halves.append(Half(part: part, path: inner, entries: classes, name: name))
      }
    }
    let isApart =
      halves.contains { $0.part == .train }
      || !halves.isEmpty && halves.count == top.folders.count
    guard isApart else { return [Half(part: .train, path: base, entries: top, name: base)] }
    func whole(_ names: [FilePath]) -> [FilePath] { names.map { base.appending($0.bytes) } }
    if !top.hidden.isEmpty { warnings.append(.hiddenIgnored(whole(top.hidden).map { "\($0)" })) }
    let rest = top.folders.filter { name in !halves.contains { $0.name == name } }
    if !rest.isEmpty { warnings.append(try ignored(whole(rest))) }
    return halves
  }

  /// Folders that are not looked into, but could be: whoever may not read one may not know that it holds
  /// nothing of the data set.
  private func ignored(_ folders: [FilePath]) throws(DatasetError) -> DatasetWarning {
    for name in folders where !folder.isLink(name) { try folder.checkReadable(name) }
    return .nestedIgnored(folders.map { "\($0)" })
  }

  /// Why there are no pictures: they lie too deep, or none of the files is one.
  private func nothing(_ nested: [FilePath], _ others: [FilePath]) -> DatasetError {
    for path in nested {
      if let picture = firstPicture(in: path, depth: 4) {
        return .nestedPictures(folder: "\(picture.parent)", classes: "\(picture.parent.parent)")
      }
    }
    return .noPictures(others: others.first.map { "\($0)" })
  }

  private func firstPicture(in path: FilePath, depth: Int) -> FilePath? {
    guard depth > 0, let entries = try? folder.folder(path).entries() else { return nil }
    if let picture = entries.files.first(where: Self.isPicture) {
      return path.appending(picture.bytes)
    }
    return entries.folders.lazy.compactMap {
      firstPicture(in: path.appending($0.bytes), depth: depth - 1)
    }.first
  }

  /// Whether the name is that of a picture: by its ending, in capitals or not.
  static func isPicture(_ name: FilePath) -> Bool {
    FileFormat(fileExtension: name.fileExtension) != nil
  }

  /// The label; bytes that are no text are written as `\xE9`, so that two folders stay two classes.
  private static func className(_ name: FilePath) -> String {
    if let text = String(validating: name.bytes, as: UTF8.self) { return text }
    return name.bytes.reduce(into: "") { text, byte in
      if byte < 0x80 {
        text.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        text += "\\x" + String(byte, radix: 16, uppercase: true)
      }
    }
  }
}
