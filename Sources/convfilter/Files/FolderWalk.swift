import ImageCodecs
import Libc
import Raster

/// Finds the pictures in a folder, by the extensions of their names.
///
/// Hidden files and folders are passed over, links to folders are not followed (they may lead in a
/// circle). The order is that of the bytes of the names, whatever the file system's.
struct FolderWalk {
  /// What a folder holds; names are relative to it.
  struct Findings {
    var pictures: [FilePath] = []
    /// Folders that were gone into, but for the first.
    var folders: [FilePath] = []
    /// Pictures in formats that are not read.
    var foreign: [(name: FilePath, format: ForeignFormat)] = []
    /// Pictures that the filter leaves out, and why; folders, too, which are not looked into.
    var leftOut: [(name: FilePath, reason: String)] = []
    /// Pipes, sockets and devices with names of pictures: reading them could take for ever.
    var special: [FilePath] = []
    /// The folder that was to be left out, where there were pictures to be expected in it.
    var excluded: FilePath?
    /// Folders that could not be read, by their whole names.
    var failures: [(FilePath, FileError)] = []
  }

  /// Whether to go into folders within the folder.
  var recursive: Bool
  /// A folder to leave out: the one that is written to.
  var excluded: FileStatus.Identity?
  /// Which pictures are taken, by their names relative to the folder; nil for all.
  var filter: PathFilter?

  /// - Parameters:
  ///   - prefix: the name of the folder below the one that names are relative to.
  ///   - entering: called with the relative name of each folder before it is looked into.
  func findings(
    in folder: FilePath, prefix: FilePath = FilePath(""), entering: (FilePath) -> Void = { _ in }
  ) -> Findings {
    var findings = Findings()
    visit(folder, prefix: prefix, &findings, entering)
    return findings
  }

  private func visit(
    _ folder: FilePath, prefix: FilePath, _ findings: inout Findings,
    _ entering: (FilePath) -> Void
  ) {
    entering(prefix)
    let entries: [(name: [UInt8], type: UInt8)]
    do {
      entries = try Self.entries(of: folder)
    } catch {
      findings.failures.append((folder, error))
      return
    }
    for entry in entries {
      let relative = prefix.appending(entry.name)
      let whole = folder.appending(entry.name)
      if Self.isFolder(entry.type, whole) {
        guard recursive else { continue }
        if excluded != nil, (try? FileStatus(whole))?.identity == excluded {
          findings.excluded = whole
          continue
        }
        if let reason = filter?.refusal(ofFolder: relative.bytes) {
          findings.leftOut.append((relative, reason))
          continue
        }
        findings.folders.append(relative)
        visit(whole, prefix: relative, &findings, entering)
      } else if FileFormat(fileExtension: relative.fileExtension) != nil {
        if let reason = filter?.refusal(of: relative.bytes) {
          findings.leftOut.append((relative, reason))
        } else if Self.isSpecial(entry.type, whole) {
          findings.special.append(relative)
        } else {
          findings.pictures.append(relative)
        }
      } else if let format = ForeignFormat(fileExtension: relative.fileExtension) {
        findings.foreign.append((relative, format))
      }
    }
  }

  /// The files of a folder that are not hidden, by their names in it.
  static func files(in folder: FilePath) throws(FileError) -> [FilePath] {
    try entries(of: folder).filter { entry in
      let path = folder.appending(entry.name)
      return !isFolder(entry.type, path) && !isSpecial(entry.type, path)
    }.map { FilePath(bytes: $0.name) }
  }

  /// What a folder holds that is not hidden, in the order of the bytes of the names.
  private static func entries(
    of folder: FilePath
  ) throws(FileError) -> [(name: [UInt8], type: UInt8)] {
    guard let stream = folder.withCString({ opendir($0) }) else {
      throw errno == ENOENT ? .missing : .unreadable(reason: errno)
    }
    defer { closedir(stream) }
    var entries: [(name: [UInt8], type: UInt8)] = []
    while true {
      // The end and a failure in the middle look the same but for this.
      errno = 0
      guard let entry = readdir(stream) else { break }
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if name.first == UInt8(ascii: ".") { continue }
      entries.append((name, entry.pointee.d_type))
    }
    if errno != 0 { throw .unreadable(reason: errno) }
    return entries.sorted { $0.name.lexicographicallyPrecedes($1.name) }
  }

  private static func isFolder(_ type: UInt8, _ path: FilePath) -> Bool {
    if Int(type) != Int(DT_UNKNOWN) { return Int(type) == Int(DT_DIR) }
    var status = stat()
    return path.withCString { lstat($0, &status) } == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Whether the name leads to something that is neither a file nor missing.
  private static func isSpecial(_ type: UInt8, _ path: FilePath) -> Bool {
    if Int(type) == Int(DT_REG) { return false }
    guard let status = try? FileStatus(path) else { return false }
    return status.kind != .regular
  }
}
