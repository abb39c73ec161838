import Datasets
import ImageCodecs
import Raster
import TestSupport
import Testing

@Suite("Tar archives of pictures with their classes")
struct ArchiveFolderTests {
  /// A member as tar writes it (POSIX ustar).
  static func member(_ name: String, _ content: [UInt8]) -> [UInt8] {
    func octal(_ number: Int, _ digits: Int) -> [UInt8] {
      let text = String(number, radix: 8)
      return Array((String(repeating: "0", count: digits - text.count) + text).utf8)
    }
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ at: Int, _ bytes: [UInt8]) {
      header.replaceSubrange(at..<at + bytes.count, with: bytes)
    }
    put(0, Array(name.utf8))
    put(100, octal(0o644, 7))
    put(124, octal(content.count, 11))
    put(148, [UInt8](repeating: 32, count: 8))
    put(156, [UInt8(ascii: "0")])
    put(257, Array("ustar\0".utf8) + Array("00".utf8))
    put(148, octal(header.reduce(0) { $0 + Int($1) }, 6) + [0, 32])
    return header + content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
  }

  private static func picture(_ level: Int) throws -> [UInt8] {
    let format = PictureFormat(width: 3, height: 2, color: .gray, sample: .uint8)
    return try encodePNG(
      Picture(format, samples: (0..<6).map { UInt8(level + $0) }))
  }

  static let end = [UInt8](repeating: 0, count: 1024)

  @Test("labels stand beside the pictures; classes are in natural order, pictures in the archive's")
  func samples() throws {
    let folder = try ScratchFolder()
    var first: [UInt8] = []
    for (index, label) in ["10", "2", "10"].enumerated() {
      first += try Self.member("a/\(index).png", Self.picture(10 * index))
      first += Self.member("a/\(index).cls", Array((label + "\n").utf8))
      first += Self.member("a/\(index).json", Array("{}".utf8))
    }
    try folder.write(first + Self.end, to: "train/0.tar")
    let second = try Self.member("9.cls", Array("2".utf8)) + Self.member("9.png", Self.picture(90))
    try folder.write(second + Self.end, to: "val/0.tar")
    let dataset = try ImageFolder(folder.path).load(team: ThreadTeam(threads: 2))
    #expect(dataset.classNames == ["2", "10"])
    #expect(dataset.train.labels == [0, 1, 1])
    #expect(dataset.train.files.map { "\($0)" }.first == "train/0.tar/a/1.png")
    let levels = [10, 0, 20].flatMap { (level: UInt8) -> [UInt8] in (level..<level + 6).map { $0 } }
    #expect(dataset.train.pixels == levels)
    #expect(dataset.validation?.pixels == (90..<96).map { (level: UInt8) in level })
    #expect(dataset.warnings.isEmpty)
    let alone = try ImageFolder(archive: FilePath(folder("train/0.tar")))
      .load(team: ThreadTeam(threads: 1))
    #expect(alone.train.pixels == levels)
  }

  @Test("what is missing or cut off is said by name")
  func refusals() throws {
    let folder = try ScratchFolder()
    let sample = try Self.member("1.png", Self.picture(1)) + Self.member("1.cls", [49])
    func message(_ bytes: [UInt8]) throws -> String {
      try folder.write(bytes, to: "0.tar")
      do {
        _ = try ImageFolder(folder.path).load(team: ThreadTeam(threads: 1))
        return ""
      } catch { return "\(error)" }
    }
    let unlabelled = try message(sample + Self.member("2.png", Self.picture(2)) + Self.end)
    #expect(unlabelled.contains("0.tar: its picture 2.png has no class"))
    #expect(
      try message(Array(sample.prefix(540))).contains("0.tar is cut off within its member 1.png"))
    #expect(try message(sample).contains("is cut off"))
    #expect(try message(sample + Self.end).contains("all pictures are of one class (1)"))
    let other = Self.member("2.png", [1, 2, 3]) + Self.member("2.cls", [50])
    #expect(try message(sample + other + Self.end).contains("0.tar/2.png: "))
  }
}
