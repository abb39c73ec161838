import TestSupport
import Testing
import Text

@Suite("convfilter matrix")
struct MatrixTests {
  static let first = """
    105 102 100  97  96
    103  99 103 101 102
    101  98 104 102 100
     99 101 106 104  99
    104 104 104 100  98

    """
  static let second = """
    60,113,56,139,85
    73,121,54,84,128
    131,99,70,129,127
    80,57,115,69,134
    104,126,123,95,130

    """

  private func run(_ arguments: String..., input: String) throws -> CommandResult {
    try CommandRunner.run(["matrix"] + arguments, input: Array(input.utf8))
  }

  @Test("prints the lecture's first example in columns")
  func first() throws {
    let result = try run("--kernel", "sharpen", input: Self.first)
    #expect(result.text == " 89  111  101\n 85  111  101\n 98  117  113\n")
    #expect(result.status == .exited(0) && result.errors.isEmpty)
  }

  @Test("prints the lecture's second example, with zeros around it")
  func second() throws {
    let result = try run("--kernel", "sharpen", "--padding", "zero", "--csv", input: Self.second)
    #expect(result.text.hasPrefix("114,328,"))
    #expect(result.text.split(separator: "\n").count == 5)
  }

  @Test("explains each window as the lecture does")
  func explained() throws {
    let result = try run("--kernel", "sharpen", "--explain", input: Self.first)
    let lines = result.text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(
      lines[0] == "row 1, column 1: 105·0 + 102·−1 + 100·0 + 103·−1 + 99·5 + 103·−1 + 101·0"
        + " + 98·−1 + 104·0 = 89")
    #expect(lines[1].hasPrefix("row 1, column 2: 102·0 + 100·−1") && lines[1].hasSuffix(" = 111"))
    #expect(lines[9].isEmpty && lines[10] == " 89  111  101")
  }

  @Test("explains divisors, offsets, sets, poolings and chains")
  func explainedFurther() throws {
    let mean = try run("-k", "box:2x1", "--offset", "10", "--explain", input: "1 2")
    #expect(mean.text.hasPrefix("row 1, column 1: 1·1 + 2·1 = 3; 3 / 2 + 10 = 11.5\n"))
    let set = try run("-k", "[1,0];[0,-1]:scale=1,combine=l2", "--explain", input: "3 4")
    #expect(
      set.text.hasPrefix(
        "row 1, column 1: 3·1 + 4·0 = 3; 3·0 + 4·−1 = −4; √(3² + (−4)²) = 5\n"))
    let chain = try run("-k", "[2]:scale=1", "-k", "maxpool", "--explain", input: "1 2\n3 4\n")
    #expect(
      chain.text == """
        [2]:scale=1
        row 1, column 1: 1·2 = 2
        row 1, column 2: 2·2 = 4
        row 2, column 1: 3·2 = 6
        row 2, column 2: 4·2 = 8

        maxpool
        row 1, column 1: max(2, 4, 6, 8) = 8

        8

        """)
    let mean2 = try run("-k", "avgpool", "--explain", input: "1 2\n3 4\n")
    #expect(mean2.text.hasPrefix("row 1, column 1: (1 + 2 + 3 + 4) / 4 = 2.5\n"))
  }

  @Test("reads signals, and gives a column where it got one")
  func signals() throws {
    #expect(try run("-k", "[1,0,-1]", "--flip", input: "1 2 4 8 16\n").text == " 3   6  12\n")
    #expect(try run("-k", "[1,0,-1]", "--flip", input: "1\n2\n4\n8\n16\n").text == " 3\n 6\n12\n")
  }

  @Test("writes decimals without noise, points aligned")
  func decimals() throws {
    let result = try run("-k", "[0.1]:scale=1", input: "1 20\n3 4.5\n")
    #expect(result.text == "0.1   2\n0.3   0.45\n")
  }

  @Test("writes one JSON object")
  func json() throws {
    let result = try run("-k", "sharpen", "--json", input: Self.first)
    #expect(
      result.text
        == "{\"width\": 3, \"height\": 3, \"values\": [[89, 111, 101], [85, 111, 101], [98, 117, 113]]}\n"
    )
    let explained = try run("-k", "[1,1]", "--json", "--explain", input: "1 2")
    #expect(explained.text.contains("\"arithmetic\": \"1·1 + 2·1 = 3; 3 / 2 = 1.5\""))
  }

  @Test("cuts results only where --range says so")
  func range() throws {
    #expect(try run("-k", "[100]:scale=1", input: "-1 2.5 7").text == "-100   250   700\n")
    #expect(
      try run("-k", "[100]:scale=1", "--range", "clamp", input: "-1 2.5 7").text
        == "  0  250  255\n")
    #expect(try run("-k", "[-1,1]", "--range", "abs", input: "5 2").text == "3\n")
  }

  @Test("refuses, with the number and what to do, what takes too much")
  func limits() throws {
    let wide = try run("-k", "box:dilation=65535,padding=full", input: "1 2 3\n4 5 6\n")
    #expect(wide.status == .exited(1) && wide.output.isEmpty)
    #expect(
      wide.errors.contains("the result would have 1.72e10 numbers, the limit is 2097152; use"))
    let memory = try run("-k", "box", "--limit-memory", "1K", input: Self.first)
    #expect(memory.status == .exited(1))
    #expect(memory.errors.contains("needs 2.2 KiB of memory, the limit is 1 KiB; use smaller"))
    #expect(memory.errors.contains("--limit-memory 1M"))
    #expect(try run("-k", "box", "--limit-memory", "x", input: "1").status == .exited(64))
    let empty = try run("-k", "avgpool:size=3,padding=full,dilation=2", input: "1 2\n")
    #expect(empty.status == .exited(1))
    #expect(empty.errors.contains("windows of row 2 of the result meet no number"))
  }

  @Test("says where a text is wrong, with status 1")
  func errors() throws {
    let junk = try run("-k", "box", input: "1 2\n3 x\n")
    #expect(junk.status == .exited(1) && junk.output.isEmpty)
    #expect(junk.errors.contains("standard input:2:3: error: expected a number, found 'x'"))
    let missing = try CommandRunner.run(["matrix", "-k", "box", "/nowhere/numbers.txt"])
    #expect(missing.status == .exited(1))
    #expect(missing.errors.contains("/nowhere/numbers.txt: error: there is no such file"))
    let small = try run("-k", "box:5", input: "1 2\n3 4\n")
    #expect(small.status == .exited(1))
    #expect(small.errors.contains("spans 5 samples but the padded row has only 2"))
    let unknown = try run("-k", "sharpne", input: "1")
    #expect(unknown.status == .exited(64))
    #expect(unknown.errors.contains("did you mean 'sharpen'?"))
  }
}
