import Libc
import Raster

/// Files that are in memory as a whole before they are written.
enum WholeFile {
  /// The file appears whole or not at all.
  ///
  /// - Parameters:
  ///   - replacing: whether an existing file gives way.
  ///   - durable: whether a power failure, too, is to leave the whole file; it always leaves the old
  ///     file or the new one.
  static func write(
    _ bytes: [UInt8], to path: FilePath, replacing: Bool, durable: Bool = false
  ) throws {
    try CommandFailure.at("\(path)") {
      let place = try OutputPlace(path)
      if place.existing?.kind == .regular, !replacing { throw FileError.exists }
      let file = try ResultFile(place)
      try ResultFile.write(bytes, to: file.descriptor)
      try file.publish(
        replacing: place.existing, mayReplace: replacing,
        durable: durable || place.existing != nil, times: nil)
    }
  }

  /// Refuses, before the work, names under which nothing could be written after it.
  ///
  /// - Parameter inputs: what the command reads; asked for where something is there.
  static func check(
    _ paths: [FilePath], replacing: Bool, inputs: @autoclosure () throws -> InputFiles
  ) throws {
    var known: InputFiles?
    for path in paths {
      try check(path, replacing: replacing) { existing in
        let files = try known ?? inputs()
        known = files
        try files.check(existing)
      }
    }
  }

  /// As above, for one name.
  static func check(
    _ path: FilePath, replacing: Bool, inputs: @autoclosure () throws -> InputFiles
  ) throws { try check([path], replacing: replacing, inputs: inputs()) }

  private static func check(
    _ path: FilePath, replacing: Bool, refuseInput: (FileStatus) throws -> Void
  ) throws {
    try CommandFailure.at("\(path)") {
      let place = try OutputPlace(path)
      if let existing = place.existing, existing.kind == .regular {
        try refuseInput(existing)
        if !replacing { throw FileError.exists }
      }
      let folder = place.path.parent
      if folder.withCString({ access($0, W_OK) }) != 0 { throw FileError.unwritable(reason: errno) }
    }
  }
}
