import CImageCodecs
import Raster

/// Writes TIFF: strips are compressed in `encode`, on as many threads as call it; the directory, with all
/// that is said of the picture, comes behind them. Further pages follow, each with its directory, which the
/// one before then points to.
///
/// Where the sink cannot go back (a pipe), the file is held until the end. Files that may not fit 32 bits are
/// BigTIFF.
///
/// - SeeAlso: TIFF Revision 6.0, Adobe 1992; Supplement 2 for deflate.
final class TIFFWriter: FormatWriter {
  private var format: PictureFormat
  private var layout: codec_tiff_layout
  private let sink: SinkHandle
  /// What takes the bytes: the sink, or memory.
  private let file: SinkHandle
  private var directory: TIFFDirectory
  private let isBig: Bool
  /// Rows of a strip.
  private var stripRows: Int
  private var offsets: [Int] = []
  private var counts: [Int] = []
  private var written: Int
  /// Where the offset of the next directory stands.
  private var link: Int
  private let series: PictureSeries?
  /// What this page is to the others.
  private var kind: Int
  /// Red, green, blue and alpha of each colour that samples are numbers of; empty where they are none.
  private var palette: [UInt8] = []

  private final class Strip: EncodedBand, @unchecked Sendable {
    // Safety: written once, by `encode`, before it is handed on.
    var block = codec_block()
    deinit { codec_tiff_strip_free(&block) }
  }

  /// - Parameter series: the pages that follow by `begin`, nil for one.
  init(
    _ format: PictureFormat, _ sink: SinkHandle, _ options: WritingOptions, _ metadata: Metadata,
    _ kept: TIFFEncoding?, _ series: PictureSeries? = nil
  ) throws(CodecError) {
    self.format = format
    self.sink = sink
    self.series = series
    layout = Self.layout(format, options, kept)
    stripRows = Self.stripRows(format)
    directory = metadata.tiffDirectory
    kind = kept?.kind ?? 0
    let raw = format.bytesPerRow.saturatingProduct(format.height)
    // Rows that do not compress grow a little; the rest is what is said of the picture.
    isBig = raw.saturatingProduct(series?.count ?? 1) > 4_000_000_000
    file = sink.canPatch ? sink : try SinkHandle(.memory)
    written = isBig ? 16 : 8
    link = isBig ? 8 : 4
    try file.write(
      isBig
        ? Array("II+\0".utf8) + [8, 0, 0, 0] + TIFFDirectory.bytes(0, 8)
        : Array("II*\0".utf8) + TIFFDirectory.bytes(0, 4))
  }

  private static func layout(
    _ format: PictureFormat, _ options: WritingOptions, _ kept: TIFFEncoding?
  ) -> codec_tiff_layout {
    let compression = options.tiffCompression ?? kept?.writable ?? .deflate
    return codec_tiff_layout(
      width: UInt32(format.width), channels: Int32(format.color.channels),
      sample_bytes: Int32(format.sample.byteCount), bits: Int32(format.sample.byteCount * 8),
      palette: 0, compression: Int32(compression.rawValue), level: Int32(options.pngLevel))
  }

  /// Before its first row: this page needs less.
  func narrow(to picture: NarrowPicture) {
    format = picture.format
    layout.channels = Int32(format.color.channels)
    layout.sample_bytes = Int32(format.sample.byteCount)
    layout.bits = Int32(picture.depth ?? format.sample.byteCount * 8)
    layout.palette = picture.palette.isEmpty ? 0 : 1
    palette = picture.palette
    stripRows = Self.stripRows(format)
  }

  private static func stripRows(_ format: PictureFormat) -> Int {
    max(1, min(format.height, 512 * 1024 / format.bytesPerRow))
  }

  var bandRows: Int? { stripRows }

  func begin(_ picture: NextPicture) throws(CodecError) {
    var kept: TIFFEncoding?
    if case .tiff(let tiff) = picture.encoding { kept = tiff }
    format = picture.format
    layout = Self.layout(format, picture.options, kept)
    stripRows = Self.stripRows(format)
    directory = picture.metadata.tiffDirectory
    kind = kept?.kind ?? 0
    palette = []
    (offsets, counts) = ([], [])
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
    // Safety: the strip owns its bytes.
    try file.write(UnsafeRawBufferPointer(start: strip.block.bytes, count: strip.block.count))
    if strip.block.count % 2 == 1 { try file.write([0]) }
  }

  func finish(late: Metadata?) throws(CodecError) {
    var end: [UInt8] = []
    let place = whole.append(to: &end, from: written, isBig: isBig)
    if !isBig, written + end.count >= 1 << 32 {
      throw .refusedByWriter(.tiff, "the file grows beyond 4 GB")
    }
    try file.write(end)
    try file.flush()
    let word = isBig ? 8 : 4
    try file.patch(TIFFDirectory.bytes(place, word), at: link)
    // The directory is the last, and ends with the offset of the next.
    written += end.count
    link = written - word
    if written % 2 == 1 {
      try file.write([0])
      written += 1
    }
    if series == nil { try complete() }
  }

  /// Hands over what is held.
  func complete() throws(CodecError) {
    guard !sink.canPatch else { return }
    try sink.write(collectedBy: file)
    try sink.flush()
  }

  /// All that is said, and how the pixels are stored.
  private var whole: TIFFDirectory {
    var directory = directory
    let channels = format.color.channels
    directory.fields += [
      TIFFDirectory.field(256, longs: [format.width]),
      TIFFDirectory.field(257, longs: [format.height]),
      TIFFDirectory.field(
        258, shorts: [Int](repeating: Int(layout.bits), count: channels)),
      TIFFDirectory.field(259, shorts: [Int(layout.compression)]),
      TIFFDirectory.field(
        262,
        shorts: [
          !palette.isEmpty ? 3 : format.color == .cmyk ? 5 : format.color.colorChannels == 1 ? 1 : 2
        ]),
      TIFFDirectory.field(273, longs: offsets, isBig: isBig),
      TIFFDirectory.field(277, shorts: [channels]),
      TIFFDirectory.field(278, longs: [stripRows]),
      TIFFDirectory.field(279, longs: counts, isBig: isBig),
      TIFFDirectory.field(284, shorts: [1]),
    ]
    let hasDifferences = withUnsafePointer(to: layout) { codec_tiff_has_differences($0) != 0 }
    if hasDifferences { directory.fields.append(TIFFDirectory.field(317, shorts: [2])) }
    if !palette.isEmpty {
      // All reds, all greens, all blues, of 16 bits.
      let map = (0..<3).flatMap { channel in
        (0..<1 << Int(layout.bits)).map {
          4 * $0 < palette.count ? Int(palette[4 * $0 + channel]) * 257 : 0
        }
      }
      directory.fields.append(TIFFDirectory.field(320, shorts: map))
    }
    if format.color == .cmyk { directory.fields.append(TIFFDirectory.field(332, shorts: [1])) }
    // Alpha that colours are not multiplied by.
    if format.color.hasAlpha { directory.fields.append(TIFFDirectory.field(338, shorts: [2])) }
    if format.sample == .float32 {
      directory.fields.append(
        TIFFDirectory.field(339, shorts: [Int](repeating: 3, count: channels)))
    }
    // A page of several says so, unless it is something else to them.
    if series != nil {
      directory.fields.append(TIFFDirectory.field(254, longs: [kind == 0 ? 2 : kind]))
    }
    return directory
  }
}
