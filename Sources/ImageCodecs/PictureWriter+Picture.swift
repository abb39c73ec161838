import Raster

extension PictureWriter {
  /// Writes all rows of a picture, band by band, and completes the file.
  public func write(_ picture: Picture) throws {
    precondition(picture.format == format, "a picture of another format")
    let step = bandRows ?? format.height
    for first in stride(from: 0, to: format.height, by: step) {
      let rows = first - min(first, contextRows)..<min(first + step, format.height)
      let window = RowWindow(
        firstRow: rows.lowerBound, pointers: rows.map { UnsafeRawPointer(picture.row($0)) })
      try append(encode(window, first: first))
    }
    try finish()
  }
}
