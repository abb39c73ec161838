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

  @Test("says how a filter or a picture is meant that stands where a command belongs")
  func noCommand() throws {
    let filter = try CommandRunner.run(["thumbnail:200", "in.jpg", "out.jpg"])
    #expect(filter.status == .exited(64))
    #expect(filter.errors.contains("say 'convfilter apply -k thumbnail:200 INPUT OUTPUT'"))
    let bare = try CommandRunner.run(["thumbnail", "in.jpg", "out.jpg"])
    #expect(bare.errors.contains("'thumbnail' is a filter, not a command"))
    let picture = try CommandRunner.run(["in.jpg", "out.jpg"])
    #expect(picture.errors.contains("say 'convfilter apply -k KERNEL in.jpg OUTPUT'"))
    #expect(try CommandRunner.run(["aply"]).errors.contains("did you mean 'apply'?"))
  }

  @Test("shows that a name is empty")
  func emptyName() throws {
    let result = try CommandRunner.run(["apply", "-k", "box", "", "out.png"])
    #expect(result.errors.hasPrefix("'': error: there is no such file"), "\(result.errors)")
  }
}
