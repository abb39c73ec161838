import CImageCodecs
import ImageCodecs
import Raster

extension FuzzTarget {
  /// One target a format, and one for what files say besides their pixels.
  static let pictures: [FuzzTarget] = [
    FuzzTarget("png") { try feed($0, as: .png) },
    FuzzTarget("jpeg") {
      try carryGainMap($0)
      try feed($0, as: .jpeg)
    },
    FuzzTarget("pnm") { try feed($0, as: .pnm) },
    FuzzTarget("npy") { try feed($0, as: .npy) },
    FuzzTarget("pfm") { try feed($0, as: .pfm) },
    FuzzTarget("bmp") { try feed($0, as: .bmp) },
    FuzzTarget("gif") { try feed($0, as: .gif) },
    FuzzTarget("tiff") { try feed($0, as: .tiff) },
    FuzzTarget("jxl") { try feed($0, as: .jpegXL) },
    FuzzTarget("heif") {
      try feed($0, as: $0.count > 8 && $0[8] == UInt8(ascii: "a") ? .avif : .heif)
    },
    FuzzTarget("webp") { try feed($0, as: .webp) },
    FuzzTarget("metadata") { try carry($0) },
    FuzzTarget("smallest") { try shrink($0) },
  ]

  /// Small limits: a fuzzer is after faults, not after large pictures.
  private static let limits = {
    var limits = Limits()
    limits.pixels = 1 << 18
    limits.decoderBytes = 16 << 20
    limits.scanBlocks = 1 << 16
    limits.metadataBytes = 1 << 20
    return limits
  }()

  private static func feed(_ bytes: [UInt8], as fileFormat: FileFormat) throws {
    guard FileFormat(head: bytes) == fileFormat else { return }
    // With the checksums of chunks as they come nearly every change ends there.
    let bytes = fileFormat == .png && bytes.count % 4 != 0 ? withChecksums(bytes) : bytes
    _ = try? read(bytes, .tolerate)
    // Of several pictures any.
    if fileFormat.hasPages {
      _ = try? PictureReader(.bytes(bytes), limits: limits, page: 1 + bytes.count % 4).readPicture()
      readAll(bytes)
    }
    let picture = try read(bytes, .refuse)
    // What was read without complaint is written, and reads back as the same picture.
    guard PictureWriter.canStore(picture.format, in: .png) else { return }
    let again = try decode(encode(picture, as: .png), limits: limits)
    try demand(again.format == picture.format, "a picture becomes one of another format")
    for y in 0..<picture.format.height {
      let rows = (picture.row(y), again.row(y))
      let count = picture.format.bytesPerRow
      try demand(
        UnsafeRawBufferPointer(start: rows.0, count: count)
          .elementsEqual(UnsafeRawBufferPointer(start: rows.1, count: count)),
        "row \(y) comes back changed")
    }
  }

  /// Reads all pictures, or as many as show faults that the first do not.
  private static func readAll(_ bytes: [UInt8]) {
    let damage: DamagePolicy = bytes.count % 2 == 0 ? .refuse : .tolerate
    guard
      let reader = try? PictureReader(.bytes(bytes), limits: limits, damage: damage, all: true)
    else { return }
    for _ in 0..<64 {
      guard (try? reader.readPicture()) != nil, (try? reader.advance()) ?? false else { return }
    }
  }

  private static func read(_ bytes: [UInt8], _ damage: DamagePolicy) throws -> Picture {
    let keepsCMYK = bytes.count % 2 == 1
    let reader = try PictureReader(
      .bytes(bytes), limits: limits, damage: damage, keepsCMYK: keepsCMYK)
    return try reader.readPicture()
  }

  /// A PNG file with the right checksum behind each chunk.
  private static func withChecksums(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    var start = 8
    while start + 12 <= bytes.count {
      let length = bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
      guard length <= bytes.count - start - 12 else { break }
      let end = start + 8 + length
      let sum = bytes[(start + 4)..<end].withUnsafeBufferPointer {
        codec_crc32(0, $0.baseAddress, $0.count)
      }
      for byte in 0..<4 { bytes[end + byte] = UInt8(truncatingIfNeeded: sum >> (24 - 8 * byte)) }
      start = end + 4
    }
    return bytes
  }

  /// Carries a gain map into another file, from which it must come back.
  private static func carryGainMap(_ bytes: [UInt8]) throws {
    guard FileFormat(head: bytes) == .jpeg,
      let reader = try? PictureReader(.bytes(bytes), limits: limits)
    else { return }
    reader.keepGainMap()
    let metadata = reader.metadata.translated(to: .jpeg).metadata
    let picture = Picture(PictureFormat(width: 3, height: 2, color: .rgb, sample: .uint8))
    guard let map = metadata.gainMap,
      let file = try? encode(picture, as: .jpeg, metadata: metadata)
    else { return }
    let again = try? PictureReader(.bytes(file))
    again?.keepGainMap()
    try demand(again?.metadata.gainMap == map, "a gain map does not come back")
  }

  /// Carries what a file says into PNG and into JPEG; both must read back.
  private static func carry(_ bytes: [UInt8]) throws {
    let bytes = FileFormat(head: bytes) == .png ? withChecksums(bytes) : bytes
    let reader = try PictureReader(.bytes(bytes), limits: limits, damage: .tolerate)
    let early = reader.metadata
    _ = try reader.readPicture()
    let metadata = reader.metadata
    let picture = Picture(
      PictureFormat(width: 3, height: 2, color: .rgb, sample: .uint8))
    for fileFormat in FileFormat.allCases {
      _ = early.lostBehindPixels(late: metadata, in: fileFormat)
      let translated = metadata.translated(to: fileFormat).metadata
      try demand(
        translated.translated(to: fileFormat).metadata == translated,
        "what has found its place moves again")
    }
    var upright = metadata
    _ = upright.describe(picture.format, turned: true)
    try demand(upright.orientation == .upright, "an orientation survives its reset")
    for fileFormat in [FileFormat.png, .jpeg] {
      for (said, late) in [(upright, upright), (early, metadata)] {
        let writer = try PictureWriter(
          picture.format, as: fileFormat, to: .memory, metadata: said,
          keeping: reader.encoding, late: { late })
        try writer.write(picture)
        let file = writer.bytes
        do {
          let again = try PictureReader(.bytes(file))
          _ = try again.readPicture()
          try demand(
            again.metadata.orientation == said.orientation || fileFormat == .jpeg,
            "PNG loses the orientation")
        } catch let error as CodecError {
          throw Finding(description: "a \(fileFormat.name) of ours is refused: \(error)")
        }
      }
    }
  }
}
