import Libc
import Raster

/// A folder with a folder for each class, into which pictures are put.
struct ClassFolders {
  private let folder: FilePath
  /// Whether files that were there before give way.
  private let force: Bool
  /// What this run has put there, or found there already.
  private var placed: Set<FilePath> = []
  /// The pictures that are looked at.
  private let inputs: [FilePath]
  /// Where they lie. By name: a picture that was sorted before is a second name of its file, and may go.
  private lazy var places = Set(inputs.compactMap(\.resolved))

  /// - Throws: a `CommandFailure` where there can be no such folder.
  init(_ name: String, force: Bool, inputs: [FilePath]) throws {
    self.inputs = inputs
    folder = FilePath(argument: name)
    self.force = force
    try Self.make(folder)
  }

  /// Puts a picture into the folder of a class; nil is the one that is unknown.
  ///
  /// Pictures of one name, from several folders, are numbered: `a.png`, `a-2.png`.
  ///
  /// - Throws: a `CommandFailure`; also where another file of the name is there.
  mutating func put(_ picture: FilePath, into name: String?) throws {
    if picture == FilePath("-") {
      throw CommandFailure("standard input has no name to sort it by; drop --sort-into")
    }
    let place = folder.appending(Self.folderName(name ?? "unknown"))
    try Self.make(place)
    let (name, stem) = (picture.lastComponent, picture.stem)
    var target = place.appending(name)
    var number = 1
    while placed.contains(target) {
      if try Self.isSame(picture, target) { return }
      number += 1
      target = place.appending(stem + Array("-\(number)".utf8) + name.dropFirst(stem.count))
    }
    if try Self.isSame(picture, target) {
      placed.insert(target)
      return
    }
    if try FileStatus(target) != nil {
      let isInput = target.resolved.map { places.contains($0) } ?? false
      if isInput || !force {
        throw CommandFailure(
          "\(isInput ? FileError.isAnotherInput : FileError.exists)", at: "\(target)")
      }
    }
    placed.insert(target)
    // What a link leads to: the link itself may lead nowhere from there.
    let isLinked = picture.withCString { from in
      target.withCString { linkat(AT_FDCWD, from, AT_FDCWD, $0, Int32(AT_SYMLINK_FOLLOW)) == 0 }
    }
    if isLinked { return }
    // Another file system, one without links, or a file to be replaced.
    let bytes = try OpenFile(picture).contents(limit: Self.largest)
    try WholeFile.write(bytes, to: target, replacing: force)
  }

  /// The largest picture that is copied, in bytes.
  private static let largest = 1 << 32

  /// Whether the picture is there already: as a link or as a copy.
  private static func isSame(_ picture: FilePath, _ target: FilePath) throws -> Bool {
    guard let there = try FileStatus(target), let own = try FileStatus(picture) else {
      return false
    }
    if there.identity == own.identity { return true }
    guard there.kind == .regular, there.size == own.size else { return false }
    return try OpenFile(picture).contents(limit: largest)
      == OpenFile(target).contents(limit: largest)
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
