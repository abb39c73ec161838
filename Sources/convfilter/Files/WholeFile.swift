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

  /// Refuses, before the work, a name under which nothing could be written after it.
  static func check(_ path: FilePath, replacing: Bool) throws {
    try CommandFailure.at("\(path)") {
      let place = try OutputPlace(path)
      if place.existing?.kind == .regular, !replacing { throw FileError.exists }
      let folder = place.path.parent
      if folder.withCString({ access($0, W_OK) }) != 0 { throw FileError.unwritable(reason: errno) }
    }
  }
}
