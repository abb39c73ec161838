import ImageCodecs
import Raster

extension FuzzTarget {
  /// Any pixels, written as the smallest PNG, come back as pixels that mean the same.
  ///
  /// Bytes: the kind of colours, the kind of samples, the width, then samples row by row.
  static func shrink(_ bytes: [UInt8]) throws {
    guard bytes.count > 4 else { return }
    let colors: [ColorModel] = [.gray, .grayAlpha, .rgb, .rgba]
    var format = PictureFormat(
      width: 1 + Int(bytes[2]), height: 1, color: colors[Int(bytes[0] % 4)],
      sample: bytes[1] % 2 == 0 ? .uint8 : .uint16)
    let samples = bytes[3...]
    format.height = max(1, min(4096, samples.count / format.bytesPerRow))
    let picture = Picture(format)
    for y in 0..<format.height {
      for index in 0..<format.bytesPerRow {
        let place = samples.startIndex + (y * format.bytesPerRow + index) % samples.count
        picture.row(y).storeBytes(of: samples[place], toByteOffset: index, as: UInt8.self)
      }
    }
    let again = try decode(encodePNG(picture, level: 9))
    try demand(
      (again.format.width, again.format.height) == (format.width, format.height),
      "a side is another")
    for y in 0..<format.height {
      for x in 0..<format.width {
        try demand(meaning(picture, x, y) == meaning(again, x, y), "pixel \(x),\(y) is another")
      }
    }
  }

  /// Red, green, blue and alpha of 16 bits.
  private static func meaning(_ picture: Picture, _ x: Int, _ y: Int) -> [Int] {
    let color = picture.format.color
    let samples = (0..<color.channels).map { channel in
      let index = x * color.channels + channel
      return picture.format.sample == .uint8
        ? 257 * Int(picture.row(y).load(fromByteOffset: index, as: UInt8.self))
        : Int(picture.row(y).load(fromByteOffset: 2 * index, as: UInt16.self))
    }
    let light =
      color.colorChannels == 1
      ? [samples[0], samples[0], samples[0]] : Array(samples.prefix(3))
    return light + [color.hasAlpha ? samples.last! : 65535]
  }
}
