/// A folder with one sub-folder of pictures for each class.
///
///     folder/<class>/…                               all to learn from
///     folder/train/<class>/…  folder/test/<class>/…  the two apart; `val` and the like mean `test`
///
/// The name of a sub-folder is the label. Classes are in natural order ("2" before "10"), those of
/// both halves together; pictures of a class are, too. Hidden folders are no classes.
public struct ImageFolder: Sendable {
  public let folder: DataFolder

  public init(_ path: String) { folder = DataFolder(path) }

  /// A picture of a class.
  struct Example: Sendable, Equatable {
    /// Relative to the folder: `train/cat/12.png`.
    let file: String
    let label: Int32
    let isTest: Bool
  }

  /// What there is, before any picture is read.
  struct Listing: Sendable, Equatable {
    var classNames: [String]
    /// Training first, then class by class.
    var examples: [Example]
    var warnings: [DatasetWarning]
  }

  private static let trainNames = ["train", "training"]
  private static let testNames = ["test", "testing", "val", "valid", "validation"]

  /// - Throws: `DatasetError.unreadable`, `.noClasses`, `.noPictures`.
  func list() throws(DatasetError) -> Listing {
    let top = try folder.entries()
    var warnings: [DatasetWarning] = []
    var halves: [(prefix: String, isTest: Bool, classes: DataFolder.Entries)] = []
    if let train = Self.trainNames.first(where: top.folders.contains) {
      if !top.hidden.isEmpty { warnings.append(.hiddenIgnored(top.hidden)) }
      halves.append((train + "/", false, try folder.folder(train).entries()))
      let tests = Self.testNames.filter(top.folders.contains)
      if let test = tests.first {
        halves.append((test + "/", true, try folder.folder(test).entries()))
      }
      let others = top.folders.filter { $0 != train && $0 != tests.first }
      if !others.isEmpty { warnings.append(.nestedIgnored(others)) }
    } else {
      halves.append(("", false, top))
    }
    let names = Set(halves.flatMap(\.classes.folders)).sorted(by: naturallyPrecedes)
    if names.isEmpty { throw .noClasses }
    var found: [(name: String, files: [(file: String, isTest: Bool)])] = []
    var others: [String] = []
    for name in names {
      var files: [(String, Bool)] = []
      for half in halves where half.classes.folders.contains(name) {
        let entries = try folder.folder(half.prefix + name).entries()
        let pictures = entries.files.filter(Self.isPicture)
        files += pictures.map { ("\(half.prefix)\(name)/\($0)", half.isTest) }
        others += entries.files.filter { !Self.isPicture($0) }.map { "\(half.prefix)\(name)/\($0)" }
        if !entries.folders.isEmpty {
          warnings.append(.nestedIgnored(entries.folders.map { "\(half.prefix)\(name)/\($0)" }))
        }
      }
      if files.isEmpty {
        warnings.append(.emptyClass(name))
      } else {
        if !files.contains(where: { !$0.1 }) { warnings.append(.untrainedClass(name)) }
        found.append((name, files.map { (file: $0.0, isTest: $0.1) }))
      }
    }
    for half in halves {
      if !half.classes.hidden.isEmpty {
        warnings.append(.hiddenIgnored(half.classes.hidden.map { half.prefix + $0 }))
      }
      others += half.classes.files.map { half.prefix + $0 }
    }
    if let example = others.first {
      warnings.append(.othersIgnored(count: others.count, example: example))
    }
    let examples = found.enumerated().flatMap { label, entry in
      entry.files.map { Example(file: $0.file, label: Int32(label), isTest: $0.isTest) }
    }
    if !examples.contains(where: { !$0.isTest }) { throw .noPictures }
    return Listing(
      classNames: found.map(\.name),
      examples: examples.filter { !$0.isTest } + examples.filter(\.isTest), warnings: warnings)
  }

  /// Whether the name is that of a picture: by its ending, in capitals or not.
  private static func isPicture(_ name: String) -> Bool {
    let name = name.lowercased()
    return [".png", ".jpg", ".jpeg", ".jpe", ".pnm", ".ppm", ".pgm", ".pbm"]
      .contains(where: name.hasSuffix)
  }
}
