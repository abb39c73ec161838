import ImageCodecs
import Libc
import Raster
import TestSupport

/// All bytes of a file.
func load(_ path: String) -> [UInt8] {
  guard let file = fopen(path, "rb") else { preconditionFailure("no file \(path)") }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = fread(&chunk, 1, chunk.count, file)
    if count == 0 { return bytes }
    bytes += chunk[..<count]
  }
}

/// The test data at a path below their folder.
func data(_ path: String) -> String { TestData.folder! + "/" + path }

/// The rows of a table of tabs, without its heading.
func table(_ path: String) -> [[String]] {
  let text = String(decoding: load(data(path)), as: UTF8.self)
  return text.split(separator: "\n").dropFirst().map { line in
    line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
  }
}

typealias Noise = SplitMix

/// A picture that is part slope, part noise, part flat.
func testPicture(_ format: PictureFormat, seed: UInt64 = 1) -> Picture {
  var noise = Noise(state: seed)
  let picture = Picture(format)
  for y in 0..<format.height {
    for index in 0..<format.samplesPerRow {
      let x = index / format.color.channels
      let slope = (x * 3 + y * 5 + index % format.color.channels * 40) % 256
      let level = y % 16 < 4 ? 77 : slope + Int(noise.next() % 8)
      switch format.sample {
      case .uint8:
        picture.row(y).storeBytes(of: UInt8(level & 255), toByteOffset: index, as: UInt8.self)
      case .uint16:
        let wide = UInt16(truncatingIfNeeded: level * 251 + Int(noise.next() % 16))
        picture.row(y).storeBytes(of: wide, toByteOffset: 2 * index, as: UInt16.self)
      case .float32:
        let real = Float(level) / 64 - 1 + Float(noise.next() % 16) / 4096
        picture.row(y).storeBytes(of: real, toByteOffset: 4 * index, as: Float.self)
      }
    }
  }
  return picture
}

/// The bytes of all rows without what lies between them.
func content(_ picture: Picture) -> [UInt8] {
  (0..<picture.format.height).flatMap { y in
    Array(
      UnsafeRawBufferPointer(start: picture.row(y), count: picture.format.bytesPerRow))
  }
}

/// The samples as RGBA of 16 bits, high byte first: what the tables of expected values hash.
func rgba16(_ picture: Picture) -> [UInt8] {
  let format = picture.format
  let channels = format.color.channels
  let values: [UInt16] =
    format.sample == .uint16
    ? picture.samples() : picture.samples(as: UInt8.self).map { UInt16($0) * 257 }
  var bytes: [UInt8] = []
  bytes.reserveCapacity(values.count / channels * 8)
  for start in stride(from: 0, to: values.count, by: channels) {
    let pixel = values[start..<start + channels]
    let color =
      format.color.colorChannels == 1
      ? [pixel.first!, pixel.first!, pixel.first!] : Array(pixel.prefix(3))
    for value in color + [format.color.hasAlpha ? pixel.last! : 65535] {
      bytes.append(UInt8(value >> 8))
      bytes.append(UInt8(value & 255))
    }
  }
  return bytes
}
