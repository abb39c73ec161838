import Raster

/// A stage that must have seen the whole picture before it can make a row.
protocol WholeStage: RowStage {
  /// Bytes that settling takes, besides the picture.
  var settlingBytes: Int { get }

  /// The stage that makes rows, once all of them are there.
  ///
  /// - Parameter row: the first byte of each input row; valid until the next call.
  func settled(_ row: (Int) -> UnsafeRawPointer) -> any RowStage
}

extension WholeStage {
  var whole: (any WholeStage)? { self }
}
