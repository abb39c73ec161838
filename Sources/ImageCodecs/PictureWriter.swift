import Raster

/// Writes a picture file row by row.
///
/// PNG and TIFF do most of their work in `encode`; JPEG and PNM in `append`, WebP in `finish`. The bytes depend only on the
/// rows and the options.
public final class PictureWriter: RowSink, @unchecked Sendable {
  // Safety: by the contract of `RowSink` only `encode` runs on several threads; it changes nothing.
  private var writer: any FormatWriter
  private let sink: SinkHandle
  public private(set) var format: PictureFormat
  public let fileFormat: FileFormat
  private var late: (@Sendable () -> Metadata)?
  /// What pictures before this one were warned of.
  private var earlier: [String] = []

  /// Writes the header.
  ///
  /// - Parameters:
  ///   - encoding: how the input stored its picture; what fits is kept unless `options` say
  ///     otherwise.
  ///   - metadata: what the file says besides the pixels, as far as the format has a place for it.
  ///   - late: asked by `finish`; what it says beyond `metadata` is written behind the pixels. Some
  ///     PNG files have their texts and EXIF there, so that a reader knows them only at the end.
  ///   - series: the pictures that follow by `begin`, the last before `complete`; nil for one.
  ///   - time: how long the first of them is shown, nil for what is no frame.
  /// - Throws: `CodecError.cannotStore` when the format cannot hold such pixels (JPEG: 16 bit,
  ///   alpha; PNG and PNM: CMYK); what the sink reports.
  public init(
    _ format: PictureFormat, as fileFormat: FileFormat, to sink: ByteSink,
    options: WritingOptions = WritingOptions(), metadata: Metadata = Metadata(),
    keeping encoding: Encoding? = nil, late: (@Sendable () -> Metadata)? = nil,
    series: PictureSeries? = nil, time: FrameTime? = nil
  ) throws(CodecError) {
    try Self.check(format, in: fileFormat)
    precondition(
      series == nil || fileFormat.holdsPages || series?.plays != nil && fileFormat.holdsFrames
        || series?.areChannels == true && fileFormat == .npy,
      "a format for one picture")
    let handle = try SinkHandle(sink)
    let metadata = metadata.translated(to: fileFormat, beside: format.color).metadata
    self.format = format
    self.fileFormat = fileFormat
    self.sink = handle
    self.late = late
    switch fileFormat {
    case .png:
      if let series, let frames = series.frames {
        writer = try APNGWriter(
          format, handle, options, metadata, encoding, frames: frames, plays: series.plays ?? 0,
          time)
      } else {
        writer = try PNGWriter.narrow(format, handle, options, metadata, encoding)
      }
    case .jpeg:
      var kept: JPEGEncoding?
      if case .jpeg(let jpeg) = encoding { kept = jpeg }
      writer = try JPEGWriter(format, handle, options, metadata, kept)
    case .pnm: writer = try PNMWriter.narrow(format, handle, options, encoding)
    case .npy:
      var kept: NPYEncoding?
      if case .npy(let npy) = encoding { kept = npy }
      if let channels = series?.count {
        writer = NPYChannelsWriter(format, handle, count: channels)
      } else {
        writer = try NPYWriter(format, handle, kept)
      }
    case .pfm: writer = PFMWriter(format, handle)
    case .webp:
      var kept: WebPEncoding?
      if case .webp(let webp) = encoding { kept = webp }
      if let plays = series?.plays {
        writer = try WebPAnimationWriter(
          format, handle, options, metadata, kept, plays: plays, time)
      } else {
        writer = try WebPWriter(format, handle, options, metadata, kept)
      }
    case .tiff:
      writer = try TIFFPagesWriter(format, handle, options, metadata, encoding, series)
    case .jpegXL, .avif:
      var kept: JPEGXLEncoding?
      if case .jpegXL(let jpegXL) = encoding { kept = jpegXL }
      writer = try WholeWriter(fileFormat, format, handle, options, metadata, kept)
    case .bmp, .gif, .heif: preconditionFailure("formats that are read only")
    }
  }

  /// Whether a file of this format can hold such pixels.
  public static func canStore(_ format: PictureFormat, in fileFormat: FileFormat) -> Bool {
    fileFormat.isWritten
      && (format.sample == .float32
        ? fileFormat.holdsFloats && format.color != .cmyk
        : format.sample.byteCount * 8 <= fileFormat.bits)
      && (fileFormat.holdsAlpha || !format.color.hasAlpha)
      && (fileFormat.holdsInks || format.color != .cmyk)
  }

  /// - Throws: `CodecError.notWritten` or `cannotStore`.
  public static func check(
    _ format: PictureFormat, in fileFormat: FileFormat
  ) throws(CodecError) {
    if !fileFormat.isWritten { throw .notWritten(fileFormat) }
    if !canStore(format, in: fileFormat) {
      throw .cannotStore(fileFormat, format.color, format.sample)
    }
  }

  /// Bytes that a JPEG file takes which is held until it is complete: one with a gain map, for a sink that cannot be
  /// gone back to.
  public static func memoryBeforeGainMap(_ format: PictureFormat) -> Int {
    GainMapBehind.memory(format)
  }

  /// Bytes that a writer holds beside the bands: the picture, where the format is compressed whole.
  public static func memory(
    _ format: PictureFormat, as fileFormat: FileFormat, _ options: WritingOptions,
    keeping encoding: Encoding?, series: PictureSeries? = nil
  ) -> Int {
    if fileFormat == .npy, let channels = series?.count {
      return NPYChannelsWriter.memory(format, count: channels)
    }
    if series?.plays != nil, fileFormat.holdsFrames {
      // A frame and the one before, and what compresses it.
      return format.bytesPerRow.saturatingProduct(format.height).saturatingProduct(2)
        .saturatingSum(
          fileFormat == .png
            ? APNGWriter.memory(format, options, encoding)
            : memory(format, as: fileFormat, options, keeping: encoding))
    }
    if fileFormat == .pfm { return PFMWriter.memory(format) }
    if fileFormat == .pnm { return PNMWriter.memory(format, options, encoding) }
    if fileFormat == .jpegXL || fileFormat == .avif {
      return WholeWriter.memory(format, as: fileFormat)
    }
    if fileFormat == .png {
      if SurveyedRows.arePossible(format, options) { return SurveyedRows.memory(format) }
      if KeyedRows(encoding, format, options) != nil { return KeyedRows.memory(format) }
    }
    if fileFormat == .png || fileFormat == .tiff {
      if ColorNumbers(encoding?.fewColors, format, options) != nil {
        return NumberedRows.memory(format)
      }
      if fileFormat == .tiff, case .tiff(let kept) = encoding {
        return FewBitsRows.arePossible(kept, format, options) ? FewBitsRows.memory(format) : 0
      }
      return 0
    }
    if fileFormat == .jpeg {
      var kept: JPEGEncoding?
      if case .jpeg(let jpeg) = encoding { kept = jpeg }
      return JPEGWriter.memory(format, options, kept)
    }
    guard fileFormat == .webp else { return 0 }
    var kept: WebPEncoding?
    if case .webp(let webp) = encoding { kept = webp }
    return WebPWriter.memory(format, lossless: WebPWriter.isLossless(options, kept))
  }

  public var contextRows: Int { writer.contextRows }
  public var bandRows: Int? { writer.bandRows }

  public func encode(_ rows: RowWindow, first: Int) throws -> any EncodedBand {
    try writer.encode(rows, first: first)
  }

  public func append(_ band: any EncodedBand) throws { try writer.append(band) }

  /// What the file does not hold as it was asked to, one line each; what has no place in the format,
  /// `Metadata.translated(to:)` says.
  public var warnings: [String] {
    earlier + writer.warnings.filter { !earlier.contains($0) }
  }

  /// Ends the picture, and the file where it is the only one.
  public func finish() throws { try writer.finish(late: late?()) }

  /// Begins the next picture of a series; the parameters are those of `init`.
  ///
  /// - Throws: `CodecError.refusedByWriter` for a frame of another size than the others.
  public func begin(
    _ format: PictureFormat, options: WritingOptions, metadata: Metadata,
    keeping encoding: Encoding?, time: FrameTime?
  ) throws(CodecError) {
    try Self.check(format, in: fileFormat)
    earlier = warnings
    late = nil
    if fileFormat == .pnm {
      // Files one behind the other.
      writer = try PNMWriter.narrow(format, sink, options, encoding)
    } else {
      try writer.begin(
        NextPicture(
          format: format, options: options,
          metadata: metadata.translated(to: fileFormat, beside: format.color).metadata,
          encoding: encoding, time: time))
    }
    self.format = format
  }

  /// Completes the file of a series after its last picture.
  public func complete() throws { try writer.complete() }

  /// The file, where it was written to memory; complete after `finish`.
  public var bytes: [UInt8] { sink.bytes }
}

/// A further picture of a file.
struct NextPicture {
  let format: PictureFormat
  let options: WritingOptions
  let metadata: Metadata
  /// How the input stored it.
  let encoding: Encoding?
  /// How long it is shown; nil for what is no frame.
  let time: FrameTime?
}

/// A writer of one format.
protocol FormatWriter: AnyObject {
  var contextRows: Int { get }
  var bandRows: Int? { get }
  var warnings: [String] { get }
  func encode(_ rows: RowWindow, first: Int) throws(CodecError) -> any EncodedBand
  func append(_ band: any EncodedBand) throws(CodecError)
  func finish(late: Metadata?) throws(CodecError)
  func begin(_ picture: NextPicture) throws(CodecError)
  func complete() throws(CodecError)
}

extension FormatWriter {
  var contextRows: Int { 0 }
  var warnings: [String] { [] }
  func begin(_ picture: NextPicture) throws(CodecError) {
    preconditionFailure("a format for one picture")
  }
  func complete() throws(CodecError) {}
  func encode(_ rows: RowWindow, first: Int) throws(CodecError) -> any EncodedBand {
    PlainRows(window: rows)
  }
}
