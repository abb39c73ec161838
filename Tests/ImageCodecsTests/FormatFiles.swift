import ImageCodecs
import Libc
import Raster
import TestSupport
import Testing

/// The files that `Goldens/make-formats.py` makes, and what Pillow and NumPy see in them.
enum FormatFiles {
  struct Row: Sendable, CustomTestStringConvertible {
    let file: String
    let page: Int
    let width: Int
    let height: Int
    let channels: Int
    let bits: Int
    let hash: String
    var testDescription: String { "\(file) \(page)" }

    var format: PictureFormat {
      let colors: [ColorModel] = [.gray, .grayAlpha, .rgb, .rgba]
      return PictureFormat(
        width: width, height: height, color: colors[channels - 1],
        sample: bits == 32 ? .float32 : bits == 16 ? .uint16 : .uint8)
    }

    /// Whether a picture is the one that was seen.
    func matches(_ picture: Picture) -> Bool {
      sha256(bits == 32 ? content(picture) : rgba16(picture)) == hash
    }
  }

  private static let folder = TestData.package + "/Tests/ImageCodecsTests/Goldens/"

  /// Those of formats that this build reads.
  static let rows = rows(of: "formats.tsv")

  static func rows(of table: String) -> [Row] {
    let text = String(decoding: load(folder + table), as: UTF8.self)
    return text.split(separator: "\n").dropFirst().compactMap { line in
      let fields = line.split(separator: "\t").map(String.init)
      let numbers = fields[1...5].map { Int($0)! }
      guard FileFormat(fileExtension: fields[0].split(separator: ".").last!) != nil else {
        return nil
      }
      return Row(
        file: fields[0], page: numbers[0], width: numbers[1], height: numbers[2],
        channels: numbers[3], bits: numbers[4], hash: fields[6])
    }
  }

  static let names = rows.filter { $0.page == 1 }.map(\.file)

  static func bytes(_ name: String, in place: String = "Formats") -> [UInt8] {
    load(folder + place + "/" + name)
  }

  static func picture(
    _ bytes: [UInt8], page: Int? = nil, damage: DamagePolicy = .refuse, rows step: Int? = nil
  ) throws -> Picture {
    let reader = try PictureReader(.bytes(bytes), damage: damage, page: page)
    let picture = Picture(reader.format)
    let step = step ?? reader.format.height
    for first in stride(from: 0, to: reader.format.height, by: step) {
      try reader.read(
        into: RowBand(
          base: picture.row(first), pitch: picture.pitch, firstRow: first,
          count: min(step, reader.format.height - first)))
    }
    return picture
  }
}
