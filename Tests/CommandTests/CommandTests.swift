import TestSupport
import Testing

@Suite("The program")
struct CommandTests {
  @Test("says its version")
  func version() throws {
    let result = try CommandRunner.run(["--version"])
    #expect(result.status == .exited(0))
    #expect(result.text.hasPrefix("0.1.0\n"))
    #expect(result.errors.isEmpty)
  }

  @Test("says what is wrong with an option it does not know, with status 64")
  func unknownOption() throws {
    let result = try CommandRunner.run(["--frobnicate"])
    #expect(result.status == .exited(64))
    #expect(result.errors.contains("--frobnicate"))
    #expect(result.output.isEmpty)
  }
}
