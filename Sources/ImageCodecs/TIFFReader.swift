import CImageCodecs
import Raster

/// Reads TIFF: gray, palettes, RGB and CMYK of up to 16 bits, with and without alpha, in strips and
/// tiles; fewer bits than 8 or 16 are brought to these, rounded. Alpha that colours are multiplied by is
/// taken out of them.
final class TIFFReader: FormatReader {
  private let pointer: OpaquePointer
  let format: PictureFormat
  let encoding: Encoding
  let metadata: Metadata
  private var headerWarnings: [String] = []
  let others: [String]

  /// - Parameter page: from 1; nil for the first, where the others are to be named.
  init(
    _ source: SourceHandle, _ limits: Limits, _ damage: DamagePolicy, keepsCMYK: Bool, page: Int?
  ) throws(CodecError) {
    try source.makeSeekable(limits, .tiff)
    let exif = Metadata.exif(inTIFF: source, page: page ?? 1, limits)
    var result = codec_result()
    var limits = limits.forC(fileSize: source.size)
    let pointer = codec_tiff_reader_open(
      source.release(), &limits, damage == .tolerate ? 1 : 0, keepsCMYK ? 1 : 0,
      Int32(clamping: page ?? 1), &result)
    guard let pointer else { throw CodecError(result, .tiff) }
    self.pointer = pointer
    let header = codec_tiff_reader_header(pointer)
    let colors: [ColorModel] = [.gray, .grayAlpha, .rgb, .rgba]
    format = PictureFormat(
      width: Int(header.width), height: Int(header.height),
      color: header.inks != 0 ? .cmyk : colors[Int(header.channels) - 1],
      sample: header.sample_bytes == 1 ? .uint8 : header.sample_bytes == 2 ? .uint16 : .float32)
    let isInk = header.space == CODEC_TIFF_CMYK
    encoding = .tiff(
      TIFFEncoding(
        bits: Int(header.bits), compression: Int(header.compression), isInk: isInk))
    var metadata = Metadata(header, exif: exif)
    if isInk && header.inks == 0 && metadata.colorProfile != nil {
      metadata.colorProfile = nil
      headerWarnings.append("the colour profile is for CMYK; it is left out")
    }
    self.metadata = metadata
    let extra = Int(header.extra_channels)
    let more = page == nil ? Int(header.pages) - 1 : 0
    others =
      (more > 0 ? ["\(more) further page\(more == 1 ? "" : "s")"] : [])
      + (extra > 0 ? ["\(extra) channel\(extra == 1 ? "" : "s") of no stated meaning"] : [])
  }

  deinit { codec_tiff_reader_close(pointer) }

  var warnings: [String] { headerWarnings + lines(codec_tiff_reader_warnings(pointer)) }
  var isDamaged: Bool { codec_tiff_reader_is_damaged(pointer) != 0 }

  func read(into band: RowBand) throws(CodecError) {
    // Safety: a band has room for `count` rows of `format.bytesPerRow` bytes.
    try call(.tiff) { result in
      codec_tiff_reader_read(
        pointer, band.base.assumingMemoryBound(to: UInt8.self), band.pitch, band.count, &result)
    }
  }
}
