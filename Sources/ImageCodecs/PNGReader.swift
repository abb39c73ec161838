import CImageCodecs
import Raster

/// Reads PNG: palettes looked up, tRNS turned into alpha, 1, 2 and 4 bits spread to 8.
final class PNGReader: FormatReader {
  private let pointer: OpaquePointer
  let format: PictureFormat
  let encoding: Encoding

  private let namesFrames: Bool
  /// EXIF that stands behind the pixels, where the file can be read twice.
  private let exifBehind: [UInt8]?

  /// - Parameter namesFrames: whether `others` names the frames of an animation.
  init(
    _ source: SourceHandle, _ limits: Limits, _ damage: DamagePolicy, namesFrames: Bool = true
  ) throws(CodecError) {
    self.namesFrames = namesFrames
    exifBehind = source.exifBehindPixels()
    var result = codec_result()
    var limits = limits.forC(fileSize: source.size)
    let pointer = codec_png_reader_open(
      source.release(), &limits, damage == .tolerate ? 1 : 0, &result)
    guard let pointer else { throw CodecError(result, .png) }
    self.pointer = pointer
    let header = codec_png_reader_header(pointer)
    let colors: [ColorModel] = [.gray, .grayAlpha, .rgb, .rgba]
    format = PictureFormat(
      width: Int(header.width), height: Int(header.height),
      color: colors[Int(header.channels) - 1],
      sample: header.sample_bytes == 2 ? .uint16 : .uint8)
    var palette: [UInt8] = []
    if header.color_type == 3 {
      palette = [UInt8](repeating: 0, count: 4 * 256)
      palette.removeLast(4 * (256 - Int(codec_png_reader_palette(pointer, &palette))))
    }
    var key: [UInt16] = [0, 0, 0]
    key.removeLast(3 - Int(codec_png_reader_key(pointer, &key)))
    encoding = .png(
      PNGEncoding(
        depth: Int(header.depth), colorType: Int(header.color_type),
        interlaced: header.interlaced != 0, palette: palette, key: key))
  }

  deinit { codec_png_reader_close(pointer) }

  var metadata: Metadata {
    var metadata = Metadata(codec_png_reader_metadata(pointer))
    if metadata.exif == nil { metadata.exif = exifBehind }
    return metadata
  }
  var warnings: [String] { lines(codec_png_reader_warnings(pointer)) }
  var others: [String] {
    let frames = namesFrames ? Int(codec_png_reader_header(pointer).other_frames) : 0
    let behind = codec_png_reader_holds_more(pointer) != 0
    return (frames > 0 ? ["\(frames) frame\(frames == 1 ? "" : "s") of an animation"] : [])
      + (behind ? ["data behind the picture"] : [])
  }

  var isDamaged: Bool { codec_png_reader_is_damaged(pointer) != 0 }

  func read(into band: RowBand) throws(CodecError) {
    try call(.png, band) { codec_png_reader_read(pointer, $0, $1, $2, &$3) }
  }
}

extension SourceHandle {
  /// The EXIF block among the last chunks of a PNG file, nil where there is none or where the file cannot be
  /// read twice. Nothing is passed over.
  ///
  /// A checksum that is right tells it from four letters of something else.
  fileprivate func exifBehindPixels() -> [UInt8]? {
    guard let size, size > 64 else { return nil }
    // Blocks of cameras have a few kilobytes; what stands farther back is found with the last row.
    let count = min(size - 33, 64 << 10)
    guard seek(to: size - count) else { return nil }
    defer { _ = seek(to: 0) }
    guard let tail = try? bytes(count, of: .png, "") else { return nil }
    var start: Int?
    tail.withUnsafeBufferPointer { tail in
      // e, X, I, f behind the length of the chunk.
      for index in 4..<max(4, tail.count - 8)
      where tail[index] == 0x65 && tail[index + 1] == 0x58 && tail[index + 2] == 0x49
        && tail[index + 3] == 0x66
      {
        start = index
      }
    }
    guard let start else { return nil }
    let length = APNGFile.number(tail[start - 4..<start])
    guard length <= tail.count - start - 8 else { return nil }
    let named = Array(tail[start..<start + 4 + length])
    guard
      Int(codec_crc32(0, named, named.count))
        == APNGFile.number(tail[start + 4 + length..<start + 8 + length])
    else { return nil }
    return Array(named[4...])
  }
}
