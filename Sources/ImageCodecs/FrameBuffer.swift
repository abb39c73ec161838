import Raster

/// The frame of an animation that is being collected, and the one before.
struct FrameBuffer {
  private(set) var frame: Picture
  private var before: Picture?
  private var next = 0

  init(_ format: PictureFormat) { frame = Picture(format) }

  var format: PictureFormat { frame.format }

  /// Takes the next rows.
  mutating func append(_ window: RowWindow) {
    for y in window.rows {
      // Safety: both rows are `format.bytesPerRow` long.
      frame.row(y).copyMemory(from: window.row(y), byteCount: format.bytesPerRow)
    }
    next += window.count
  }

  /// The smallest rectangle outside of which the frame is the one before; a pixel where all of it is, and
  /// all of the first frame.
  var changes: (columns: Range<Int>, rows: Range<Int>) {
    precondition(next == format.height, "a frame is complete")
    guard let before else { return (0..<format.width, 0..<format.height) }
    func differs(_ y: Int) -> Bool {
      // Safety: as above.
      !UnsafeRawBufferPointer(start: frame.row(y), count: format.bytesPerRow).elementsEqual(
        UnsafeRawBufferPointer(start: before.row(y), count: format.bytesPerRow))
    }
    guard let top = (0..<format.height).first(where: differs),
      let bottom = (top..<format.height).last(where: differs)
    else { return (0..<1, 0..<1) }
    let pixel = format.bytesPerRow / format.width
    var (left, right) = (format.bytesPerRow, 0)
    for y in top...bottom {
      let (new, old) = (UnsafeRawPointer(frame.row(y)), UnsafeRawPointer(before.row(y)))
      func isOther(_ byte: Int) -> Bool {
        new.load(fromByteOffset: byte, as: UInt8.self)
          != old.load(fromByteOffset: byte, as: UInt8.self)
      }
      // Only what lies outside of the rectangle so far is looked at.
      if let first = (0..<left).first(where: isOther) { left = first }
      if let last = (right..<format.bytesPerRow).last(where: isOther) { right = last + 1 }
    }
    return (left / pixel..<(right + pixel - 1) / pixel, top..<bottom + 1)
  }

  /// Rows of a part of the frame, counted from its first.
  func window(_ columns: Range<Int>, _ rows: Range<Int>) -> RowWindow {
    let pixel = format.bytesPerRow / format.width
    return RowWindow(
      firstRow: 0,
      pointers: rows.map { UnsafeRawPointer(frame.row($0)) + columns.lowerBound * pixel })
  }

  /// Makes room for the next frame, which is compared with this one.
  ///
  /// - Parameter isCompared: whether it is; else all of it counts as changed.
  mutating func advance(isCompared: Bool = true) {
    let free = before
    before = isCompared ? frame : nil
    frame = free ?? Picture(format)
    next = 0
  }
}
