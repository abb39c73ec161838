import CImageCodecs
import Raster

/// Reads WebP, lossy and lossless, with and without alpha; of an animation a frame, shown with those
/// that stay below it.
final class WebPReader: FormatReader {
  private let pointer: OpaquePointer
  let format: PictureFormat
  let encoding: Encoding
  let metadata: Metadata
  let memory: Int
  let series: PictureSeries?
  private let frames: Int
  private let namesFrames: Bool

  /// - Parameters:
  ///   - page: which frame (≥ 1); nil for the first, where the others are to be named.
  ///   - all: whether the others follow.
  init(
    _ source: SourceHandle, _ limits: Limits, _ damage: DamagePolicy, page: Int?, all: Bool
  ) throws(CodecError) {
    var result = codec_result()
    var limits = limits.forC(fileSize: source.size, isWhole: true)
    let pointer = codec_webp_reader_open(
      source.release(), &limits, damage == .tolerate ? 1 : 0, Int32(clamping: all ? 0 : page ?? 1),
      &result)
    guard let pointer else { throw CodecError(result, .webp) }
    self.pointer = pointer
    let header = codec_webp_reader_header(pointer)
    format = PictureFormat(
      width: Int(header.width), height: Int(header.height),
      color: header.channels == 4 ? .rgba : .rgb, sample: .uint8)
    encoding = .webp(WebPEncoding(isLossless: header.lossless != 0))
    memory = Int(header.memory)
    frames = Int(header.frames)
    namesFrames = page == nil && !all
    series =
      all && header.frames > 1
      ? PictureSeries(count: Int(header.frames), plays: Int(header.plays)) : nil
    var metadata = Metadata()
    if let bytes = header.icc.copied {
      metadata.colorProfile = Metadata.ColorProfile(name: "icc", bytes: bytes)
    }
    // Some writers put the name of JPEG's segment before it.
    metadata.exif = header.exif.copied.map { bytes in
      bytes.starts(with: Array("Exif\0\0".utf8)) ? Array(bytes.dropFirst(6)) : bytes
    }
    metadata.xmp = header.xmp.copied
    self.metadata = metadata
  }

  deinit { codec_webp_reader_close(pointer) }

  var warnings: [String] { lines(codec_webp_reader_warnings(pointer)) }

  var others: [String] {
    let more = namesFrames ? frames - 1 : 0
    return (more > 0 ? ["\(more) frame\(more == 1 ? "" : "s") of an animation"] : [])
      + (codec_webp_reader_holds_more(pointer) != 0 ? ["data behind the picture"] : [])
  }

  var frameTime: FrameTime? {
    series == nil
      ? nil : FrameTime(max(0, Int(codec_webp_reader_header(pointer).duration)), 1000)
  }

  func advance() throws(CodecError) -> Bool {
    var result = codec_result()
    if codec_webp_reader_next(pointer, &result) != 0 { return true }
    if result.code != Int32(CODEC_OK.rawValue) { throw CodecError(result, .webp) }
    return false
  }

  var isDamaged: Bool { codec_webp_reader_is_damaged(pointer) != 0 }

  func use(threads: Int) { codec_webp_reader_use_threads(pointer, threads > 1 ? 1 : 0) }

  func read(into band: RowBand) throws(CodecError) {
    try call(.webp, band) { codec_webp_reader_read(pointer, $0, $1, $2, &$3) }
  }
}

extension codec_block {
  /// The bytes, nil where there are none.
  var copied: [UInt8]? { bytes == nil || count == 0 ? nil : copy(bytes, count) }

  /// Lends bytes to C for the length of a call.
  static func with<Result>(_ bytes: [UInt8]?, _ body: (codec_block) -> Result) -> Result {
    (bytes ?? []).withUnsafeBufferPointer { buffer in
      // Safety: the array outlives the call.
      body(codec_block(bytes: bytes == nil ? nil : buffer.baseAddress, count: buffer.count))
    }
  }
}
