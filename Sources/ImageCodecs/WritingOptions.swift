/// How a picture is to be written; nil and the presets keep what the input had.
public struct WritingOptions: Sendable, Equatable {
  /// The work put into the deflate of PNG and TIFF: 0 (fastest) to 9 (smallest).
  public var pngLevel = 1
  /// Bits a sample of a gray PNG: 1, 2 or 4 instead of 8. The top bits of each sample are kept.
  public var pngDepth: Int?
  /// Quality of what is not lossless, 1…100. Nil: of JPEG the tables of the input, else 92; of
  /// WebP 75, JPEG XL 90, AVIF 50.
  public var quality: Int?
  /// Nil: as the input where it is one that is written, else deflate.
  public var tiffCompression: TIFFCompression?
  /// Whether WebP, JPEG XL and AVIF store the pixels as they are. Nil: as the input, unless a quality is given.
  public var isLossless: Bool?
  /// Sampling of JPEG's colour: how many luminance samples a colour sample serves, across and down.
  /// Nil: that of the input, else 1 and 1.
  public var jpegSubsampling: JPEGEncoding.Sampling?
  /// Nil: as the input, else no.
  public var jpegProgressive: Bool?
  /// Nil: PGM, PPM, or PAM where there is alpha.
  public var pnmKind: PNMKind?

  /// Whether samples may keep bits, or a value of white, that fill no byte, or no two, as the input had them.
  public var keepsLevels = true

  /// Threads that compress a picture of a format that is compressed whole (≥ 1), where its library can; the bytes do
  /// not depend on it.
  public var threads = 1

  public init() {}
}
