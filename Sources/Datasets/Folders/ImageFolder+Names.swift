import ImageCodecs
import Raster

extension ImageFolder {
  /// Pictures whose names say their class: `cat.12.jpg`, `cat_012.jpg`, `cat (12).jpg`.
  ///
  /// They lie in this folder, or in one for each part; there are no folders of classes then.
  ///
  /// - Returns: nil where not every name does, or all are of one class.
  func listingByNames() throws(DatasetError) -> Listing? {
    let top = try folder.entries()
    var found: [(file: FilePath, label: String, part: Split)] = []
    func add(_ entries: DataFolder.Entries, _ path: FilePath?, _ part: Split) -> Bool {
      let pictures = entries.files.filter(Self.isPicture)
      for file in pictures {
        guard let label = Self.label(of: file) else { return false }
        found.append((path?.appending(file.bytes) ?? file, label, part))
      }
      return !pictures.isEmpty
    }
    if top.folders.isEmpty {
      guard add(top, nil, .train) else { return nil }
    } else {
      for name in top.folders {
        let part = Split.allCases.first { $0.names.contains("\(name)".lowercased()) }
        guard let part else { return nil }
        let entries = try folder.folder(name).entries(called: name)
        guard entries.folders.isEmpty, add(entries, name, part) else { return nil }
      }
      // As the names of folders may mean classes: of a class "test" all pictures would be "test.1".
      if !found.contains(where: { $0.part == .train }) { return nil }
    }
    return Self.listing(found) { .labelsFromNames(example: "\($0)", label: $1) }
  }

  /// Numbers the classes in natural order.
  ///
  /// - Returns: nil for fewer than two classes.
  static func listing(
    _ found: [(file: FilePath, label: String, part: Split)],
    _ warning: (FilePath, String) -> DatasetWarning
  ) -> Listing? {
    let names = Set(found.map(\.label)).sorted { naturallyPrecedes(FilePath($0), FilePath($1)) }
    guard names.count > 1 else { return nil }
    let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, Int32($0)) })
    let examples = Split.allCases.flatMap { part in
      names.flatMap { name in
        found.filter { $0.part == part && $0.label == name }
          .map { Example(file: $0.file, label: places[name]!, part: part) }
      }
    }
    return Listing(
      classNames: names, examples: examples, warnings: [warning(found[0].file, found[0].label)])
  }

  /// What stands before the number that a name ends in; nil where there is no number, or nothing else.
  static func label(of file: FilePath) -> String? {
    guard var text = String(validating: file.bytes, as: UTF8.self),
      let dot = text.lastIndex(of: ".")
    else { return nil }
    text = String(text[..<dot])
    if text.last == ")", let open = text.lastIndex(of: "(") {
      text = String(text[..<open] + text[text.index(after: open)...].dropLast())
    }
    let digits = text.reversed().prefix { $0.isASCII && $0.isNumber }.count
    guard digits > 0 else { return nil }
    text.removeLast(digits)
    while let last = text.last, " ._-".contains(last) { text.removeLast() }
    // A number alone, or a date, says nothing.
    return text.contains(where: \.isLetter) && !text.contains(where: \.isNumber) ? text : nil
  }
}
