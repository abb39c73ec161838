import CImageCodecs
import Raster

/// How a file stores its picture: what a writer of the same format keeps unless told otherwise.
public enum Encoding: Sendable, Equatable {
  case png(PNGEncoding)
  case jpeg(JPEGEncoding)
  case pnm(PNMEncoding)
  case npy(NPYEncoding)
  case pfm
  case bmp(BMPEncoding)
  case gif(GIFEncoding)
  case webp(WebPEncoding)
  case tiff(TIFFEncoding)
  case jpegXL(JPEGXLEncoding)
  case avif
  case heif

  public var fileFormat: FileFormat {
    switch self {
    case .png: .png
    case .jpeg: .jpeg
    case .pnm: .pnm
    case .npy: .npy
    case .pfm: .pfm
    case .bmp: .bmp
    case .gif: .gif
    case .webp: .webp
    case .tiff: .tiff
    case .jpegXL: .jpegXL
    case .avif: .avif
    case .heif: .heif
    }
  }
}

public struct PNGEncoding: Sendable, Equatable {
  /// Bits a sample: 1, 2, 4, 8, 16.
  public var depth: Int
  /// 0 gray, 2 RGB, 3 palette, 4 gray and alpha, 6 RGB and alpha.
  public var colorType: Int
  public var interlaced: Bool
  /// Red, green, blue and alpha of each colour of a palette.
  public var palette: [UInt8]
  /// The colour that stands for transparent (tRNS of gray and RGB): samples of `depth` bits; empty for none.
  public var key: [UInt16]

  public init(
    depth: Int, colorType: Int, interlaced: Bool, palette: [UInt8] = [], key: [UInt16] = []
  ) {
    self.depth = depth
    self.colorType = colorType
    self.interlaced = interlaced
    self.palette = palette
    self.key = key
  }
}

public struct JPEGEncoding: Sendable, Equatable {
  /// How the colours are stored.
  public enum Space: Sendable { case gray, rgb, ycc, cmyk, ycck }

  /// Sampling factors, 1…4; the component with the largest has all its samples.
  public struct Sampling: Sendable, Equatable {
    public var horizontal: Int
    public var vertical: Int
    public init(_ horizontal: Int, _ vertical: Int) {
      self.horizontal = horizontal
      self.vertical = vertical
    }
  }

  /// How far restart markers are apart, from which a decoder goes on after damage.
  public enum Restart: Sendable, Equatable {
    case never
    /// Units of blocks (MCUs).
    case units(Int)
    /// Whole rows of units.
    case rows(Int)
  }

  public var space: Space
  public var progressive: Bool
  public var arithmetic: Bool
  /// One for each component.
  public var sampling: [Sampling]
  /// Quantisation tables by number, row by row (64 values from 1 to 65535); nil where there is none.
  public var tables: [[UInt16]?]
  /// The number of the table of each component.
  public var tableOfComponent: [Int]
  public var restart: Restart

  public init(
    space: Space, progressive: Bool, arithmetic: Bool, sampling: [Sampling],
    tables: [[UInt16]?], tableOfComponent: [Int], restart: Restart = .never
  ) {
    self.space = space
    self.progressive = progressive
    self.arithmetic = arithmetic
    self.sampling = sampling
    self.tables = tables
    self.tableOfComponent = tableOfComponent
    self.restart = restart
  }
}

extension JPEGEncoding {
  /// Bytes of all coefficients of a picture, which libjpeg-turbo holds where they come in several scans: two for
  /// each sample, in whole blocks.
  func coefficientBytes(width: Int, height: Int) -> Int {
    let across = sampling.map(\.horizontal).max() ?? 1
    let down = sampling.map(\.vertical).max() ?? 1
    return sampling.reduce(0) { sum, component in
      let columns = (width.saturatingProduct(component.horizontal) / across + 15) / 8
      let rows = (height.saturatingProduct(component.vertical) / down + 15) / 8
      return sum.saturatingSum(columns.saturatingProduct(rows).saturatingProduct(128))
    }
  }
}

public struct PNMEncoding: Sendable, Equatable {
  /// The number behind the P: 1…7.
  public var variant: Int
  /// The value of white in the file, 1…65535.
  public var maximum: Int
}

public struct BMPEncoding: Sendable, Equatable {
  /// Red, green, blue and alpha (255) of each colour of a palette.
  public var palette: [UInt8]

  public init(palette: [UInt8]) { self.palette = palette }
}

public struct GIFEncoding: Sendable, Equatable {
  /// Red, green, blue and alpha (255, or 0 for what is transparent) of all colours of the frames; empty where there are more
  /// than 256.
  public var palette: [UInt8]

  public init(palette: [UInt8]) { self.palette = palette }
}

public struct NPYEncoding: Sendable, Equatable {
  /// Whether the channels have an axis of their own, be there only one.
  public var hasChannelAxis: Bool

  public init(hasChannelAxis: Bool) { self.hasChannelAxis = hasChannelAxis }
}

public struct WebPEncoding: Sendable, Equatable {
  /// Whether the pixels are stored as they are.
  public var isLossless: Bool

  public init(isLossless: Bool) { self.isLossless = isLossless }
}

public struct TIFFEncoding: Sendable, Equatable {
  /// Bits a sample.
  public var bits: Int
  /// The number of the compression.
  public var compression: Int
  /// Whether colours are amounts of ink.
  public var isInk: Bool
  /// What a page is to the others: 1 smaller, 2 a page, 4 a mask, or sums of these.
  public var kind: Int
  /// Red, green, blue and alpha (255) of each colour of a palette.
  public var palette: [UInt8]

  public init(bits: Int, compression: Int, isInk: Bool, kind: Int = 0, palette: [UInt8] = []) {
    self.bits = bits
    self.compression = compression
    self.isInk = isInk
    self.kind = kind
    self.palette = palette
  }

  /// The compression, where it is one that is written.
  var writable: TIFFCompression? {
    if compression == 32946 { return .deflate }
    let known = TIFFCompression(rawValue: compression)
    return known == .zstd && codec_zstd_version() == 0 ? nil : known
  }
}

public struct JPEGXLEncoding: Sendable, Equatable {
  /// Whether the pixels are stored as they are.
  public var isLossless: Bool

  public init(isLossless: Bool) { self.isLossless = isLossless }
}

/// How strips of TIFF are compressed; the numbers are those of the format.
public enum TIFFCompression: Int, Sendable {
  case none = 1
  case lzw = 5
  case deflate = 8
  case zstd = 50000
}

extension TIFFCompression: CaseIterable {
  /// Those that this program was built with.
  public static let allCases: [TIFFCompression] =
    [.none, .lzw, .deflate] + (codec_has_zstd() != 0 ? [.zstd] : [])
}

extension Encoding {
  /// Whether the file stores amounts of ink.
  public var isInk: Bool {
    switch self {
    case .jpeg(let jpeg): jpeg.space == .cmyk || jpeg.space == .ycck
    case .tiff(let tiff): tiff.isInk
    default: false
    }
  }
}
