import Raster

/// Writes TIFF whose pages keep the palette, or the bits of a sample, of the input, as long as they have no other
/// colours.
final class TIFFPagesWriter: FormatWriter {
  private let tiff: TIFFWriter
  private let sink: SinkHandle
  /// Of the present page.
  private var page: any FormatWriter

  /// - Parameters:
  ///   - encoding: how the input stored the picture.
  ///   - series: the pages that follow by `begin`, nil for one.
  init(
    _ format: PictureFormat, _ sink: SinkHandle, _ options: WritingOptions, _ metadata: Metadata,
    _ encoding: Encoding?, _ series: PictureSeries?
  ) throws(CodecError) {
    self.sink = sink
    var kept: TIFFEncoding?
    if case .tiff(let tiff) = encoding { kept = tiff }
    tiff = try TIFFWriter(format, sink, options, metadata, kept, series)
    page = Self.page(tiff, format, sink, options, encoding)
  }

  private static func page(
    _ tiff: TIFFWriter, _ format: PictureFormat, _ sink: SinkHandle, _ options: WritingOptions,
    _ encoding: Encoding?
  ) -> any FormatWriter {
    func narrow<Rows: NarrowRows>(_ rows: Rows) -> any FormatWriter {
      NarrowWriter(format, sink, rows, layout: (0, tiff.bandRows ?? 1)) { picture, _ in
        if let picture { tiff.narrow(to: picture) }
        return tiff
      }
    }
    var kept: TIFFEncoding?
    if case .tiff(let tiff) = encoding { kept = tiff }
    // A palette of TIFF has no alpha.
    if !format.color.hasAlpha, let numbers = ColorNumbers(encoding?.fewColors, format, options) {
      return narrow(NumberedRows(format, numbers, depth: kept?.bits))
    }
    if let rows = FewBitsRows(kept, format, options) { return narrow(rows) }
    return tiff
  }

  var contextRows: Int { page.contextRows }
  var bandRows: Int? { page.bandRows }
  var warnings: [String] { page.warnings }

  func begin(_ picture: NextPicture) throws(CodecError) {
    try tiff.begin(picture)
    page = Self.page(tiff, picture.format, sink, picture.options, picture.encoding)
  }

  func encode(_ rows: RowWindow, first: Int) throws(CodecError) -> any EncodedBand {
    try page.encode(rows, first: first)
  }

  func append(_ band: any EncodedBand) throws(CodecError) { try page.append(band) }
  func finish(late: Metadata?) throws(CodecError) { try page.finish(late: late) }
  func complete() throws(CodecError) { try tiff.complete() }
}
