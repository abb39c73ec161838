import Raster

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A folder with a folder for each class, into which pictures are put.
struct ClassFolders {
  private let folder: FilePath
  /// Whether files that exist give way.
  private let force: Bool

  /// - Throws: a `CommandFailure` where there can be no such folder.
  init(_ name: String, force: Bool) throws {
    folder = FilePath(argument: name)
    self.force = force
    try Self.make(folder)
  }

  /// Puts a picture into the folder of a class; nil is the one that is unknown.
  ///
  /// - Throws: a `CommandFailure`; also where another file of the name is there.
  func put(_ picture: FilePath, into name: String?) throws {
    if picture == FilePath("-") {
      throw CommandFailure("standard input has no name to sort it by; drop --sort-into")
    }
    let place = folder.appending(Self.folderName(name ?? "unknown"))
    try Self.make(place)
    let target = place.appending(picture.lastComponent)
    if let there = try FileStatus(target), there.identity == (try FileStatus(picture))?.identity {
      return
    }
    let isLinked = picture.withCString { from in target.withCString { link(from, $0) == 0 } }
    if isLinked { return }
    if errno == EEXIST, !force {
      throw CommandFailure("exists already; use --force to overwrite it", at: "\(target)")
    }
    // Another file system, one without links, or a file to be replaced.
    let bytes = try OpenFile(picture).contents(limit: 1 << 32)
    try WholeFile.write(bytes, to: target, replacing: force)
  }

  private static func make(_ folder: FilePath) throws {
    if folder.withCString({ mkdir($0, 0o777) }) != 0, errno != EEXIST {
      throw CommandFailure(
        "cannot be made: \(String(cString: strerror(errno)))", at: "\(folder)")
    }
  }

  /// A name that stays within its folder.
  static func folderName(_ name: String) -> [UInt8] {
    let bytes = name.utf8.map { $0 == UInt8(ascii: "/") || $0 < 32 ? UInt8(ascii: "_") : $0 }
    let isDots = bytes.allSatisfy { $0 == UInt8(ascii: ".") }
    return isDots ? Array("_".utf8) + bytes : bytes
  }
}
