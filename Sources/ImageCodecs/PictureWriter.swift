import Raster

/// Writes a PNG, JPEG or PNM file row by row.
///
/// PNG does most of its work in `encode`; JPEG and PNM in `append`. The bytes depend only on the
/// rows and the options.
public final class PictureWriter: RowSink, @unchecked Sendable {
  // Safety: by the contract of `RowSink` only `encode` runs on several threads; it changes nothing.
  private let writer: any FormatWriter
  private let sink: SinkHandle
  public let format: PictureFormat
  public let fileFormat: FileFormat
  private let late: (@Sendable () -> Metadata)?

  /// Writes the header.
  ///
  /// - Parameters:
  ///   - encoding: how the input stored its picture; what fits is kept unless `options` say
  ///     otherwise.
  ///   - metadata: what the file says besides the pixels, as far as the format has a place for it.
  ///   - late: asked by `finish`; what it says beyond `metadata` is written behind the pixels. Some
  ///     PNG files have their texts and EXIF there, so that a reader knows them only at the end.
  /// - Throws: `CodecError.cannotStore` when the format cannot hold such pixels (JPEG: 16 bit,
  ///   alpha; PNG and PNM: CMYK); what the sink reports.
  public init(
    _ format: PictureFormat, as fileFormat: FileFormat, to sink: ByteSink,
    options: WritingOptions = WritingOptions(), metadata: Metadata = Metadata(),
    keeping encoding: Encoding? = nil, late: (@Sendable () -> Metadata)? = nil
  ) throws(CodecError) {
    guard Self.canStore(format, in: fileFormat) else {
      throw .cannotStore(fileFormat, format.color, format.sample)
    }
    let handle = try SinkHandle(sink)
    let metadata = metadata.translated(to: fileFormat).metadata
    self.format = format
    self.fileFormat = fileFormat
    self.sink = handle
    self.late = late
    switch fileFormat {
    case .png: writer = try PNGWriter(format, handle, options, metadata)
    case .jpeg:
      var kept: JPEGEncoding?
      if case .jpeg(let jpeg) = encoding { kept = jpeg }
      writer = try JPEGWriter(format, handle, options, metadata, kept)
    case .pnm: writer = try PNMWriter(format, handle, options.pnmKind)
    }
  }

  /// Whether a file of this format can hold such pixels.
  public static func canStore(_ format: PictureFormat, in fileFormat: FileFormat) -> Bool {
    switch fileFormat {
    case .png, .pnm: format.color != .cmyk && format.sample != .float32
    case .jpeg: !format.color.hasAlpha && format.sample == .uint8
    }
  }

  public var contextRows: Int { writer.contextRows }
  public var bandRows: Int? { writer.bandRows }

  public func encode(_ rows: RowWindow, first: Int) throws -> any EncodedBand {
    try writer.encode(rows, first: first)
  }

  public func append(_ band: any EncodedBand) throws { try writer.append(band) }

  /// What the file does not hold as it was asked to, one line each; what has no place in the format,
  /// `Metadata.translated(to:)` says.
  public var warnings: [String] { writer.warnings }

  public func finish() throws { try writer.finish(late: late?()) }

  /// The file, where it was written to memory; complete after `finish`.
  public var bytes: [UInt8] { sink.bytes }
}

/// A writer of one format.
protocol FormatWriter: AnyObject {
  var contextRows: Int { get }
  var bandRows: Int? { get }
  var warnings: [String] { get }
  func encode(_ rows: RowWindow, first: Int) throws(CodecError) -> any EncodedBand
  func append(_ band: any EncodedBand) throws(CodecError)
  func finish(late: Metadata?) throws(CodecError)
}

extension FormatWriter {
  var contextRows: Int { 0 }
  var warnings: [String] { [] }
  func encode(_ rows: RowWindow, first: Int) throws(CodecError) -> any EncodedBand {
    PlainRows(window: rows)
  }
}
