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

  @Test(
    "a value that is none is refused with the option, what is expected and an example",
    arguments: [
      ("--size=x", "'--size <size>'; expected one number of pixels or width x height, as in 32"),
      ("--size=", "'--size <size>'; expected one number of pixels or width x height, as in 32"),
      ("--epochs=1e9", "'--epochs <n>'; expected a whole number without a sign, as in 8"),
      ("--seed=-1", "'--seed <n>'; expected a whole number without a sign, as in 8"),
      (
        "--augment=shift=9999",
        "--augment shift=9999: expected a whole number of pixels from 1 to 4096"
      ),
      ("--augment=flip,rotate=181", "--augment rotate=181: expected a number above 0 to 180"),
      ("--augment=zoom=1", "--augment zoom=1: expected a number above 0 to 0.9"),
      ("--augment=turn=1", "expected none, or a list of flip"),
      ("--model=mnist-con", "did you mean 'mnist-conv'?"),
      ("--rate=x", "'--rate <x>'; expected a number, as in 0.25"),
      ("--validation=", "'--validation <share>'; expected a number, as in 0.25"),
      ("--fit=x", "'--fit <fit>'. Please provide one of 'stretch', 'crop' or 'pad'."),
    ])
  func values(word: String, message: String) throws {
    let result = try CommandRunner.run(["train", "digits", word])
    #expect(result.status == .exited(64))
    #expect(result.errors.contains(message), "\(result.errors)")
  }
}
