import Raster

/// Reads a picture file row by row; the format is told from the first bytes.
///
/// The header is read, and the limits are checked, before rows are asked for. Rows come out as
/// gray, gray and alpha, RGB, or RGB and alpha (or CMYK, where asked for), 8 bits a sample, 16
/// where the file has more than 8, or floats.
public final class PictureReader: RowSource, @unchecked Sendable {
  // Safety: by the contract of `RowSource` one thread at a time uses the reader.
  private let reader: any FormatReader

  /// - Parameters:
  ///   - limits: what is refused before anything is allocated.
  ///   - damage: whether missing and corrupt data are errors.
  ///   - keepsCMYK: whether a CMYK file comes out as amounts of ink rather than RGB.
  ///   - page: which picture of several in the file (≥ 1), pages or frames; nil for the first one, where
  ///     `others` names the rest.
  ///   - all: whether the others are to follow by `advance`, where the format allows it; no page then.
  /// - Throws: `CodecError`: the file is none of the formats, breaks a limit, or is damaged.
  public init(
    _ source: ByteSource, limits: Limits = Limits(), damage: DamagePolicy = .refuse,
    keepsCMYK: Bool = false, page: Int? = nil, all: Bool = false
  ) throws(CodecError) {
    precondition(!all || page == nil, "one page or all of them")
    let handle = try SourceHandle(source)
    let head = try handle.peek(ForeignFormat.headLength)
    if head.isEmpty { throw .emptyFile }
    guard let format = FileFormat(head: head) else {
      throw ForeignFormat(head: head).map { .foreignFormat($0) } ?? .unknownFormat
    }
    precondition(page ?? 1 >= 1, "pages are counted from 1")
    let size = handle.size
    if page ?? 1 > 1, !format.hasPages { throw .noPages(format) }
    switch format {
    case .png:
      if all || page ?? 1 > 1, try handle.promisesFrames() {
        reader = try APNGReader.reader(handle, limits, damage, page: page)
      } else {
        if let page, page > 1 { throw .noSuchPage(page, of: 1) }
        reader = try PNGReader(handle, limits, damage, namesFrames: page == nil)
      }
    case .jpeg: reader = try JPEGReader(handle, limits, damage, keepsCMYK: keepsCMYK)
    case .pnm:
      reader = try PNMReader(handle, limits, damage, keepsCMYK: keepsCMYK, page: page, all: all)
    case .npy: reader = try NPYReader(handle, limits, damage, page: page, all: all)
    case .pfm: reader = try PFMReader(handle, limits, damage)
    case .bmp: reader = try BMPReader(handle, limits, damage)
    case .gif:
      reader =
        all
        ? try GIFAnimationReader.reader(handle, limits, damage)
        : try GIFReader(handle, limits, damage, page: page)
    case .webp: reader = try WebPReader(handle, limits, damage, page: page, all: all)
    case .jpegXL, .avif, .heif:
      reader = try WholeReader(format, handle, limits, damage, page: page, all: all)
    case .tiff:
      reader = try TIFFReader(
        handle, limits, damage, keepsCMYK: keepsCMYK, page: page, all: all)
    }
    try limits.check(reader.series, reader.format, fileSize: size)
  }

  public var format: PictureFormat { reader.format }
  public var fileFormat: FileFormat { encoding.fileFormat }

  /// How the file stores the picture.
  public var encoding: Encoding { reader.encoding }

  /// What the file says besides the pixels. Texts of PNG that stand behind the pixels are there
  /// only after the last row.
  public var metadata: Metadata { reader.metadata }

  /// What was odd, one line each; complete after the last row.
  public var warnings: [String] { reader.warnings }

  /// What the file holds besides the picture that is read, in words: frames of an animation, a gain
  /// map, pictures behind the first; complete after the last row.
  public var others: [String] { reader.others }

  /// Whether rows were made up for want of data; only where damage is tolerated.
  public var isDamaged: Bool { reader.isDamaged }

  /// The pictures of the file, where it holds several that are all to be read.
  public var series: PictureSeries? { reader.series }

  /// How long the picture is shown; nil for what is no frame of an animation.
  public var frameTime: FrameTime? { reader.frameTime }

  /// Goes to the next picture, once all rows of this one are read; the properties are those of that one then.
  ///
  /// - Returns: false where there is none.
  public func advance() throws(CodecError) -> Bool {
    // A page that was chosen is the only one.
    reader.series == nil ? false : try reader.advance()
  }

  /// Bytes that the decoder takes, where the format is decoded whole; else 0.
  public var memory: Int { reader.memory }

  /// Lets a JPEG be decoded at a part of its size; `format` is then that of the smaller picture.
  ///
  ///     width = ⌈width / denominator⌉        height = ⌈height / denominator⌉
  ///
  /// - Parameter denominator: 1, 2, 4 or 8; before the first row is read.
  /// - Returns: whether it is done: other formats cannot.
  /// - SeeAlso: libjpeg.txt, "scale_num, scale_denom".
  public func reduce(by denominator: Int) throws(CodecError) -> Bool {
    precondition(
      [1, 2, 4, 8].contains(denominator), "the DCT is cut to a half, a quarter or an eighth")
    guard let jpeg = reader as? JPEGReader else { return denominator == 1 }
    if denominator > 1 { try jpeg.reduce(by: denominator) }
    return true
  }

  /// Has the gain map of a JPEG file taken along in `metadata`, rather than named by `others`.
  ///
  /// It is where the file can be read out of order (not in pipes), and holds one that is whole. Before the first
  /// row is read.
  public func keepGainMap() { (reader as? JPEGReader)?.keepGainMap() }

  /// Lets several threads decode, where the format is decoded whole and its library can.
  ///
  /// - Parameter threads: how many (≥ 1); before the first row is read. Else it is one.
  public func use(threads: Int) { reader.use(threads: threads) }

  public func read(into band: RowBand) throws(CodecError) { try reader.read(into: band) }

  /// Reads the whole picture.
  public func readPicture() throws(CodecError) -> Picture {
    let picture = Picture(format)
    try read(into: picture.band)
    return picture
  }
}

/// A reader of one format.
protocol FormatReader: AnyObject {
  var format: PictureFormat { get }
  var encoding: Encoding { get }
  var metadata: Metadata { get }
  var warnings: [String] { get }
  var others: [String] { get }
  var isDamaged: Bool { get }
  /// Bytes that decoding takes, where the picture is decoded whole.
  var memory: Int { get }
  var series: PictureSeries? { get }
  var frameTime: FrameTime? { get }
  func advance() throws(CodecError) -> Bool
  func use(threads: Int)
  func read(into band: RowBand) throws(CodecError)
}

extension FormatReader {
  var memory: Int { 0 }
  var series: PictureSeries? { nil }
  var frameTime: FrameTime? { nil }
  func advance() throws(CodecError) -> Bool { false }
  func use(threads: Int) {}
}

/// The lines that C collected.
func lines(_ text: UnsafePointer<CChar>) -> [String] {
  String(cString: text).split(separator: "\n").map(String.init)
}
