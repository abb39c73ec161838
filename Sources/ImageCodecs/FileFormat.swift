import CImageCodecs

/// The picture formats that this program reads; most it writes as well.
public enum FileFormat: Sendable, Hashable {
  case png
  case jpeg
  /// The Netpbm family: PBM, PGM, PPM, and PAM where there is alpha.
  case pnm
  /// An array of NumPy, height × width × channels.
  case npy
  /// Floats, gray or RGB.
  case pfm
  case bmp
  case gif
  case webp
  case tiff
  case jpegXL
  case avif
  /// HEIC and its relatives, which are read only: an encoder of HEVC is seldom at hand.
  case heif

  /// What the format is called.
  public var name: String {
    switch self {
    case .png: "PNG"
    case .jpeg: "JPEG"
    case .pnm: "PNM"
    case .npy: "NumPy"
    case .pfm: "PFM"
    case .bmp: "BMP"
    case .gif: "GIF"
    case .webp: "WebP"
    case .tiff: "TIFF"
    case .jpegXL: "JPEG XL"
    case .avif: "AVIF"
    case .heif: "HEIF"
    }
  }

  /// Endings of file names, without the dot; the usual one first.
  public var fileExtensions: [String] {
    switch self {
    case .png: ["png"]
    case .jpeg: ["jpg", "jpeg", "jpe", "jfif"]
    case .pnm: ["ppm", "pgm", "pbm", "pnm", "pam"]
    case .npy: ["npy"]
    case .pfm: ["pfm"]
    case .bmp: ["bmp", "dib"]
    case .gif: ["gif"]
    case .webp: ["webp"]
    case .tiff: ["tif", "tiff"]
    case .jpegXL: ["jxl"]
    case .avif: ["avif"]
    case .heif: ["heic", "heif", "hif"]
    }
  }

  /// The format that an ending of a file name (`png`, `JPG`) stands for, or nil.
  public init?(fileExtension: some StringProtocol) {
    let lowercased = fileExtension.lowercased()
    for format in FileFormat.allCases where format.fileExtensions.contains(lowercased) {
      self = format
      return
    }
    return nil
  }

  /// The format of a file that begins with `head` (`ForeignFormat.headLength` bytes suffice), or nil.
  public init?(head: some Collection<UInt8>) {
    let head = Array(head.prefix(ForeignFormat.headLength))
    func holds(_ text: String, at place: Int = 0) -> Bool {
      head.dropFirst(place).starts(with: text.utf8)
    }
    let found: FileFormat
    if head.starts(with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) {
      found = .png
    } else if head.starts(with: [0xff, 0xd8]) {
      found = .jpeg
    } else if head.count >= 3, head[0] == UInt8(ascii: "P"),
      (UInt8(ascii: "1")...UInt8(ascii: "7")).contains(head[1]),
      PNMHeader.isSpace(head[2]) || head[2] == UInt8(ascii: "#")
    {
      found = .pnm
    } else if head.starts(with: NPYHeader.magic) {
      found = .npy
    } else if holds("PF") || holds("Pf"), head.count >= 3, PNMHeader.isSpace(head[2]) {
      found = .pfm
    } else if holds("GIF87a") || holds("GIF89a") {
      found = .gif
    } else if holds("RIFF"), holds("WEBP", at: 8) {
      found = .webp
    } else if head.starts(with: [0x49, 0x49, 0x2a, 0]) || head.starts(with: [0x4d, 0x4d, 0, 0x2a])
      || head.starts(with: [0x49, 0x49, 0x2b, 0]) || head.starts(with: [0x4d, 0x4d, 0, 0x2b])
    {
      found = .tiff
    } else if head.starts(with: [0xff, 0x0a]) || holds("JXL ", at: 4) {
      found = .jpegXL
    } else if holds("ftypavif", at: 4) || holds("ftypavis", at: 4) {
      found = .avif
    } else if holds("ftyp", at: 4), Self.heifBrands.contains(where: { holds($0, at: 8) }) {
      found = .heif
    } else if holds("BM"), head.count >= 16, head[15] == 0,
      [12, 16, 40, 52, 56, 64, 108, 124].contains(head[14])
    {
      // Two letters are few: the header that follows has one of a few lengths.
      found = .bmp
    } else {
      return nil
    }
    guard Self.allCases.contains(found) else { return nil }
    self = found
  }
}

extension FileFormat {
  /// What files of HEIC and its relatives say they are: pictures of HEVC, animations of it, and either of any codec.
  private static let heifBrands = [
    "heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs", "mif1", "msf1",
  ]
}

extension FileFormat: CaseIterable {
  /// The formats that this program was built with.
  public static let allCases: [FileFormat] =
    [.png, .jpeg, .pnm, .npy, .pfm, .bmp, .gif] + (codec_has_webp() != 0 ? [.webp] : [])
    + (codec_has_tiff() != 0 ? [.tiff] : [])
    + (codec_has_whole(CODEC_JXL) != 0 ? [.jpegXL] : [])
    + (codec_has_whole(CODEC_HEIF) != 0 ? [.avif, .heif] : [])

  /// Those of them that it writes.
  public static let written = allCases.filter(\.isWritten)
}

/// What a format has a place for.
extension FileFormat {
  public var isWritten: Bool { ![.bmp, .gif, .heif].contains(self) }

  /// Whether pixels may have alpha; of PNM, only PAM has.
  public var holdsAlpha: Bool { self != .jpeg && self != .pfm }

  /// Whether samples may be floats.
  public var holdsFloats: Bool { [.npy, .pfm, .tiff].contains(self) }

  /// Whether one of several pictures in a file can be chosen.
  public var hasPages: Bool {
    [.png, .pnm, .gif, .webp, .tiff, .jpegXL, .avif, .heif, .npy].contains(self)
  }

  /// Whether a file that is written holds any number of pictures, each of its own size.
  public var holdsPages: Bool { self == .tiff || self == .pnm }

  /// Whether a file that is written holds the frames of an animation.
  public var holdsFrames: Bool { self == .png || self == .webp }

  /// Most bits of a whole sample; 0 where there are floats only.
  public var bits: Int {
    switch self {
    case .pfm: 0
    case .jpeg, .webp, .gif, .bmp, .avif, .heif: 8
    case .png, .pnm, .npy, .tiff, .jpegXL: 16
    }
  }

  /// Whether inks (CMYK) can be stored.
  public var holdsInks: Bool { self == .jpeg || self == .tiff }
}
