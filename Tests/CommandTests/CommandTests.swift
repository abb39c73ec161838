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

  @Test("other commands show a number as it was typed, too")
  func typed() throws {
    for (words, message) in [
      (["predict", "m", "p", "--threshold=2"], "--threshold 2: must be 0 to 1"),
      (["diff", "a", "b", "--fail-above=-1"], "--fail-above -1: must be 0 or more"),
      (["diff", "a", "b", "--data-range=0"], "--data-range 0: must be more than 0"),
    ] {
      let result = try CommandRunner.run(words)
      #expect(result.status == .exited(64) && result.errors.contains(message), "\(result.errors)")
    }
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
      ("--class-weights=nan,1", "expected balanced, or a number for each class, 0 or more"),
      ("--class-weights=0,0", "The value '0,0' is invalid for '--class-weights <list>'; expected"),
      (
        "--class-weights=-1,1", "The value '-1,1' is invalid for '--class-weights <list>'; expected"
      ),
      ("--class-weights=1e39,1", "0 or more (up to 3.4e38) and not all 0, as in 1,2.5"),
      ("--group=*:rate=1e-45", "The value '*:rate=1e-45' is invalid for '--group <group>'"),
      ("--rate=1e39", "--rate 1e39: must be above 0 (1.2e-38 to 3.4e38)"),
      ("--rate=1e-50", "--rate 1e-50: must be above 0 (1.2e-38 to 3.4e38)"),
      ("--rate=nan", "--rate nan: must be above 0"), ("--rate=0", "--rate 0: must be above 0"),
      ("--clip=1e-45", "--clip 1e-45: must be above 0 (1.2e-38 or more)"),
      ("--decay=1e39", "--decay 1e39: must be 0 or more (up to 3.4e38)"),
      ("--smoothing=0.99999999999", "--smoothing 0.99999999999: must be 0 to below 1"),
      ("--ema=1", "--ema 1: must be 0 to below 1"),
      ("--layer-decay=1e-45", "--layer-decay 1e-45: must be above 0, up to 1"),
      ("--warm-up=0.99999999999999999", "--warm-up 0.99999999999999999: must be 0 to below 1"),
      ("--validation=1", "--validation 1: must be 0 to below 1"),
      ("--fit=x", "'--fit <fit>'. Please provide one of 'stretch', 'crop' or 'pad'."),
    ])
  func values(word: String, message: String) throws {
    let result = try CommandRunner.run(["train", "digits", word])
    #expect(result.status == .exited(64))
    #expect(result.errors.contains(message), "\(result.errors)")
  }
}
