import CImageCodecs
import Raster

/// Writes WebP: lossy, or with the pixels as they are. The picture is held until the end.
final class WebPWriter: FormatWriter {
  private let pointer: OpaquePointer

  static let longestSide = Int(CODEC_WEBP_LONGEST_SIDE)
  /// That of `cwebp`.
  static let quality = 75

  init(
    _ format: PictureFormat, _ sink: SinkHandle, _ options: WritingOptions, _ metadata: Metadata,
    _ kept: WebPEncoding?
  ) throws(CodecError) {
    let side = max(format.width, format.height)
    if side > Self.longestSide {
      throw .tooLargeToStore(.webp, side: side, limit: Self.longestSide)
    }
    var layout = codec_webp_layout()
    layout.width = UInt32(format.width)
    layout.height = UInt32(format.height)
    layout.channels = Int32(format.color.channels)
    layout.lossless = Self.isLossless(options, kept) ? 1 : 0
    layout.quality = Int32(options.quality ?? Self.quality)
    layout.threaded = options.threads > 1 ? 1 : 0
    var result = codec_result()
    let pointer = codec_block.with(metadata.colorProfile?.bytes) { icc in
      codec_block.with(metadata.exif) { exif in
        codec_block.with(metadata.xmp) { xmp in
          (layout.icc, layout.exif, layout.xmp) = (icc, exif, xmp)
          return codec_webp_writer_open(sink.pointer, &layout, &result)
        }
      }
    }
    guard let pointer else { throw CodecError(result, .webp) }
    self.pointer = pointer
  }

  deinit { codec_webp_writer_close(pointer) }

  /// What the options say, else what the input had; a quality asks for lossy.
  static func isLossless(_ options: WritingOptions, _ kept: WebPEncoding?) -> Bool {
    options.isLossless ?? (options.quality == nil && kept?.isLossless == true)
  }

  /// Bytes that the library holds: the picture, and what it works with.
  static func memory(_ format: PictureFormat, lossless: Bool) -> Int {
    // Measured with libwebp 1.2: 25 bytes a pixel without loss, under 8 for lossy pictures.
    format.width.saturatingProduct(format.height).saturatingProduct(lossless ? 26 : 8)
  }

  /// Colours are halved two rows at a time.
  var bandRows: Int? { 64 }

  func append(_ band: any EncodedBand) throws(CodecError) {
    let pointers = band.plainRows.bytePointers
    // Safety: each pointer is the first of `format.bytesPerRow` bytes.
    try call(.webp) { codec_webp_writer_write(pointer, pointers, pointers.count, &$0) }
  }

  func finish(late: Metadata?) throws(CodecError) {
    try call(.webp) { codec_webp_writer_finish(pointer, &$0) }
  }
}
