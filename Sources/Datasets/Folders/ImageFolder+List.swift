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
  /// Paths are relative to the folder of the list. Without a line of titles the first column is the
  /// path and the second the class.
  ///
  /// - Throws: `badList`, and what the system says of the file.
  func listing(in list: FilePath) throws(DatasetError) -> Listing {
    let bytes = try folder.read(list)
    guard bytes.count <= Self.listLimit, let text = String(validating: bytes, as: UTF8.self) else {
      throw .badList(file: "\(list)", reason: "it is no text in UTF-8, or too long")
    }
    let rows = CSV.rows(text)
    guard let first = rows.first else { throw .badList(file: "\(list)", reason: "it is empty") }
    let titles = first.map { $0.lowercased() }
    func column(_ names: [String]) -> Int? { titles.firstIndex { names.contains($0) } }
    var path = column([
      "path", "file", "filename", "file_name", "filepath", "image", "image_path", "img", "picture",
    ])
    var label = column([
      "label", "class", "category", "target", "class_name", "classname", "label_name",
    ])
    let split = column(["split", "set", "subset", "partition", "part"])
    let hasTitles = path != nil && label != nil
    if !hasTitles {
      guard first.count >= 2, Self.isPicture(FilePath(first[0])) else {
        throw .badList(
          file: "\(list)",
          reason: "its columns are \(first.joined(separator: ", ")); name that of the pictures "
            + "\"path\" and that of the classes \"label\"")
      }
      (path, label) = (0, 1)
    }
    guard let path, let label else { preconditionFailure("both are known now") }
    var found: [(file: FilePath, label: String, part: Split)] = []
    for (number, row) in rows.enumerated().dropFirst(hasTitles ? 1 : 0) {
      guard row.count > max(path, label), !row[path].isEmpty, !row[label].isEmpty else {
        throw .badList(
          file: "\(list)", reason: "row \(number + 1) has no path or no class")
      }
      var part = Split.train
      if hasTitles, let split, row.count > split, !row[split].isEmpty {
        guard
          let named = Split.allCases.first(where: { $0.names.contains(row[split].lowercased()) })
        else {
          throw .badList(
            file: "\(list)",
            reason: "row \(number + 1) is for \(row[split]); there are train, val and test")
        }
        part = named
      }
      if row[path].hasPrefix("/") {
        throw .badList(
          file: "\(list)",
          reason: "row \(number + 1): paths are relative to the list's folder, not \(row[path])")
      }
      found.append((FilePath(row[path]), row[label], part))
    }
    let (pathTitle, labelTitle) = hasTitles ? (first[path], first[label]) : ("1", "2")
    let listing = Self.listing(found) { _, _ in
      .labelsFromList(file: "\(list)", paths: pathTitle, labels: labelTitle)
    }
    guard let listing else {
      throw .badList(file: "\(list)", reason: "it names fewer than two classes")
    }
    return listing
  }
}
