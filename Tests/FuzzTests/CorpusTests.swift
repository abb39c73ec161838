import TestSupport
import Testing

/// What fuzzers once found, and the smallest files that reach far, are fed again.
@Suite("The saved corpus")
struct CorpusTests {
  private static let folder = TestData.package + "/Tests/FuzzTests/Corpus"

  @Test("every target takes or refuses its files", arguments: FuzzTarget.all.map(\.name))
  func play(_ name: String) throws {
    let target = try #require(FuzzTarget.named(name))
    let files = ScratchFolder.files(in: Self.folder + "/" + name)
    #expect(!files.isEmpty, "no corpus")
    for file in files {
      let bytes = try #require(ScratchFolder.contents(Self.folder + "/" + name + "/" + file))
      do { try target.feed(bytes) } catch let finding as Finding {
        Issue.record("\(name)/\(file): \(finding)")
      } catch {
        continue  // Refused.
      }
    }
  }

  @Test("no folder of the corpus is without its target")
  func complete() {
    let folders = Set(
      ScratchFolder.files(in: Self.folder).compactMap { $0.split(separator: "/").first })
    #expect(folders == Set(FuzzTarget.all.map { Substring($0.name) }))
  }
}
