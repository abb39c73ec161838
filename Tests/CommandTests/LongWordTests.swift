import TestSupport
import Testing

/// Words far longer than any that somebody writes cost what reading them does, and are not said in full.
@Suite("Long words")
struct LongWordTests {
  static let long = String(repeating: "a", count: 100_000)

  /// The command in a few seconds of a slow build; that it refuses in a few lines.
  private func refused(
    _ arguments: [String], status: Int32, folder: String? = nil, input: [UInt8] = []
  ) throws -> String {
    let result = try CommandRunner.run(arguments, input: input, folder: folder, timeout: 20)
    #expect(result.status == .exited(status), "\(result.errors.prefix(400))")
    #expect(result.output.isEmpty && result.errors.utf8.count < 2500)
    return result.errors
  }

  @Test("at the place of a command or an option")
  func words() throws {
    #expect(try refused([Self.long], status: 64).contains("there is no command 'aaaa"))
    for word in ["--" + Self.long, "-" + Self.long, "--" + Self.long + "=1"] {
      #expect(try refused([word], status: 64).contains("Unknown option '-"))
      #expect(try refused(["train", "digits", word], status: 64).contains("Unknown option '-"))
      #expect(try refused(["apply", "-k", "box", word], status: 64).contains("Unknown option '-"))
    }
  }

  @Test("at the place of a value")
  func values() throws {
    _ = try refused(["train", Self.long], status: 1)
    _ = try refused(["train", "digits", "--model", Self.long], status: 64)
    _ = try refused(["kernels", Self.long], status: 64)
    _ = try refused(["summary", Self.long], status: 1)
    for spec in [
      String(repeating: "[", count: 100_000), "box:" + Self.long, "box:\(Self.long)=1",
      "box:size=" + Self.long, "[[1,\(Self.long)]]", "3x3: 1 2 " + Self.long,
      "median:scale=" + Self.long, String(repeating: "1 2 ", count: 25_000),
    ] {
      _ = try refused(["matrix", "-k", spec], status: 64, input: [0x31])
    }
    // A kernel that is read, but does not fit.
    let row = "[" + String(repeating: "1, ", count: 30_000) + "1]"
    _ = try refused(["matrix", "-k", row, "-k", "median"], status: 1, input: Array("1 2".utf8))
  }

  @Test("in files")
  func files() throws {
    let scratch = try ScratchFolder()
    try scratch.write(Array(repeating: 0x61, count: 900_000), to: "word.txt")
    try scratch.write(Array(repeating: 0, count: 900_000), to: "zeros.txt")
    try scratch.write(Array(("dense 2 " + Self.long).utf8), to: "argument.txt")
    try scratch.write(
      Array("P7\n".utf8) + Array(repeatElement("TUPLTYPE ab\n".utf8, count: 30_000).joined())
        + Array("WIDTH 1\nHEIGHT 1\nDEPTH 1\nMAXVAL 255\nENDHDR\n0".utf8), to: "tuples.pam")
    for file in ["word.txt", "zeros.txt", "argument.txt", "/dev/zero", "/dev/full"] {
      let train = ["train", "digits", "--architecture", file]
      _ = try refused(train, status: 1, folder: scratch.path)
      let summary = ["summary", "--input", "8x8x1", "--architecture", file]
      _ = try refused(summary, status: 1, folder: scratch.path)
    }
    _ = try refused(
      ["apply", "-k", "box", "tuples.pam", "out.png"], status: 1, folder: scratch.path)
  }

  @Test("as the title of a sheet, which shows what fits")
  func title() throws {
    let scratch = try ScratchFolder()
    try scratch.write(Array("P5\n2 1\n255\n01".utf8), to: "in.pgm")
    let result = try CommandRunner.run(
      ["sheet", "in.pgm", "-o", "sheet.png", "--title", Self.long], folder: scratch.path,
      timeout: 30)
    #expect(result.status == .exited(0), "\(result.errors)")
  }
}
