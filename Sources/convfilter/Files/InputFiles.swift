import Raster

/// The files that a command reads: no result takes the place of one, under whatever name.
struct InputFiles: Sendable {
  private let paths: [FilePath]

  init(_ paths: [FilePath]) { self.paths = paths }

  /// Files that words of the command line name; `-` is none.
  init(arguments: [String]) { self.init(arguments.map { FilePath(argument: $0) }) }

  /// Files, and the pictures in folders, that the user named as pictures.
  init(pictures names: [FilePath]) {
    self.init(
      names.flatMap { name -> [FilePath] in
        guard (try? FileStatus(name))?.kind == .folder else { return [name] }
        return FolderWalk(recursive: false).findings(in: name).pictures
          .map { name.appending($0.bytes) }
      })
  }

  static func + (first: InputFiles, second: InputFiles) -> InputFiles {
    InputFiles(first.paths + second.paths)
  }

  /// - Parameter existing: what a result would take the place of.
  /// - Throws: `FileError.isAnotherInput`.
  func check(_ existing: FileStatus?) throws(FileError) {
    guard let existing, existing.kind == .regular else { return }
    // Looked at now: a file that is gone leaves its number to others.
    for path in paths where (try? FileStatus(path))?.identity == existing.identity {
      throw .isAnotherInput
    }
  }
}
