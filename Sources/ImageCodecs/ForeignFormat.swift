/// A picture format that is not read here, or not in every build, so that a message can name it.
public enum ForeignFormat: String, Sendable, CaseIterable {
  case webp = "WebP"
  case tiff = "TIFF"
  case heif = "HEIF"
  case avif = "AVIF"
  case jpegXL = "JPEG XL"
  case jpeg2000 = "JPEG 2000"
  case photoshop = "Photoshop"
  case icon = "ICO"
  case openEXR = "OpenEXR"
  case radiance = "Radiance HDR"
  case qoi = "QOI"
  case targa = "TGA"
  case dds = "DDS"
  case svg = "SVG"
  case raw = "camera raw"
  case gzip = "gzip"
  case zip = "ZIP"
  case bzip2 = "bzip2"
  case xz = "xz"
  case zstandard = "Zstandard"

  /// What the format is called.
  public var name: String { rawValue }

  /// The library that would read it, where the program can be built with one.
  public var library: String? {
    switch self {
    case .webp: "libwebp"
    case .tiff: "libtiff"
    case .jpegXL: "libjxl"
    case .avif, .heif: "libheif"
    default: nil
    }
  }

  /// Whether it packs files, which may be pictures or an archive of them.
  public var isPacked: Bool {
    switch self {
    case .gzip, .zip, .bzip2, .xz, .zstandard: true
    default: false
    }
  }

  /// Endings of file names, without the dot, in lower case; none of what may hold anything.
  public var fileExtensions: [String] {
    switch self {
    case .webp: ["webp"]
    case .tiff: ["tif", "tiff"]
    case .heif: ["heic", "heif", "hif"]
    case .avif: ["avif"]
    case .jpegXL: ["jxl"]
    case .jpeg2000: ["jp2", "j2k", "jpx"]
    case .photoshop: ["psd", "psb"]
    case .icon: ["ico", "cur"]
    case .openEXR: ["exr"]
    case .radiance: ["hdr"]
    case .qoi: ["qoi"]
    case .targa: ["tga"]
    case .dds: ["dds"]
    case .svg: ["svg"]
    case .raw: ["dng", "cr2", "cr3", "nef", "arw", "orf", "rw2", "raf", "pef"]
    case .gzip, .zip, .bzip2, .xz, .zstandard: []
    }
  }

  public init?(fileExtension: String) {
    guard let format = Self.allCases.first(where: { $0.fileExtensions.contains(fileExtension) })
    else { return nil }
    self = format
  }

  /// Bytes of a file that suffice to tell its format.
  public static let headLength = 16

  /// The format of a file that begins with `head`, or nil.
  public init?(head: [UInt8]) {
    func holds(_ text: String, at place: Int = 0) -> Bool {
      head.dropFirst(place).starts(with: text.utf8)
    }
    func begins(_ bytes: UInt8...) -> Bool { head.starts(with: bytes) }
    if holds("RIFF"), holds("WEBP", at: 8) {
      self = .webp
    } else if begins(0x49, 0x49, 0x2a, 0) || begins(0x4d, 0x4d, 0, 0x2a)
      || begins(0x49, 0x49, 0x2b, 0) || begins(0x4d, 0x4d, 0, 0x2b)
    {
      self = .tiff
    } else if holds("ftyp", at: 4) {
      if holds("avif", at: 8) || holds("avis", at: 8) {
        self = .avif
      } else if ["heic", "heix", "hevc", "heim", "heis", "mif1", "msf1"].contains(where: {
        holds($0, at: 8)
      }) {
        self = .heif
      } else if holds("crx ", at: 8) {
        self = .raw
      } else {
        return nil
      }
    } else if begins(0xff, 0x0a) || holds("JXL ", at: 4) {
      self = .jpegXL
    } else if begins(0xff, 0x4f, 0xff, 0x51) || holds("jP  ", at: 4) {
      self = .jpeg2000
    } else if holds("8BPS") {
      self = .photoshop
    } else if begins(0, 0, 1, 0) || begins(0, 0, 2, 0) {
      self = .icon
    } else if begins(0x76, 0x2f, 0x31, 0x01) {
      self = .openEXR
    } else if holds("#?RADIANCE") || holds("#?RGBE") {
      self = .radiance
    } else if holds("qoif") {
      self = .qoi
    } else if holds("DDS ") {
      self = .dds
    } else if holds("<svg") {
      self = .svg
    } else if begins(0x1f, 0x8b) {
      self = .gzip
    } else if holds("PK\u{3}\u{4}") {
      self = .zip
    } else if holds("BZh") {
      self = .bzip2
    } else if begins(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0) {
      self = .xz
    } else if begins(0x28, 0xb5, 0x2f, 0xfd) {
      self = .zstandard
    } else {
      return nil
    }
  }
}
