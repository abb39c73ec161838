import Archives
import Libc
import Raster

extension FuzzTarget {
  static let archives: [FuzzTarget] = [FuzzTarget("tar") { try tar($0) }]

  /// Members are read, and get another size and another name, which read back.
  private static func tar(_ bytes: [UInt8]) throws {
    let nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)
    defer { close(nothing) }
    var reader = TarReader(nothing, head: bytes)
    while let member = try reader.member() {
      let content = try reader.content()
      try demand(content.count == member.size, "a content is not as long as it says")
      if !member.isFile { continue }
      let name = FilePath(bytes: Array("0123456789".utf8) + member.name.bytes.prefix(200))
      let again = member.headers(size: 1, name: name) + [UInt8](repeating: 7, count: 1)
      var second = TarReader(
        nothing, head: again + [UInt8](repeating: 0, count: TarMember.padding(1) + 1024))
      guard let found = try? second.member() else {
        throw Finding(description: "a header that was rewritten is none")
      }
      let all = try? second.content()
      try demand(found.size == 1 && all == [7], "a size that was rewritten does not come back")
      if !member.name.bytes.contains(0), !member.name.bytes.isEmpty {
        try demand(found.name == name, "a name that was rewritten does not come back")
      }
    }
  }
}
