import CImageCodecs
import Raster

/// What a reader refuses, checked before anything is allocated for it.
public struct Limits: Sendable, Hashable {
  /// Pixels of a picture. The preset is 10⁹.
  public var pixels = 1_000_000_000
  /// Bytes of metadata, uncompressed. The preset is 32 MiB.
  public var metadataBytes = 32 << 20
  /// Bytes that a decoder may hold: a few rows, or all where it cannot go row by row (interlaced PNG,
  /// JPEG in scans).
  ///
  /// Nil, the preset: 160 MiB, or 32 bytes for each byte of the file where that is more. What a
  /// file costs then depends on what it brings. Formats that are decoded whole (GIF, WebP, JPEG XL, HEIF)
  /// may take 1 GiB, which is 40 megapixels of the most costly.
  public var decoderBytes: Int?
  /// Whether a picture within `pixels` may be held whole, however small its file is.
  public var grantsWholePictures = false
  /// Blocks that all scans of a JPEG file together may walk through, once they are more than 20.
  /// The preset is 2²⁸, about a second.
  public var scanBlocks = 1 << 28

  public init() {}

  /// Refuses a picture of more pixels.
  func check(width: Int, height: Int) throws(CodecError) {
    let count = width.saturatingProduct(height)
    if count > pixels { throw .tooManyPixels(count, limit: pixels) }
  }

  /// Refuses an animation whose frames are many more pixels than its file brings: ten pictures as large as may be, or
  /// 4096 pixels for each byte where that is more.
  func check(
    _ series: PictureSeries?, _ format: PictureFormat, fileSize: Int?
  ) throws(CodecError) {
    guard let frames = series?.frames else { return }
    let count = format.width.saturatingProduct(format.height).saturatingProduct(frames)
    let limit = max(pixels.saturatingProduct(10), (fileSize ?? 0).saturatingProduct(4096))
    if count > limit { throw .tooManyFramePixels(count, limit: limit) }
  }

  /// The limits for a file of `fileSize` bytes, or of unknown size where it is nil.
  ///
  /// - Parameter isWhole: whether all files of the format are decoded whole.
  func forC(fileSize: Int?, isWhole: Bool = false) -> codec_limits {
    let preset = max(
      isWhole ? 1 << 30 : 160 << 20, (fileSize ?? 0).saturatingProduct(32))
    // Eight bytes a pixel: four samples of 16 bits, or as many coefficients. JPEG XL works with more.
    let granted = grantsWholePictures ? pixels.saturatingProduct(isWhole ? 32 : 8) : 0
    return codec_limits(
      pixels: Int64(pixels), metadata_bytes: Int64(metadataBytes),
      decoder_bytes: Int64(max(decoderBytes ?? preset, granted)), scan_blocks: Int64(scanBlocks))
  }
}

/// What a reader does about missing or corrupt data.
public enum DamagePolicy: Sendable, Hashable {
  /// Throws.
  case refuse
  /// Goes on with what was read, the rest gray, and says so in the warnings.
  case tolerate
}
