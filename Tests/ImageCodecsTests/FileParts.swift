import CImageCodecs
import ImageCodecs
import Raster

/// A chunk of PNG.
func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
  let named = Array(name.utf8) + content
  return word(content.count) + named + word(Int(codec_crc32(0, named, named.count)))
}

/// A segment of JPEG.
func segment(_ marker: UInt8, _ content: [UInt8]) -> [UInt8] {
  [0xff, marker] + word(content.count + 2).suffix(2) + content
}

/// A number of 32 bits, high byte first.
func word(_ value: Int) -> [UInt8] {
  (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
}

/// A gray PNG file of 2 by 2 pixels with chunks before and behind its data, and bytes behind its end.
func png(_ before: [UInt8] = [], behind: [UInt8] = [], end: [UInt8] = []) throws -> [UInt8] {
  let format = PictureFormat(width: 2, height: 2, color: .gray, sample: .uint8)
  let file = try encode(Picture(format, samples: [1, 2, 3, 4] as [UInt8]), as: .png)
  // The signature and IHDR take 33 bytes, IEND 12.
  return Array(
    [file[..<33], before[...], file[33...].dropLast(12), behind[...], file.suffix(12)].joined())
    + end
}

/// A small JPEG file with segments behind SOI, and bytes behind its end.
func jpeg(_ segments: [UInt8] = [], end: [UInt8] = []) throws -> [UInt8] {
  let file = try encode(MetadataTests.small, as: .jpeg)
  return file[..<2] + segments + file[2...] + end
}

/// What a reader says of a file when it has read all of it.
func read(_ file: [UInt8]) throws -> PictureReader {
  let reader = try PictureReader(.bytes(file))
  _ = try reader.readPicture()
  return reader
}
