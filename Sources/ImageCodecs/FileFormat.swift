import CImageCodecs

/// The picture formats that this program reads; most it writes as well.
public enum FileFormat: Sendable, Hashable {
  case png
  case jpeg
  /// The Netpbm family: PBM, PGM, PPM, and PAM where there is alpha.
  case pnm
  /// An array of NumPy, height × width × channels.
  case npy
  case bmp
  case gif
  case webp
  case tiff

  /// What the format is called.
  public var name: String {
    switch self {
    case .png: "PNG"
    case .jpeg: "JPEG"
    case .pnm: "PNM"
    case .npy: "NumPy"
    case .bmp: "BMP"
    case .gif: "GIF"
    case .webp: "WebP"
    case .tiff: "TIFF"
    }
  }

  /// Endings of file names, without the dot; the usual one first.
  public var fileExtensions: [String] {
    switch self {
    case .png: ["png"]
    case .jpeg: ["jpg", "jpeg", "jpe", "jfif"]
    case .pnm: ["ppm", "pgm", "pbm", "pnm", "pam"]
    case .npy: ["npy"]
    case .bmp: ["bmp", "dib"]
    case .gif: ["gif"]
    case .webp: ["webp"]
    case .tiff: ["tif", "tiff"]
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
    } else if holds("GIF87a") || holds("GIF89a") {
      found = .gif
    } else if holds("RIFF"), holds("WEBP", at: 8) {
      found = .webp
    } else if head.starts(with: [0x49, 0x49, 0x2a, 0]) || head.starts(with: [0x4d, 0x4d, 0, 0x2a])
      || head.starts(with: [0x49, 0x49, 0x2b, 0]) || head.starts(with: [0x4d, 0x4d, 0, 0x2b])
    {
      found = .tiff
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

extension FileFormat: CaseIterable {
  /// The formats that this program was built with.
  public static let allCases: [FileFormat] =
    [.png, .jpeg, .pnm, .npy, .bmp, .gif] + (codec_has_webp() != 0 ? [.webp] : [])
    + (codec_has_tiff() != 0 ? [.tiff] : [])

  /// Those of them that it writes.
  public static let written = allCases.filter(\.isWritten)
}

/// What a format has a place for.
extension FileFormat {
  public var isWritten: Bool { self != .bmp && self != .gif }

  /// Whether pixels may have alpha; of PNM, only PAM has.
  public var holdsAlpha: Bool { self != .jpeg }

  /// Whether one of several pictures in a file can be chosen.
  public var hasPages: Bool { self == .gif || self == .webp || self == .tiff }

  /// Most bits of a sample.
  public var bits: Int {
    switch self {
    case .jpeg, .webp, .gif, .bmp: 8
    case .png, .pnm, .npy, .tiff: 16
    }
  }

  /// Whether inks (CMYK) can be stored.
  public var holdsInks: Bool { self == .jpeg || self == .tiff }
}
