import CImageCodecs
import Raster

/// Reads JPEG: gray, RGB, YCbCr, CMYK and YCCK, sequential and progressive, Huffman and arithmetic.
final class JPEGReader: FormatReader {
  private let pointer: OpaquePointer
  private(set) var format: PictureFormat
  let encoding: Encoding
  private(set) var metadata: Metadata
  let memory: Int
  private let limits: Limits
  private var headerWarnings: [String] = []
  private var headerOthers: [String] = []

  init(
    _ source: SourceHandle, _ limits: Limits, _ damage: DamagePolicy, keepsCMYK: Bool
  ) throws(CodecError) {
    var result = codec_result()
    self.limits = limits
    var limits = limits.forC(fileSize: source.size)
    let pointer = codec_jpeg_reader_open(
      source.release(), &limits, damage == .tolerate ? 1 : 0, keepsCMYK ? 1 : 0, &result)
    guard let pointer else { throw CodecError(result, .jpeg) }
    self.pointer = pointer
    let header = codec_jpeg_reader_header(pointer)
    format = PictureFormat(
      width: Int(header.width), height: Int(header.height),
      color: header.channels == 1 ? .gray : header.channels == 3 ? .rgb : .cmyk, sample: .uint8)
    let stored = JPEGEncoding(header)
    encoding = .jpeg(stored)
    memory =
      stored.progressive ? stored.coefficientBytes(width: format.width, height: format.height) : 0
    var metadata = Metadata(
      header, segments: Self.segments(pointer), warnings: &headerWarnings, others: &headerOthers)
    if header.components == 4 && !keepsCMYK { headerWarnings.append(metadata.mixInks()) }
    self.metadata = metadata
  }

  deinit { codec_jpeg_reader_close(pointer) }

  var warnings: [String] { headerWarnings + lines(codec_jpeg_reader_warnings(pointer)) }
  /// What stands behind the picture is mostly what the segments speak of.
  var others: [String] {
    headerOthers.isEmpty && codec_jpeg_reader_holds_more(pointer) != 0
      ? ["data behind the picture"] : headerOthers
  }

  private static func segments(_ pointer: OpaquePointer) -> [JPEGSegment] {
    (0..<codec_jpeg_reader_segment_count(pointer)).map { index in
      let segment = codec_jpeg_reader_segment(pointer, index)
      return JPEGSegment(
        marker: Int(segment.marker), bytes: copy(segment.bytes, segment.count))
    }
  }

  /// Takes the gain map along, where there is one that can be read before the picture; `others` does not name it
  /// then.
  func keepGainMap() {
    let header = codec_jpeg_reader_header(pointer)
    let segments = Self.segments(pointer)
    guard metadata.gainMap == nil, header.components != 4,
      let search = GainMapSearch(pointer, segments, limit: limits.metadataBytes),
      let found = search.found(
        notice: segments.first(where: \.isGainMapNotice)?.bytes,
        reading: { GainMapSearch.read(pointer, $0) })
    else { return }
    (headerWarnings, headerOthers) = ([], [])
    metadata = Metadata(
      header, segments: segments, gainMap: found.map, warnings: &headerWarnings,
      others: &headerOthers)
    codec_jpeg_reader_expect(
      pointer, Int64(found.place.lowerBound), Int64(found.place.upperBound))
  }

  var isDamaged: Bool { codec_jpeg_reader_is_damaged(pointer) != 0 }

  func reduce(by denominator: Int) throws(CodecError) {
    try call(.jpeg) { result in
      codec_jpeg_reader_reduce(pointer, UInt32(denominator), &result)
    }
    let header = codec_jpeg_reader_header(pointer)
    (format.width, format.height) = (Int(header.width), Int(header.height))
  }

  func read(into band: RowBand) throws(CodecError) {
    try call(.jpeg, band) { codec_jpeg_reader_read(pointer, $0, $1, $2, &$3) }
  }
}
