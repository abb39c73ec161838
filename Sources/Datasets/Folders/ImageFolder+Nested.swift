import Raster

extension ImageFolder {
  /// Levels of folders in which pictures are looked for.
  private static let depth = 16

  /// Where folders hold nothing but one other, as archives unpack, the first that holds more.
  ///
  /// - Parameter entries: those of the folder at `path`.
  func innermost(
    _ path: FilePath, _ entries: DataFolder.Entries
  ) throws(DatasetError) -> (path: FilePath, entries: DataFolder.Entries) {
    var (path, entries) = (path, entries)
    for _ in 0..<Self.depth {
      // A part is told by its name, and a class has pictures.
      guard entries.folders.count == 1, !entries.files.contains(where: Self.isPicture),
        Self.part(named: entries.folders[0]) == nil
      else { break }
      let inner = path.appending(entries.folders[0].bytes)
      let below = try folder.folder(inner).entries(called: inner)
      if below.folders.isEmpty || below.files.contains(where: Self.isPicture) { break }
      (path, entries) = (inner, below)
    }
    return (path, entries)
  }

  static func part(named name: FilePath) -> Split? {
    Split.allCases.first { $0.names.contains("\(name)".lowercased()) }
  }

  /// The pictures in the folders of a class that has none of its own, in natural order.
  ///
  /// Links are not followed: they may lead back.
  ///
  /// - Parameter part: what they are for, unless all folders in the class are those of parts.
  func nestedPictures(
    in path: FilePath, _ entries: DataFolder.Entries, part: Split
  ) throws(DatasetError) -> [(file: FilePath, part: Split)] {
    let parts = entries.folders.map { Self.part(named: $0) }
    let areParts = part == .train && !parts.contains(nil) && parts.contains(.train)
    var found: [(file: FilePath, part: Split)] = []
    func walk(
      _ path: FilePath, _ entries: DataFolder.Entries, _ part: Split, depth: Int
    ) throws(DatasetError) {
      found += entries.files.filter(Self.isPicture).map { (path.appending($0.bytes), part) }
      if depth == 0 { return }
      for name in entries.folders {
        let inner = path.appending(name.bytes)
        if folder.isLink(inner) { continue }
        try walk(inner, folder.folder(inner).entries(called: inner), part, depth: depth - 1)
      }
    }
    for (name, own) in zip(entries.folders, parts) {
      let inner = path.appending(name.bytes)
      if folder.isLink(inner) { continue }
      try walk(
        inner, folder.folder(inner).entries(called: inner), areParts ? own! : part,
        depth: Self.depth)
    }
    return found
  }
}
