import CImageCodecs
import Raster

/// Reads PNG: palettes looked up, tRNS turned into alpha, 1, 2 and 4 bits spread to 8.
final class PNGReader: FormatReader {
  private let pointer: OpaquePointer
  let format: PictureFormat
  let encoding: Encoding

  private let namesFrames: Bool

  /// - Parameter namesFrames: whether `others` names the frames of an animation.
  init(
    _ source: SourceHandle, _ limits: Limits, _ damage: DamagePolicy, namesFrames: Bool = true
  ) throws(CodecError) {
    self.namesFrames = namesFrames
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
    encoding = .png(
      PNGEncoding(
        depth: Int(header.depth), colorType: Int(header.color_type),
        interlaced: header.interlaced != 0))
  }

  deinit { codec_png_reader_close(pointer) }

  var metadata: Metadata { Metadata(codec_png_reader_metadata(pointer)) }
  var warnings: [String] { lines(codec_png_reader_warnings(pointer)) }
  var others: [String] {
    let frames = namesFrames ? Int(codec_png_reader_header(pointer).other_frames) : 0
    let behind = codec_png_reader_holds_more(pointer) != 0
    return (frames > 0 ? ["\(frames) frame\(frames == 1 ? "" : "s") of an animation"] : [])
      + (behind ? ["data behind the picture"] : [])
  }

  var isDamaged: Bool { codec_png_reader_is_damaged(pointer) != 0 }

  func read(into band: RowBand) throws(CodecError) {
    // Safety: a band has room for `count` rows of `format.bytesPerRow` bytes.
    try call(.png) { result in
      codec_png_reader_read(
        pointer, band.base.assumingMemoryBound(to: UInt8.self), band.pitch, band.count, &result)
    }
  }
}
