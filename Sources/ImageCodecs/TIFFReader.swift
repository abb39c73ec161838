import CImageCodecs
import Raster

/// Reads TIFF: gray, palettes, RGB and CMYK of 1 to 16 bits, with and without alpha, in strips and
/// tiles; fewer bits than 8 or 16 are brought to these, rounded: v · full / (2^bits − 1). Alpha that colours are multiplied by is
/// taken out of them.
final class TIFFReader: FormatReader {
  private let pointer: OpaquePointer
  private(set) var format: PictureFormat
  private(set) var encoding: Encoding
  private(set) var metadata = Metadata()
  let series: PictureSeries?
  private var headerWarnings: [String] = []
  private(set) var others: [String] = []
  private let limits: Limits

  /// - Parameters:
  ///   - page: from 1; nil for the first, where the others are to be named.
  ///   - all: whether the others follow.
  init(
    _ source: SourceHandle, _ limits: Limits, _ damage: DamagePolicy, keepsCMYK: Bool, page: Int?,
    all: Bool
  ) throws(CodecError) {
    try source.makeSeekable(limits, .tiff)
    self.limits = limits
    var result = codec_result()
    var limits = limits.forC(fileSize: source.size)
    let pointer = codec_tiff_reader_open(
      source.release(), &limits, damage == .tolerate ? 1 : 0, keepsCMYK ? 1 : 0,
      Int32(clamping: page ?? 1), &result)
    guard let pointer else { throw CodecError(result, .tiff) }
    self.pointer = pointer
    let header = codec_tiff_reader_header(pointer)
    series = all && header.pages > 1 ? PictureSeries(count: Int(header.pages)) : nil
    format = PictureFormat(header)
    encoding = Encoding(header)
    let more = page == nil && !all ? Int(header.pages) - 1 : 0
    if more > 0 { others = ["\(more) further page\(more == 1 ? "" : "s")"] }
    takePage(header)
    let lent = SourceHandle(lent: codec_tiff_reader_source(pointer))
    let extent = TIFFExtent(of: lent, self.limits)
    if let end = extent?.end, try lent.holdsMore(behind: end) {
      others.append("data behind the picture")
    }
    if extent?.isLoop == true {
      headerWarnings.append(
        "its last page is followed by one of those before it: the file ends there")
    }
  }

  /// Takes over what is said of a page.
  private func takePage(_ header: codec_tiff_header) {
    let source = SourceHandle(lent: codec_tiff_reader_source(pointer))
    var isSigned = false
    var iptc: [UInt8]?
    let exif = Metadata.exif(
      inTIFF: source, directory: Int(header.directory), limits, iptc: &iptc, isSigned: &isSigned)
    if isSigned, !headerWarnings.contains(Metadata.signatureWarning) {
      headerWarnings.append(Metadata.signatureWarning)
    }
    metadata = Metadata(header, exif: exif, iptc: iptc)
    if header.space == CODEC_TIFF_CMYK, header.inks == 0 {
      let warning = metadata.mixInks()
      if !headerWarnings.contains(warning) { headerWarnings.append(warning) }
    }
    let (extra, below) = (Int(header.extra_channels), Int(header.below))
    let alpha = "alpha of \(header.inks != 0 ? "CMYK" : "a palette")"
    let besides =
      (header.loses_alpha != 0 ? [alpha] : [])
      + (extra > 0 ? ["\(extra) channel\(extra == 1 ? "" : "s") of no stated meaning"] : [])
      + (below > 0 ? ["\(below) picture\(below == 1 ? "" : "s") below a page (SubIFDs)"] : [])
    others += besides.filter { !others.contains($0) }
  }

  func advance() throws(CodecError) -> Bool {
    var result = codec_result()
    guard codec_tiff_reader_next(pointer, &result) != 0 else {
      if result.code != Int32(CODEC_OK.rawValue) { throw CodecError(result, .tiff) }
      return false
    }
    let header = codec_tiff_reader_header(pointer)
    format = PictureFormat(header)
    encoding = Encoding(header)
    takePage(header)
    return true
  }

  deinit { codec_tiff_reader_close(pointer) }

  var warnings: [String] { headerWarnings + lines(codec_tiff_reader_warnings(pointer)) }
  var isDamaged: Bool { codec_tiff_reader_is_damaged(pointer) != 0 }

  func read(into band: RowBand) throws(CodecError) {
    try call(.tiff, band) { codec_tiff_reader_read(pointer, $0, $1, $2, &$3) }
  }
}

extension PictureFormat {
  fileprivate init(_ header: codec_tiff_header) {
    let colors: [ColorModel] = [.gray, .grayAlpha, .rgb, .rgba]
    self.init(
      width: Int(header.width), height: Int(header.height),
      color: header.inks != 0 ? .cmyk : colors[Int(header.channels) - 1],
      sample: header.sample_bytes == 1 ? .uint8 : header.sample_bytes == 2 ? .uint16 : .float32)
  }
}

extension Encoding {
  fileprivate init(_ header: codec_tiff_header) {
    var palette: [UInt8] = []
    if let colors = header.palette {
      // Safety: the reader holds three bytes for each number of so many bits.
      for color in 0..<1 << Int(header.bits) {
        palette += [colors[3 * color], colors[3 * color + 1], colors[3 * color + 2], 255]
      }
    }
    self = .tiff(
      TIFFEncoding(
        bits: Int(header.bits), compression: Int(header.compression),
        isInk: header.space == CODEC_TIFF_CMYK, kind: Int(header.kind), palette: palette))
  }
}
