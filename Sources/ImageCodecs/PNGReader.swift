import CImageCodecs
import Raster

/// Reads PNG: palettes looked up, tRNS turned into alpha, 1, 2 and 4 bits spread to 8.
final class PNGReader: FormatReader {
  private let pointer: OpaquePointer
  let format: PictureFormat
  let encoding: Encoding

  private let namesFrames: Bool
  /// What is said behind the pixels, where the file can be read twice.
  private let behind: Metadata?

  /// - Parameters:
  ///   - namesFrames: whether `others` names the frames of an animation.
  ///   - looksBehind: whether what is said behind the pixels is looked for before they are read.
  init(
    _ source: SourceHandle, _ limits: Limits, _ damage: DamagePolicy, namesFrames: Bool = true,
    looksBehind: Bool = true
  ) throws(CodecError) {
    self.namesFrames = namesFrames
    behind = looksBehind ? source.metadataBehindPixels(limits) : nil
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
    let metadata = Metadata(codec_png_reader_metadata(pointer))
    return behind.map { metadata.completed(by: $0) } ?? metadata
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
