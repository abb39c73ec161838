import CImageCodecs
import Raster

/// Writes formats that are compressed whole: JPEG XL by libjxl, AVIF by libheif.
final class WholeWriter: FormatWriter {
  private let pointer: OpaquePointer
  private let file: FileFormat

  /// What the tools of the formats take for granted: `cjxl` a distance of 1, `heif-enc` 50.
  static func quality(of file: FileFormat) -> Int { file == .jpegXL ? 90 : 50 }

  /// AV1's own limit, and that of JPEG XL's level 5.
  static func longestSide(of file: FileFormat) -> Int { file == .jpegXL ? 262_144 : 65536 }

  init(
    _ file: FileFormat, _ format: PictureFormat, _ sink: SinkHandle, _ options: WritingOptions,
    _ metadata: Metadata, _ kept: JPEGXLEncoding?
  ) throws(CodecError) {
    let side = max(format.width, format.height)
    let limit = Self.longestSide(of: file)
    if side > limit { throw .tooLargeToStore(file, side: side, limit: limit) }
    var layout = codec_whole_layout()
    layout.width = UInt32(format.width)
    layout.height = UInt32(format.height)
    layout.channels = Int32(format.color.channels)
    layout.sample_bytes = Int32(format.sample.byteCount)
    layout.lossless =
      options.isLossless ?? (options.quality == nil && kept?.isLossless == true) ? 1 : 0
    layout.quality = Int32(options.quality ?? Self.quality(of: file))
    layout.threads = Int32(clamping: options.threads)
    if file == .avif, let numbers = metadata.colorNumbers {
      (layout.primaries, layout.transfer) = (Int32(numbers.primaries), Int32(numbers.transfer))
    }
    var result = codec_result()
    let pointer = codec_block.with(metadata.colorProfile?.bytes) { icc in
      codec_block.with(metadata.exif) { exif in
        codec_block.with(metadata.xmp) { xmp in
          (layout.icc, layout.exif, layout.xmp) = (icc, exif, xmp)
          return codec_whole_writer_open(
            file == .jpegXL ? CODEC_JXL : CODEC_HEIF, sink.pointer, &layout, &result)
        }
      }
    }
    guard let pointer else { throw CodecError(result, file) }
    self.pointer = pointer
    self.file = file
  }

  deinit { codec_whole_writer_close(pointer) }

  /// Bytes that the library holds: the picture, and what it works with.
  static func memory(_ format: PictureFormat, as file: FileFormat) -> Int {
    // Measured for RGB of 8 bits: 77 bytes a pixel with libjxl 0.7, 26 with libheif 1.15.
    let work = file == .jpegXL ? 75 : 25
    return format.width.saturatingProduct(format.height).saturatingProduct(
      format.color.channels * format.sample.byteCount + work)
  }

  var bandRows: Int? { nil }

  func append(_ band: any EncodedBand) throws(CodecError) {
    let pointers = band.plainRows.bytePointers
    // Safety: each pointer is the first of `format.bytesPerRow` bytes.
    try call(file) { codec_whole_writer_write(pointer, pointers, pointers.count, &$0) }
  }

  func finish(late: Metadata?) throws(CodecError) {
    try call(file) { codec_whole_writer_finish(pointer, &$0) }
  }
}
