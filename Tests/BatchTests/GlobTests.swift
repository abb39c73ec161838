import TestSupport
import Testing

@testable import convfilter

@Suite("Globs")
struct GlobTests {
  static let names = [
    "a.png", "b.png", "ab.png", "a.jpg", "a", "x/a.png", "x/b.jpg", "x/y/a.png", "x/y/z/c.png",
    "y/x/a.png", "[a].png", "a*b.png", "ü.png", "x-y/1.png", "x/12.png", "xx/a.png",
    "x/y.png/q.png",
  ]

  @Test("mean the names that they mean to wcmatch")
  func golden() throws {
    let path = TestData.package + "/Tests/BatchTests/Goldens/globs.txt"
    let text = String(decoding: try #require(ScratchFolder.contents(path)), as: UTF8.self)
    let lines = text.split(separator: "\n")
    #expect(lines.count == 43)
    for line in lines {
      let parts = line.split(separator: "\t").map(String.init)
      let glob = try Glob(parts[0])
      let meant = Self.names.filter { glob.matches(Array($0.utf8)) }
      #expect(meant == Array(parts.dropFirst()), "\(parts[0])")
    }
  }

  @Test("of many stars take no time", .timeLimit(.minutes(1)))
  func stars() throws {
    let name = Array(String(repeating: "a", count: 3000).utf8)
    let glob = try Glob(String(repeating: "*a", count: 100) + "b")
    #expect(!glob.matches(name))
    let folders = Array(String(repeating: "a/", count: 1000).utf8) + name
    #expect(try !Glob(String(repeating: "**/a/", count: 50) + "b").matches(folders))
  }

  @Test("that are none say so")
  func mistakes() {
    #expect(throws: Glob.Mistake.empty) { try Glob("") }
    #expect(throws: Glob.Mistake.empty) { try Glob("/") }
    #expect(throws: Glob.Mistake.openClass) { try Glob("[a") }
    #expect(throws: Glob.Mistake.openClass) { try Glob("[]") }
    #expect(throws: Glob.Mistake.openEscape) { try Glob("a\\") }
    #expect(throws: Glob.Mistake.tooManyBraces) {
      try Glob(String(repeating: "{a,b}", count: 100_000))
    }
    #expect(throws: Glob.Mistake.tooManyBraces) {
      try Glob("{" + String(repeating: "a,", count: 100_000) + "}")
    }
  }

  @Test("with a slash at the end are a folder and all in it")
  func wholeFolders() throws {
    for name in ["x", "x/a.png", "x/y/a.png"] { #expect(try Glob("x/").matches(Array(name.utf8))) }
    for name in ["xx/a.png", "y/x/a.png"] { #expect(try !Glob("x/").matches(Array(name.utf8))) }
  }

  @Test("bytes that are no UTF-8 are a character each")
  func bytes() throws {
    #expect(try Glob("?.png").matches([0xff] + Array(".png".utf8)))
    #expect(try !Glob("?.png").matches([0xff, 0xfe] + Array(".png".utf8)))
    #expect(try Glob("[!a].png").matches([0xff] + Array(".png".utf8)))
  }

  @Test("what excludes a folder excludes what is in it")
  func folders() throws {
    let filter = try PathFilter(include: ["*.png", "a/**"], exclude: ["thumbs", "b/c/**"])
    for (name, reason) in [
      ("x.png", nil), ("x.jpg", "--include"), ("a/x.jpg", nil),
      ("thumbs/x.png", "--exclude thumbs"),
      ("a/thumbs/b/x.png", "--exclude thumbs"), ("b/c/x.png", "--exclude b/c/**"), ("b/x.png", nil),
    ] as [(String, String?)] {
      #expect(filter.refusal(of: Array(name.utf8)) == reason, "\(name)")
    }
  }
}
