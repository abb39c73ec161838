import CImageCodecs
import Raster

/// Writes TIFF: strips are compressed in `encode`, on as many threads as call it; the directory, with all
/// that is said of the picture, comes last.
///
/// Where the sink cannot go back to the header (a pipe), the strips are held until the end. Files that may
/// not fit 32 bits are BigTIFF.
///
/// - SeeAlso: TIFF Revision 6.0, Adobe 1992; Supplement 2 for deflate.
final class TIFFWriter: FormatWriter {
  private let format: PictureFormat
  private let layout: codec_tiff_layout
  private let sink: SinkHandle
  private let directory: TIFFDirectory
  private let isBig: Bool
  /// Rows of a strip.
  private let stripRows: Int
  /// Where the file begins, nil where its header is written last.
  private let canPatch: Bool
  private var offsets: [Int] = []
  private var counts: [Int] = []
  private var written: Int
  private var held: [Strip] = []

  private final class Strip: EncodedBand, @unchecked Sendable {
    // Safety: written once, by `encode`, before it is handed on.
    var block = codec_block()
    deinit { codec_tiff_strip_free(&block) }
  }

  init(
    _ format: PictureFormat, _ sink: SinkHandle, _ options: WritingOptions, _ metadata: Metadata,
    _ kept: TIFFEncoding?
  ) throws(CodecError) {
    let compression = options.tiffCompression ?? kept?.writable ?? .deflate
    self.format = format
    self.sink = sink
    layout = codec_tiff_layout(
      width: UInt32(format.width), channels: Int32(format.color.channels),
      sample_bytes: Int32(format.sample.byteCount), compression: Int32(compression.rawValue),
      level: Int32(options.pngLevel))
    let raw = format.bytesPerRow.saturatingProduct(format.height)
    // Rows that do not compress grow a little; the rest is what is said of the picture.
    isBig = raw > 4_000_000_000
    stripRows = max(1, min(format.height, 512 * 1024 / format.bytesPerRow))
    directory = metadata.tiffDirectory
    canPatch = sink.canPatch
    written = isBig ? 16 : 8
    if canPatch { try sink.write(header(0)) }
  }

  var bandRows: Int? { stripRows }

  /// The bytes before the strips, with the offset of the directory.
  private func header(_ offset: Int) -> [UInt8] {
    isBig
      ? Array("II+\0".utf8) + [8, 0, 0, 0] + TIFFDirectory.bytes(offset, 8)
      : Array("II*\0".utf8) + TIFFDirectory.bytes(offset, 4)
  }

  func encode(_ rows: RowWindow, first: Int) throws(CodecError) -> any EncodedBand {
    let pointers: [UnsafePointer<UInt8>?] = rows.rows.map {
      rows.row($0).assumingMemoryBound(to: UInt8.self)
    }
    let strip = Strip()
    // Safety: each pointer is the first of `format.bytesPerRow` bytes.
    try call(.tiff) { result in
      withUnsafePointer(to: layout) { layout in
        codec_tiff_strip_encode(layout, pointers, pointers.count, &strip.block, &result)
      }
    }
    return strip
  }

  func append(_ band: any EncodedBand) throws(CodecError) {
    guard let strip = band as? Strip else { preconditionFailure("a band of another sink") }
    offsets.append(written)
    counts.append(strip.block.count)
    // Strips begin at even offsets, as the directory must.
    written += strip.block.count + strip.block.count % 2
    if canPatch { try write(strip) } else { held.append(strip) }
  }

  private func write(_ strip: Strip) throws(CodecError) {
    // Safety: the strip owns its bytes.
    try sink.write(UnsafeRawBufferPointer(start: strip.block.bytes, count: strip.block.count))
    if strip.block.count % 2 == 1 { try sink.write([0]) }
  }

  func finish(late: Metadata?) throws(CodecError) {
    var end: [UInt8] = []
    let place = complete.append(to: &end, from: written, isBig: isBig)
    if !isBig, written + end.count >= 1 << 32 {
      throw .refusedByWriter(.tiff, "the file grows beyond 4 GB")
    }
    if !canPatch {
      try sink.write(header(place))
      for strip in held { try write(strip) }
    }
    try sink.write(end)
    try sink.flush()
    if canPatch { try sink.patch(header(place)) }
  }

  /// All that is said, and how the pixels are stored.
  private var complete: TIFFDirectory {
    var directory = directory
    let channels = format.color.channels
    directory.fields += [
      TIFFDirectory.field(256, longs: [format.width]),
      TIFFDirectory.field(257, longs: [format.height]),
      TIFFDirectory.field(
        258, shorts: [Int](repeating: format.sample.byteCount * 8, count: channels)),
      TIFFDirectory.field(259, shorts: [Int(layout.compression)]),
      TIFFDirectory.field(
        262,
        shorts: [format.color == .cmyk ? 5 : format.color.colorChannels == 1 ? 1 : 2]),
      TIFFDirectory.field(273, longs: offsets, isBig: isBig),
      TIFFDirectory.field(277, shorts: [channels]),
      TIFFDirectory.field(278, longs: [stripRows]),
      TIFFDirectory.field(279, longs: counts, isBig: isBig),
      TIFFDirectory.field(284, shorts: [1]),
    ]
    let hasDifferences = withUnsafePointer(to: layout) { codec_tiff_has_differences($0) != 0 }
    if hasDifferences { directory.fields.append(TIFFDirectory.field(317, shorts: [2])) }
    if format.color == .cmyk { directory.fields.append(TIFFDirectory.field(332, shorts: [1])) }
    // Alpha that colours are not multiplied by.
    if format.color.hasAlpha { directory.fields.append(TIFFDirectory.field(338, shorts: [2])) }
    if format.sample == .float32 {
      directory.fields.append(
        TIFFDirectory.field(339, shorts: [Int](repeating: 3, count: channels)))
    }
    return directory
  }
}
