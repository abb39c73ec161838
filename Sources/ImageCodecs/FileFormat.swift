/// The picture formats that are read and written.
public enum FileFormat: Sendable, Hashable, CaseIterable {
  case png
  case jpeg
  /// The Netpbm family: PBM, PGM, PPM, and PAM where there is alpha.
  case pnm

  /// What the format is called.
  public var name: String {
    switch self {
    case .png: "PNG"
    case .jpeg: "JPEG"
    case .pnm: "PNM"
    }
  }

  /// Endings of file names, without the dot; the usual one first.
  public var fileExtensions: [String] {
    switch self {
    case .png: ["png"]
    case .jpeg: ["jpg", "jpeg", "jpe", "jfif"]
    case .pnm: ["ppm", "pgm", "pbm", "pnm", "pam"]
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

  /// The format of a file that begins with `head` (8 bytes suffice), or nil.
  public init?(head: some Collection<UInt8>) {
    let head = Array(head.prefix(8))
    if head.starts(with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) {
      self = .png
    } else if head.starts(with: [0xff, 0xd8]) {
      self = .jpeg
    } else if head.count >= 3, head[0] == UInt8(ascii: "P"),
      (UInt8(ascii: "1")...UInt8(ascii: "7")).contains(head[1]),
      PNMHeader.isSpace(head[2]) || head[2] == UInt8(ascii: "#")
    {
      self = .pnm
    } else {
      return nil
    }
  }
}
