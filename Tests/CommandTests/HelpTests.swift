import Libc
import TestSupport
import Testing

/// The help is a promise: what it says is compared with `Goldens/help-….txt` beside this file.
/// `make golden` writes them anew.
@Suite("Help")
struct HelpTests {
  static let commands = [
    "apply", "kernels", "matrix", "train", "evaluate", "predict", "features", "summary", "dataset",
    "diff", "explore", "sheet", "export", "compare",
  ]

  @Test("stays as it was agreed", arguments: commands)
  func golden(command: String) throws {
    let result = try CommandRunner.run(
      ["help", command], environment: ["COLUMNS": "80"])
    #expect(result.status == .exited(0))
    let path = TestData.package + "/Tests/CommandTests/Goldens/help-\(command).txt"
    if getenv("CONVFILTER_WRITE_GOLDENS") != nil {
      let file = try #require(fopen(path, "wb"))
      fwrite(result.output, 1, result.output.count, file)
      fclose(file)
    }
    let agreed = ScratchFolder.contents(path).map { String(decoding: $0, as: UTF8.self) }
    #expect(result.text == agreed)
  }

  @Test("has an example and a short abstract for every command", arguments: commands)
  func shape(command: String) throws {
    let text = try CommandRunner.run(["help", command], environment: ["COLUMNS": "80"]).text
    let abstract = text.split(separator: "\n")[0].dropFirst("OVERVIEW: ".count)
    #expect(abstract.count <= 54 && abstract.hasSuffix("."))
    #expect(text.contains("convfilter \(command) "))
    // The line of usage is the parser's own and is not broken.
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 || $0.hasPrefix("USAGE: ") })
  }
}
