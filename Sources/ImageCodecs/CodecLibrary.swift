import CImageCodecs

/// The libraries that the program can be built with or without.
public enum CodecLibrary: Sendable, CaseIterable {
  case isal
  case webp
  case tiff
  case jxl
  case heif
  case avif
  case lcms
  case zstd
  case deflate

  public var name: String {
    switch self {
    case .isal: "ISA-L"
    case .webp: "libwebp"
    case .tiff: "libtiff"
    case .jxl: "libjxl"
    case .heif: "libheif"
    case .avif: "libavif"
    case .lcms: "Little CMS"
    case .zstd: "libzstd"
    case .deflate: "libdeflate"
    }
  }

  public var isBuiltIn: Bool {
    switch self {
    case .isal: codec_has_isal() != 0
    case .webp: codec_has_webp() != 0
    case .tiff: codec_has_tiff() != 0
    case .jxl: codec_has_whole(CODEC_JXL) != 0
    case .heif: codec_has_whole(CODEC_HEIF) != 0
    case .avif: codec_has_whole(CODEC_AVIF) != 0
    case .lcms: codec_has_lcms() != 0
    case .zstd: codec_has_zstd() != 0
    case .deflate: codec_has_deflate() != 0
    }
  }

  /// Major, minor and revision in a byte each; 0 where it cannot be loaded; nil where it is not asked.
  private var version: Int32? {
    switch self {
    case .isal, .deflate: nil
    case .webp: codec_webp_version()
    case .tiff: codec_tiff_version()
    case .jxl: codec_whole_version(CODEC_JXL)
    case .heif: codec_whole_version(CODEC_HEIF)
    case .avif: codec_whole_version(CODEC_AVIF)
    case .lcms: codec_lcms_version()
    case .zstd: codec_zstd_version()
    }
  }
}

extension CodecLibrary: CustomStringConvertible {
  /// `libwebp 1.2.4`, `libwebp (not installed)`, or the mere name.
  public var description: String {
    guard let version else { return name }
    if version == 0 { return "\(name) (not installed)" }
    return "\(name) \(version >> 16).\(version >> 8 & 255).\(version & 255)"
  }
}
