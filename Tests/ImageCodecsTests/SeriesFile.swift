import ImageCodecs
import Libc
import Raster
import TestSupport
import Testing

/// The files with several pictures that `Goldens/make-series.py` makes, and what is to be seen in them.
struct SeriesFile: Sendable, CustomTestStringConvertible {
  struct Row: Sendable {
    let width: Int
    let height: Int
    let hash: String
    let time: FrameTime?
  }

  let name: String
  let rows: [Row]
  let plays: Int?
  var testDescription: String { name }

  private static let folder = TestData.package + "/Tests/ImageCodecsTests/Goldens/"
  var bytes: [UInt8] { load(Self.folder + "Series/" + name) }

  /// Those of formats that this build reads.
  static let all: [SeriesFile] = {
    let text = String(decoding: load(folder + "series.tsv"), as: UTF8.self)
    let lines = text.split(separator: "\n").dropFirst().map { $0.split(separator: "\t") }
    var names: [Substring] = []
    for line in lines where names.last != line[0] { names.append(line[0]) }
    return names.compactMap { name in
      guard let format = FileFormat(fileExtension: name.split(separator: ".").last!),
        format != .avif || CodecLibrary.avif.isBuiltIn
      else { return nil }
      let own = lines.filter { $0[0] == name }
      return SeriesFile(
        name: String(name),
        rows: own.map { line in
          let time = line[5].split(separator: "/").compactMap { Int($0) }
          return Row(
            width: Int(line[2])!, height: Int(line[3])!, hash: String(line[4]),
            time: time.count == 2 ? FrameTime(time[0], time[1]) : nil)
        },
        plays: Int(own[0][6]))
    }
  }()

  static func named(_ name: String) -> SeriesFile? { all.first { $0.name == name } }
}

/// A picture of a file, and how long it is shown.
struct Shown {
  let picture: Picture
  let time: FrameTime?
  let encoding: Encoding

  /// RGBA of 16 bits, zeros where alpha is 0.
  var seen: [UInt8] {
    var bytes = rgba16(picture)
    for start in stride(from: 0, to: bytes.count, by: 8)
    where bytes[start + 6] == 0 && bytes[start + 7] == 0 {
      for index in start..<start + 6 { bytes[index] = 0 }
    }
    return bytes
  }

  /// All pictures of a file.
  static func all(
    of source: ByteSource, damage: DamagePolicy = .refuse
  ) throws -> (pictures: [Shown], series: PictureSeries?) {
    let reader = try PictureReader(source, damage: damage, all: true)
    var result: [Shown] = []
    repeat {
      result.append(
        Shown(
          picture: try reader.readPicture(), time: reader.frameTime, encoding: reader.encoding))
    } while try reader.advance()
    return (result, reader.series)
  }
}
