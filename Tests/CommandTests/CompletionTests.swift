import TestSupport
import Testing

/// What a shell is told when the user presses the tab key.
@Suite("Completions")
struct CompletionTests {
  let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
    for name in ["gaussy.txt", "kernels/mine.txt", "digit-pictures/a.png", ".hidden"] {
      try folder.write([1], to: name)
    }
  }

  /// - Parameter call: the command and the option or argument that is completed.
  private func offered(_ call: [String], _ words: String...) throws -> [String] {
    let last = words.last ?? ""
    let place = ["\(words.count)", "\(last.utf8.count)"]
    let result = try CommandRunner.run(
      ["---completion"] + call + place + ["convfilter"] + words, folder: folder.path)
    #expect(result.status == .exited(0), "\(result.errors)")
    return result.text.split(separator: "\n").map(String.init)
  }

  @Test("kernels by name and files are offered, behind a colon nothing")
  func kernels() throws {
    let call = ["apply", "--", "--kernel"]
    let all = try offered(call, "apply", "-k", "")
    for name in ["gaussian", "sharpen", "maxpool", "gaussy.txt", "kernels/"] {
      #expect(all.contains(name), "\(name)")
    }
    #expect(!all.contains(".hidden"))
    #expect(try offered(call, "apply", "-k", "kernels/").contains("kernels/mine.txt"))
    #expect(try offered(call, "apply", "-k", "gaussian:s") == [])
  }

  @Test("data sets by name and folders are offered")
  func datasets() throws {
    let all = try offered(["train", "--", "positional@0"], "train", "di")
    #expect(all.contains("digits") && all.contains("digit-pictures/"))
    #expect(!all.contains("gaussy.txt"))
  }

  #if os(Linux)
    @Test("Bash takes no colon for the end of a kernel")
    func bash() throws {
      let bash = "/usr/bin/bash"
      guard ScratchFolder.contents(bash) != nil else { return }
      let script = try RunningCommand(
        "/bin/sh", [TestData.package + "/.ci/completions", CommandRunner.program, "bash"]
      ).wait()
      #expect(script.status == .exited(0), "\(script.errors)")
      let words = """

        try() {
          COMP_LINE=$1; COMP_POINT=${#1}; shift; COMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 ))
          COMPREPLY=()
          _convfilter convfilter "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
          echo "${COMPREPLY[*]}"
        }
        p=\(CommandRunner.program)
        try "convfilter apply -k gau" "$p" apply -k gau
        try "convfilter apply -k gaussian:" "$p" apply -k gaussian :
        try "convfilter apply -k gaussian:ga" "$p" apply -k gaussian : ga
        try "convfilter apply -k gaussian:size=3 ga" "$p" apply -k gaussian : size = 3 ga
        try "convfilter train digits --schedule c" "$p" train digits --schedule c
        """
      try folder.write(script.output + Array(words.utf8), to: "try.bash")
      let result = try RunningCommand(bash, ["try.bash"], folder: folder.path).wait()
      let lines = result.text.split(separator: "\n", omittingEmptySubsequences: false)
      #expect(
        lines == ["gaussian gaussy.txt", "", "", "gaussy.txt", "constant cosine", ""],
        "\(result.errors)")
    }
  #endif
}
