/// A whole picture in memory.
///
/// Rows start at multiples of 64 bytes. The bytes are zero at first.
public final class Picture: @unchecked Sendable {
  public let format: PictureFormat
  /// Distance between rows, in bytes: a multiple of 64.
  public let pitch: Int
  /// The first byte of the first row. Who writes sees to it that nobody else reads.
  public let base: UnsafeMutableRawPointer

  public init(_ format: PictureFormat) {
    self.format = format
    pitch = rowPitch(format.bytesPerRow)
    base = allocateZeroed(bytes: pitch * format.height)
  }

  deinit { base.deallocate() }

  /// All rows, to write.
  public var band: RowBand {
    RowBand(base: base, pitch: pitch, firstRow: 0, count: format.height)
  }

  /// The first byte of row `y`.
  public func row(_ y: Int) -> UnsafeMutableRawPointer { band.row(y) }
}

extension Picture {
  /// A picture from samples: row by row, interleaved by pixel.
  public convenience init<Sample>(_ format: PictureFormat, samples: [Sample]) {
    precondition(MemoryLayout<Sample>.size == format.sample.byteCount, "samples of another size")
    precondition(samples.count == format.samplesPerRow * format.height, "one sample a channel")
    self.init(format)
    samples.withUnsafeBytes { bytes in
      for y in 0..<format.height {
        // Safety: row y of `samples` and of the picture are both `bytesPerRow` long.
        row(y).copyMemory(
          from: bytes.baseAddress! + y * format.bytesPerRow, byteCount: format.bytesPerRow)
      }
    }
  }

  /// The samples, row by row, interleaved by pixel.
  public func samples<Sample>(as type: Sample.Type = Sample.self) -> [Sample] {
    precondition(MemoryLayout<Sample>.size == format.sample.byteCount, "samples of another size")
    return (0..<format.height).flatMap { y in
      // Safety: a row holds `samplesPerRow` samples and is aligned to 64 bytes.
      UnsafeBufferPointer(
        start: row(y).assumingMemoryBound(to: Sample.self), count: format.samplesPerRow)
    }
  }
}

/// Reads a picture in memory; rows are lent, not copied.
public final class PictureSource: RowSource, @unchecked Sendable {
  private let picture: Picture
  public init(_ picture: Picture) { self.picture = picture }
  public var format: PictureFormat { picture.format }

  public func read(into band: RowBand) throws {
    for y in band.rows {
      band.row(y).copyMemory(from: picture.row(y), byteCount: format.bytesPerRow)
    }
  }

  public func borrow(_ rows: Range<Int>) -> RowWindow? {
    RowWindow(firstRow: rows.lowerBound, pointers: rows.map { UnsafeRawPointer(picture.row($0)) })
  }
}

/// Collects a picture in memory; rows are laid in place.
public final class PictureSink: RowSink {
  public let picture: Picture
  public init(_ format: PictureFormat) { picture = Picture(format) }
  public var format: PictureFormat { picture.format }

  public func append(_ band: any EncodedBand) throws {
    let window = band.plainRows
    for y in window.rows {
      picture.row(y).copyMemory(from: window.row(y), byteCount: format.bytesPerRow)
    }
  }

  public func finish() throws {}

  public func destination(_ rows: Range<Int>) -> RowBand? {
    RowBand(
      base: picture.row(rows.lowerBound), pitch: picture.pitch, firstRow: rows.lowerBound,
      count: rows.count)
  }
}
