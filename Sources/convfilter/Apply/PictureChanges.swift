import Raster

/// What happened to a picture.
enum WatchedChange: Hashable {
  /// It is there, whole.
  ///
  /// `input` is what was given; `relative` its name below that, where that is a folder.
  case picture(input: FilePath, relative: FilePath?)
  /// More than could be told.
  case unknown
  /// A folder is no longer there; it is watched again once it is back.
  case gone(FilePath)
}

/// Tells which pictures come up or change.
protocol PictureChanges {
  /// Waits a moment for changes.
  ///
  /// - Throws: `CommandFailure` where nothing is left to be watched.
  mutating func next() throws(CommandFailure) -> [WatchedChange]

  /// A picture that is being written will be told of when it is whole.
  mutating func `defer`(_ path: FilePath)
}
