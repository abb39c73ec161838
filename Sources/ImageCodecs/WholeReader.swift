import CImageCodecs
import Raster

/// Reads formats whose files and pictures are held whole: JPEG XL by libjxl, HEIC and AVIF by libheif, animations of
/// AVIF by libavif.
///
/// Pictures come out upright: the format's own orientation is obeyed, and that of EXIF, which repeats it,
/// is reset.
final class WholeReader: FormatReader {
  private let pointer: OpaquePointer
  private let file: FileFormat
  private(set) var format: PictureFormat
  let encoding: Encoding
  private(set) var metadata: Metadata
  private(set) var memory: Int
  let series: PictureSeries?
  private let pages: Int
  private let namesPages: Bool
  private let isAnimation: Bool
  /// What the metadata say that the file holds.
  private var saidOthers: [String] = []

  /// - Parameters:
  ///   - file: `.jpegXL`, `.avif` or `.heif`.
  ///   - page: which picture or frame (≥ 1); nil for the first, where the others are to be named.
  ///   - all: whether the others follow.
  init(
    _ file: FileFormat, _ source: SourceHandle, _ limits: Limits, _ damage: DamagePolicy,
    page: Int?, all: Bool
  ) throws(CodecError) {
    var result = codec_result()
    var limits = limits.forC(fileSize: source.size, isWhole: true)
    let pointer = codec_whole_reader_open(
      file == .jpegXL ? CODEC_JXL : CODEC_HEIF, source.release(), &limits,
      damage == .tolerate ? 1 : 0, Int32(clamping: page ?? 1), &result)
    guard let pointer else { throw CodecError(result, file) }
    self.pointer = pointer
    self.file = file
    let header = codec_whole_reader_header(pointer)
    format = PictureFormat(header)
    encoding =
      switch file {
      case .jpegXL: .jpegXL(JPEGXLEncoding(isLossless: header.lossless != 0))
      case .avif: .avif
      default: .heif
      }
    memory = Int(header.memory)
    pages = Int(header.pages)
    namesPages = page == nil && !all
    isAnimation = header.animated != 0
    series =
      all && header.pages > 1
      ? PictureSeries(
        count: Int(header.pages), plays: header.animated != 0 ? Int(header.plays) : nil) : nil
    metadata = Metadata(header)
    saidOthers = metadata.removeOthers()
  }

  deinit { codec_whole_reader_close(pointer) }

  var warnings: [String] { lines(codec_whole_reader_warnings(pointer)) }

  var others: [String] {
    let more = namesPages ? pages - 1 : 0
    let what = isAnimation ? "frame" : "picture"
    let all =
      (more > 0 ? ["\(more) further \(what)\(more == 1 ? "" : "s")"] : [])
      + lines(codec_whole_reader_others(pointer)) + saidOthers
    return all.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  var frameTime: FrameTime? {
    let header = codec_whole_reader_header(pointer)
    guard series?.plays != nil, header.times_a_second > 0, header.time >= 0 else { return nil }
    return FrameTime(Int(header.time), Int(header.times_a_second))
  }

  func advance() throws(CodecError) -> Bool {
    var result = codec_result()
    guard codec_whole_reader_next(pointer, &result) != 0 else {
      if result.code != Int32(CODEC_OK.rawValue) { throw CodecError(result, file) }
      return false
    }
    let header = codec_whole_reader_header(pointer)
    (format, memory) = (PictureFormat(header), Int(header.memory))
    metadata = Metadata(header)
    saidOthers += metadata.removeOthers()
    return true
  }

  var isDamaged: Bool { codec_whole_reader_is_damaged(pointer) != 0 }

  func use(threads: Int) {
    codec_whole_reader_use_threads(pointer, Int32(clamping: threads))
  }

  func read(into band: RowBand) throws(CodecError) {
    try call(file, band) { codec_whole_reader_read(pointer, $0, $1, $2, &$3) }
  }
}

extension PictureFormat {
  fileprivate init(_ header: codec_whole_header) {
    let colors: [ColorModel] = [.gray, .grayAlpha, .rgb, .rgba]
    self.init(
      width: Int(header.width), height: Int(header.height),
      color: colors[Int(header.channels) - 1], sample: header.sample_bytes == 2 ? .uint16 : .uint8)
  }
}

extension Metadata {
  /// What is said of a picture that stands upright.
  fileprivate init(_ header: codec_whole_header) {
    self.init()
    colorProfile = header.icc.copied.map { ColorProfile(name: "icc", bytes: $0) }
    exif = header.exif.copied.map { bytes in
      bytes.starts(with: Array("Exif\0\0".utf8)) ? Array(bytes.dropFirst(6)) : bytes
    }
    xmp = header.xmp.copied
    if header.primaries > 0 {
      // As PNG has it: RGB, of the full range.
      let numbers = [UInt8(clamping: header.primaries), UInt8(clamping: header.transfer), 0, 1]
      chunks = [Segment(name: "cICP", bytes: numbers)]
    }
    stand()
  }
}
