#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Finds the pictures in a folder, by the extensions of their names.
///
/// Hidden files and folders are passed over, links to folders are not followed (they may lead in a
/// circle). The order is that of the bytes of the names, whatever the file system's.
struct FolderWalk {
  /// Whether to go into folders within the folder.
  var recursive: Bool
  /// Extensions, in lower case.
  var extensions: Set<String>
  /// A folder to leave out: the one that is written to.
  var excluded: FileStatus.Identity?

  /// The names of the pictures relative to `folder`, and the folders that could not be read.
  func pictures(in folder: FilePath) -> (found: [FilePath], failures: [(FilePath, FileError)]) {
    var found: [FilePath] = []
    var failures: [(FilePath, FileError)] = []
    visit(folder, prefix: FilePath(""), &found, &failures)
    return (found, failures)
  }

  private func visit(
    _ folder: FilePath, prefix: FilePath, _ found: inout [FilePath],
    _ failures: inout [(FilePath, FileError)]
  ) {
    guard let stream = folder.withCString({ opendir($0) }) else {
      failures.append((folder, .unreadable(reason: errno)))
      return
    }
    var entries: [(name: [UInt8], isFolder: Bool)] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if name.first == UInt8(ascii: ".") { continue }
      entries.append((name, Self.isFolder(entry.pointee.d_type, folder.appending(name))))
    }
    closedir(stream)
    entries.sort { $0.name.lexicographicallyPrecedes($1.name) }
    for entry in entries {
      let relative = prefix.appending(entry.name)
      if !entry.isFolder {
        if extensions.contains(relative.fileExtension) { found.append(relative) }
      } else if recursive {
        let inner = folder.appending(entry.name)
        if excluded != nil, (try? FileStatus(inner))?.identity == excluded { continue }
        visit(inner, prefix: relative, &found, &failures)
      }
    }
  }

  private static func isFolder(_ type: UInt8, _ path: FilePath) -> Bool {
    if Int(type) != Int(DT_UNKNOWN) { return Int(type) == Int(DT_DIR) }
    var status = stat()
    return path.withCString { lstat($0, &status) } == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
