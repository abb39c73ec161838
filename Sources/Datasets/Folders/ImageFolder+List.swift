import ImageCodecs
import Raster
import Text

extension ImageFolder {
  /// The largest list, in bytes: a line for each of a million pictures.
  static let listLimit = 1 << 28

  /// Pictures that a table names with their classes, and perhaps with what they are for.
  ///
  ///     path,label,split
  ///     a/1.jpg,cat,train
  ///
  /// Paths are relative to the folder of the list, or whole. Without a line of titles the first column is
  /// the path and the second the class. A picture that is named twice alike counts once.
  ///
  /// - Throws: `badList`, and what the system says of the file.
  func listing(in list: FilePath) throws(DatasetError) -> Listing {
    func bad(_ reason: String) -> DatasetError { .badList(file: "\(list)", reason: reason) }
    let rows = try rows(of: list)
    guard let first = rows.first else { throw bad("it is empty") }
    guard let columns = ListColumns(first.fields) else {
      throw bad(
        "its columns are \(first.fields.map(\.visible).joined(separator: ", ")); name that of the "
          + "pictures \"path\" and that of the classes \"label\"")
    }
    var found: [(file: FilePath, label: String, part: Split)] = []
    var lines: [FilePath: (index: Int, line: Int)] = [:]
    var repeated: [FilePath] = []
    for row in rows.dropFirst(columns.areNamed ? 1 : 0) {
      guard let path = columns.field(columns.path, of: row),
        let label = columns.field(columns.label, of: row)
      else { throw bad("line \(row.line) has no path or no class") }
      let part: Split
      switch columns.part(of: row) {
      case .success(let named): part = named
      case .failure(let error):
        throw bad("line \(row.line) is for \(error.word.visible); there are train, val and test")
      }
      let file = place(of: path)
      if let (index, line) = lines[file] {
        if found[index].label != label || found[index].part != part {
          func text(_ label: String, _ part: Split) -> String {
            label.visible + (columns.hasParts ? " for \(part.names[0])" : "")
          }
          throw bad(
            "\(file) is \(text(label, part)) on line \(row.line), but "
              + "\(text(found[index].label, found[index].part)) on line \(line); keep one of them")
        }
        repeated.append(file)
        continue
      }
      lines[file] = (found.count, row.line)
      found.append((file, label, part))
    }
    let titles = columns.titles
    guard
      var listing = Self.listing(
        found,
        { _, _ in .labelsFromList(file: "\(list)", paths: titles.path, labels: titles.label) })
    else { throw bad("it names fewer than two classes") }
    if let file = repeated.first {
      listing.warnings.append(.namedTwice(count: repeated.count, file: "\(file)"))
    }
    return listing
  }

  private func rows(of list: FilePath) throws(DatasetError) -> [CSV.Row] {
    let bytes = try folder.read(list)
    guard bytes.count <= Self.listLimit else {
      throw .badList(file: "\(list)", reason: "it is longer than \(Self.listLimit >> 20) MiB")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .badList(file: "\(list)", reason: "it is no text in UTF-8; save it as such (CSV UTF-8)")
    }
    do {
      return try CSV.table(text)
    } catch {
      switch error {
      case .openQuote(let line):
        throw .badList(
          file: "\(list)", reason: "the quote that is opened on line \(line) is never closed")
      }
    }
  }

  /// The picture, with the folders between as this system writes them.
  private func place(of path: String) -> FilePath {
    let file = FilePath(path)
    if !path.contains("/"), path.contains("\\"), folder.size(path) == nil {
      return FilePath(path.replacing("\\", with: "/"))
    }
    return file
  }
}

/// Which column of a table says what.
private struct ListColumns {
  /// Whether the first row has titles.
  let areNamed: Bool
  let path: Int
  let label: Int
  /// What the columns of paths and classes are called.
  let titles: (path: String, label: String)
  private let split: Int?
  /// Says of each picture whether it is to judge by while training, as fastai has it.
  private let isValid: Int?

  private static let paths = [
    "path", "file", "filename", "file_name", "file_path", "filepath", "image", "image_path",
    "image_name", "image_file", "imagepath", "img", "img_path", "picture", "name", "fname",
  ]
  private static let labels = [
    "label", "labels", "class", "category", "target", "class_name", "classname", "label_name",
  ]
  private static let splits = ["split", "set", "subset", "partition", "part"]

  /// - Returns: nil where the first row neither has titles that say it nor begins with a picture.
  init?(_ first: [String]) {
    let names = first.map { title in
      String(title.lowercased().map { $0 == " " || $0 == "-" ? "_" : $0 })
    }
    func column(_ known: [String]) -> Int? {
      known.lazy.compactMap { names.firstIndex(of: $0) }.first
    }
    if let path = column(Self.paths), let label = column(Self.labels) {
      (areNamed, self.path, self.label) = (true, path, label)
      titles = (first[path].visible, first[label].visible)
      split = column(Self.splits)
      isValid = column(["is_valid", "is_validation", "valid"])
      return
    }
    guard first.count >= 2, ImageFolder.isPicture(FilePath(first[0])) else { return nil }
    (areNamed, path, label, titles) = (false, 0, 1, ("1", "2"))
    (split, isValid) = (nil, nil)
  }

  var hasParts: Bool { split != nil || isValid != nil }

  /// A field of a row; nil where there is none, or an empty one.
  func field(_ column: Int, of row: CSV.Row) -> String? {
    guard row.fields.count > column, !row.fields[column].isEmpty else { return nil }
    return row.fields[column]
  }

  struct UnknownPart: Error {
    let word: String
  }

  /// What a row's picture is for.
  func part(of row: CSV.Row) -> Result<ImageFolder.Split, UnknownPart> {
    if let split, let word = field(split, of: row) {
      let part = ImageFolder.Split.allCases.first { $0.names.contains(word.lowercased()) }
      return part.map { .success($0) } ?? .failure(UnknownPart(word: word))
    }
    if let isValid, let word = field(isValid, of: row) {
      switch word.lowercased() {
      case "true", "1", "yes": return .success(.validation)
      case "false", "0", "no": return .success(.train)
      default: return .failure(UnknownPart(word: word))
      }
    }
    return .success(.train)
  }
}
