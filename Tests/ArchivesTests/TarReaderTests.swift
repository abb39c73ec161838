import Archives
import Libc
import Raster
import TestSupport
import Testing

@Suite("Tar archives")
struct TarReaderTests {
  private static let folder = TestData.package + "/Tests/ArchivesTests/Goldens/"

  private static func archive(_ kind: String) throws -> [UInt8] {
    try #require(ScratchFolder.contents(folder + kind + ".tar"))
  }

  /// What Python's tarfile put into an archive.
  private static func listing(_ kind: String) throws -> [(size: Int, name: String)] {
    let text = String(
      decoding: try #require(ScratchFolder.contents(folder + "listing.txt")), as: UTF8.self)
    return text.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      return words[0] == kind ? (Int(words[1])!, String(words[2])) : nil
    }
  }

  /// Reads an archive from a file, of which a head may have been read before.
  private static func members(
    _ bytes: [UInt8], head: Int = 0
  ) throws -> [(member: TarMember, content: [UInt8])] {
    let scratch = try ScratchFolder()
    let path = try scratch.write(bytes, to: "a.tar")
    let descriptor = open(path, O_RDONLY)
    defer { close(descriptor) }
    lseek(descriptor, off_t(head), SEEK_SET)
    var reader = TarReader(descriptor, head: Array(bytes.prefix(head)))
    var all: [(TarMember, [UInt8])] = []
    while let member = try reader.member() { all.append((member, try reader.content())) }
    return all
  }

  @Test("members are those that Python wrote", arguments: ["ustar", "pax", "gnu"])
  func listed(kind: String) throws {
    let bytes = try Self.archive(kind)
    #expect(TarReader.recognises(Array(bytes.prefix(512))))
    for head in [0, 100, 512] {
      let found = try Self.members(bytes, head: head)
      let listing = try Self.listing(kind)
      #expect(found.map { "\($0.member.name)" } == listing.map(\.name))
      #expect(found.map(\.member.size) == listing.map(\.size))
      for (entry, (size, name)) in zip(found, listing) {
        let length = name.unicodeScalars.count
        #expect(entry.content == (0..<size).map { UInt8(($0 * 7 + length) % 251) })
        #expect(entry.member.isFile == (name != "link"))
      }
    }
  }

  @Test(
    "headers and contents behind each other are the archive", arguments: ["ustar", "pax", "gnu"])
  func verbatim(kind: String) throws {
    let bytes = try Self.archive(kind)
    var again: [UInt8] = []
    for (member, content) in try Self.members(bytes) {
      #expect(member.headers(size: member.size) == member.headers)
      again += member.headers + content
      again += [UInt8](repeating: 0, count: TarMember.padding(content.count))
    }
    #expect(again + [UInt8](repeating: 0, count: 1024) == bytes)
    #expect(TarMember.end(after: again.count).count >= 1024)
    #expect((again.count + TarMember.end(after: again.count).count) % 10240 == 0)
  }

  @Test("a member takes another size and another name", arguments: ["ustar", "pax", "gnu"])
  func renamed(kind: String) throws {
    let names = [
      "x.webp", String(repeating: "n", count: 100), String(repeating: "d/", count: 90) + "x",
    ]
    for name in names {
      var bytes: [UInt8] = []
      let members = try Self.members(try Self.archive(kind)).map(\.member).filter(\.isFile)
      for member in members {
        bytes += member.headers(size: 5, name: FilePath(name)) + [1, 2, 3, 4, 5]
        bytes += [UInt8](repeating: 0, count: 507)
      }
      let found = try Self.members(bytes + [UInt8](repeating: 0, count: 1024))
      #expect(found.count == members.count)
      for entry in found {
        #expect("\(entry.member.name)" == name)
        #expect(entry.content == [1, 2, 3, 4, 5])
      }
    }
  }

  @Test("an archive cut off anywhere is an error that names a member")
  func cut() throws {
    let bytes = try Self.archive("gnu")
    let whole = try Self.members(bytes).map { "\($0.member.name)" }
    for length in stride(from: 513, to: bytes.count - 1024, by: 97) {
      do {
        _ = try Self.members(Array(bytes.prefix(length)))
        Issue.record("\(length) bytes are taken for an archive")
      } catch let error as TarError {
        #expect(whole.contains { "\(error)".contains($0) } || "\(error)".contains("LongLink"))
      }
    }
    #expect(throws: TarError.cutOff(in: FilePath("0001.jpg"))) {
      _ = try Self.members(Array(bytes.prefix(1000)))
    }
    // A cut between two members loses members, too.
    #expect(throws: TarError.noEnd(after: FilePath("0001.jpg"))) {
      _ = try Self.members(Array(bytes.prefix(512 + 1024)))
    }
  }

  @Test("what is no archive is said to be none")
  func foreign() throws {
    for bytes in [[], [1, 2, 3], [UInt8](repeating: 65, count: 2000)] as [[UInt8]] {
      #expect(throws: TarError.noArchive) { _ = try Self.members(bytes) }
      #expect(!TarReader.recognises(Array(bytes.prefix(512))))
    }
    var damaged = try Self.archive("ustar")
    damaged[512 + 1024 + 20] ^= 1
    #expect(throws: TarError.badHeader(after: FilePath("0001.jpg"))) {
      _ = try Self.members(damaged)
    }
  }

  @Test("archives behind each other are one")
  func concatenated() throws {
    let bytes = try Self.archive("ustar")
    #expect(try Self.members(bytes + bytes).count == 2 * Self.listing("ustar").count)
  }

  @Test("a size beyond all reason is refused, and nothing is allocated for it")
  func huge() throws {
    for field in [
      [0x80] + [UInt8](repeating: 0xff, count: 11),
      [0x80, 0, 0, 0, 0x7f] + [UInt8](repeating: 0xff, count: 7),
    ] {
      var bytes = try Self.archive("ustar")
      bytes.replaceSubrange(124..<136, with: field)
      var sum = 0
      for index in 0..<512 { sum += (148..<156).contains(index) ? 32 : Int(bytes[index]) }
      bytes.replaceSubrange(148..<156, with: Array(("0" + String(sum, radix: 8) + "\0 ").utf8))
      #expect(throws: TarError.self) { _ = try Self.members(bytes) }
    }
  }
}
