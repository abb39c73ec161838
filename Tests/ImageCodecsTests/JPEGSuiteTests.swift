import ImageCodecs
import Libc
import Raster
import TestSupport
import Testing

@Suite("JPEG files with reference pixels", .enabled(if: TestData.isThere))
struct JPEGSuiteTests {
  struct File: Sendable, CustomTestStringConvertible {
    let path: String
    var testDescription: String { path }
    var stem: String { String(path[..<path.lastIndex(of: ".")!]) }
  }

  static func files(_ folder: String) -> [File] {
    guard TestData.isThere, let list = opendir(data("jpegsuite/" + folder)) else { return [] }
    defer { closedir(list) }
    var names: [String] = []
    while let entry = readdir(list) {
      names.append(
        withUnsafeBytes(of: entry.pointee.d_name) { bytes in
          String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        })
    }
    return names.filter { $0.hasSuffix(".jpg") && names.contains($0.dropLast(3) + "png") }.sorted()
      .map { File(path: "jpegsuite/\(folder)/\($0)") }
  }

  /// The largest difference of any sample, in units of 16 bits, or nil where the shapes differ.
  static func difference(_ a: Picture, _ b: Picture) -> Int? {
    guard a.format.width == b.format.width, a.format.height == b.format.height else { return nil }
    let (x, y) = (rgba16(a), rgba16(b))
    var most = 0
    for i in stride(from: 0, to: x.count, by: 2) {
      let difference = (Int(x[i]) - Int(y[i])) * 256 + Int(x[i + 1]) - Int(y[i + 1])
      most = max(most, abs(difference))
    }
    return most
  }

  @Test(
    "they decode to the very pixels of the reference",
    arguments: files("made") + files("libjpeg-turbo"))
  func exact(_ file: File) throws {
    let picture = try decode(load(data(file.path)))
    let reference = try decode(load(data(file.stem + ".png")))
    #expect(Self.difference(picture, reference) == 0)
  }

  /// Made by another decoder; those that libjpeg itself warns of need tolerance.
  static let cut = ["partial_progressive", "progressive-missing-dc"]

  @Test(
    "they decode to within three levels of what another decoder made",
    arguments: files("jpeg-decoder") + files("jpeg-decoder/mozilla"))
  func near(_ file: File) throws {
    let damage: DamagePolicy = Self.cut.contains { file.path.contains($0) } ? .tolerate : .refuse
    let picture = try decode(load(data(file.path)), damage: damage)
    let reference = try decode(load(data(file.stem + ".png")))
    let difference = Self.difference(picture, reference)
    #expect(difference != nil && difference! <= 3 * 257, "\(difference ?? -1)")
  }
}
