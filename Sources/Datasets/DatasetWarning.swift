import Raster

/// What was odd about a folder but no reason to stop.
public enum DatasetWarning: Sendable, Equatable, CustomStringConvertible {
  /// Folders or files whose names begin with a point.
  case hiddenIgnored([String])
  /// Files that are no pictures by their name.
  case othersIgnored(count: Int, example: String)
  /// Folders where none are expected: within a class, or beside `train` and `test`.
  case nestedIgnored([String])
  /// The only folder in the one that is named, in which the classes are.
  case classesWithin(String)
  /// Pictures deeper in the folders of classes that have none of their own.
  case nestedTaken(count: Int, file: String, label: String)
  /// A class without a picture anywhere: left out.
  case emptyClass(String)
  /// A class without a picture to learn from: kept.
  case untrainedClass(String)
  /// A picture that cannot be read: left out, because that was asked for.
  case badPicture(file: String, reason: String)
  /// Files that hold more than the picture that was taken of them.
  case othersInFile(count: Int, file: String)
  /// Pictures to judge by with the pixels of pictures to learn from.
  case duplicates(count: Int, file: String, of: String)
  /// What the labels were taken from, where no folders of classes say them.
  case labelsFromNames(example: String, label: String)
  case labelsFromList(file: String, paths: String, labels: String)
  /// Pictures that a list names more than once, alike: they count once.
  case namedTwice(count: Int, file: String)
  /// The size to which pictures are brought that are large or of different ones, where none was asked
  /// for.
  case sizeChosen(width: Int, height: Int, fit: Fit, smallest: String, largest: String)

  public var description: String {
    switch self {
    case .hiddenIgnored(let names): "hidden, ignored: \(names.joined(separator: ", "))"
    case .othersIgnored(let count, let example):
      "no pictures, ignored: \(count) \(count == 1 ? "file" : "files") such as \(example)"
    case .nestedIgnored(let names):
      "folders that are no classes, ignored: \(names.joined(separator: ", "))"
    case .classesWithin(let folder): "classes are the folders in \(folder), the only one there is"
    case .nestedTaken(let count, let file, let label):
      "\(count) \(count == 1 ? "picture lies" : "pictures lie") deeper in the folders of the classes, such as "
        + "\(file): taken for the class \(label.visible); name another folder, or a list (.csv) of paths and "
        + "classes, to have it otherwise"
    case .emptyClass(let name): "class \(name.visible) has no pictures; left out"
    case .untrainedClass(let name): "class \(name.visible) has no pictures to learn from"
    case .badPicture(let file, let reason): "\(file): \(reason); left out"
    case .othersInFile(let count, let file):
      "\(count) \(count == 1 ? "file holds" : "files hold") more than a picture, the first of which is taken, such as "
        + file
    case .duplicates(let count, let file, let other):
      "\(count) \(count == 1 ? "picture" : "pictures") to judge by with the pixels of one to learn "
        + "from: \(file) is \(other); judged too well"
    case .labelsFromNames(let example, let label):
      "no folders of classes: the names of the files say the class (\(example): \(label))"
    case .labelsFromList(_, let paths, let labels):
      "paths are those of the column \(paths), classes those of the column \(labels)"
    case .namedTwice(let count, let file):
      "named more than once, taken once: \(count) \(count == 1 ? "row" : "rows"), of \(file) for one"
    case .sizeChosen(let width, let height, let fit, let smallest, let largest):
      (smallest == largest
        ? "large pictures (\(smallest))"
        : "pictures of different sizes (\(smallest) to \(largest))")
        + ": brought to \(width)×\(height) "
        + "(\(fit.rawValue)); --size and --fit say otherwise"
    }
  }
}
