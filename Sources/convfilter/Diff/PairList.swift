import Raster

/// The pictures to compare: two, or those of two folders by their names.
struct PairList {
  let isFolder: Bool
  private(set) var all: [PicturePair] = []
  var isEmpty: Bool { all.isEmpty }

  /// - Parameter output: the picture of the differences, or the folder for them.
  /// - Throws: `CommandFailure` for a name that leads nowhere, or a folder beside a file.
  init(
    _ first: FilePath, _ second: FilePath, isRecursive: Bool, output: FilePath?
  ) throws {
    let kinds = try [first, second].map { path in
      path == Places.dash
        ? FileStatus.Kind.other
        : try CommandFailure.at("\(path)") {
          guard let status = try FileStatus(path) else { throw FileError.missing }
          return status.kind
        }
    }
    isFolder = kinds[0] == .folder
    if isFolder != (kinds[1] == .folder) {
      throw CommandFailure(
        "is a folder, \(isFolder ? second : first) is none; name two pictures or two folders",
        at: "\(isFolder ? first : second)")
    }
    guard isFolder else {
      all = [
        PicturePair(name: first, first: first, second: second, output: output, makesFolders: false)
      ]
      return
    }
    let walk = FolderWalk(recursive: isRecursive)
    let findings = [walk.findings(in: first), walk.findings(in: second)]
    if let (path, error) = findings.flatMap(\.failures).first {
      throw CommandFailure("\(error)", at: "\(path)")
    }
    let names = findings.map { Set($0.pictures) }
    for name in names[0].union(names[1]).sorted(by: {
      $0.bytes.lexicographicallyPrecedes($1.bytes)
    }) {
      all.append(
        PicturePair(
          name: name, first: names[0].contains(name) ? first.appending(name.bytes) : nil,
          second: names[1].contains(name) ? second.appending(name.bytes) : nil,
          output: output?.appending(name.bytes), makesFolders: true,
          lonely: names[0].contains(name) ? second : first))
    }
  }
}
