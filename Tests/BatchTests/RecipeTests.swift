import PictureSupport
import Raster
import TestSupport
import Testing

@testable import convfilter

@Suite("apply, recipes")
struct RecipeTests {
  let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
    try folder.write(TestPictures.pattern(), to: "in.png")
    try folder.write(Array("3 3\n1 1 1\n1 2 1\n1 1 1\n".utf8), to: "recipes/my k.txt")
  }

  private func write(_ text: String, to name: String = "recipes/web.recipe") throws {
    try folder.write(Array(text.utf8), to: name)
  }

  private func run(_ words: String...) throws -> CommandResult {
    try CommandRunner.run(["apply"] + words, folder: folder.path)
  }

  @Test("an option a line does what it does among the words")
  func options() throws {
    try write(
      "# for the web\r\n\n  --kernel gaussian:0.6\n-k 3x3: 0,-1,0, -1,5,-1, 0,-1,0 \n"
        + "--padding = wrap\n--kernel my k.txt:scale=9\n--flip\n")
    let recipe = try run("@recipes/web.recipe", "in.png", "a.png")
    #expect(recipe.status == .exited(0), "\(recipe.errors)")
    let words = try run(
      "-k", "gaussian:0.6", "-k", "3x3: 0,-1,0, -1,5,-1, 0,-1,0", "-k", "recipes/my k.txt:scale=9",
      "--padding", "wrap", "--flip", "in.png", "b.png")
    #expect(words.status == .exited(0), "\(words.errors)")
    #expect(folder.read("a.png") == folder.read("b.png"))
  }

  @Test("a byte order mark before the text is none of it")
  func byteOrderMark() throws {
    try write("\u{FEFF}-k box\n")
    let result = try run("@recipes/web.recipe", "in.png", "a.png")
    #expect(result.status == .exited(0), "\(result.errors)")
  }

  @Test("more kernels than a chain has are refused before any work")
  func tooMany() throws {
    try write(String(repeating: "-k box\n", count: 20_000))
    let recipe = try run("@recipes/web.recipe", "in.png", "a.png")
    #expect(recipe.status == .exited(64))
    #expect(
      recipe.errors.hasPrefix(
        "convfilter: error: recipes/web.recipe:2001: a recipe has at most 2000 options\n"),
      "\(recipe.errors)")
    let words = [[String]](repeating: ["-k", "box"], count: 1001).flatMap { $0 }
    for (command, rest) in [
      ("apply", ["in.png", "a.png"]), ("matrix", []), ("sheet", ["in.png", "-o", "a.png"]),
      ("explore", ["in.png", "-o", "a.html"]),
    ] {
      let chain = try CommandRunner.run([command] + words + rest, folder: folder.path)
      #expect(chain.status == .exited(64))
      #expect(
        chain.errors.hasPrefix(
          "convfilter: error: --kernel is there 1001 times; a chain has at most 1000 kernels\n"),
        "\(chain.errors)")
    }
  }

  @Test("words that follow win, or add kernels")
  func order() throws {
    try write("--kernel box\n--padding wrap\n")
    #expect(
      try run("@recipes/web.recipe", "--padding", "zero", "-k", "emboss", "in.png", "a.png").status
        == .exited(0))
    #expect(
      try run("-k", "box", "-k", "emboss", "--padding", "zero", "in.png", "b.png").status
        == .exited(0))
    #expect(folder.read("a.png") == folder.read("b.png"))
    #expect(
      try run("--padding", "zero", "-k", "emboss", "@recipes/web.recipe", "in.png", "c.png").status
        == .exited(0))
    #expect(
      try run("-k", "emboss", "-k", "box", "--padding", "wrap", "in.png", "d.png").status
        == .exited(0))
    #expect(folder.read("c.png") == folder.read("d.png"))
  }

  @Test(
    "what is wrong says file and line",
    arguments: [
      "--kernel box\n\n--qualty 3\n":
        "r:3: there is no option '--qualty'; did you mean '--quality'?",
      "--kernel box\n--quality 500": "r:2: --quality 500: must be 1 to 100",
      "# x\n--kernel sharpenn": "r:2: --kernel 'sharpenn': no kernel and no file is called",
      "--kernel lost.txt": "r:1: --kernel './lost.txt': no kernel and no file",
      "box": "r:1: 'box' is no option", "--": "r:1: '--' is no option",
      "--flip yes": "r:1: --flip takes no value", "-k": "r:1: -k needs a value behind it",
      "--kernel box\n--quality x": "r:2: The value 'x' is invalid",
      "-k box\n\u{0}": "@r: is no text",
      "--kernel box\n--help": "r:2: there is no option '--help'",
    ])
  func mistakes(text: String, message: String) throws {
    try write(text, to: "r")
    let result = try run("@r", "in.png", "a.png")
    #expect(result.status == .exited(64))
    #expect(result.errors.contains("error: " + message), "\(result.errors)")
    #expect(folder.read("a.png") == nil)
  }

  @Test("only a word by itself is a recipe, and no picture is one")
  func names() throws {
    try folder.write(TestPictures.pattern(), to: "@2x.png")
    #expect(try run("-k", "box", "@2x.png", "a.png").status == .exited(0))
    let missing = try run("-k", "box", "@lost", "a.png")
    #expect(missing.status == .exited(64))
    #expect(
      missing.errors.contains("@lost: there is no such file; a picture of this name is './@lost'"))
    #expect(
      try run("-k", "@recipes/web.recipe", "in.png", "b.png").errors.contains("--kernel '@rec"))
    #expect(
      try run("-k", "box", "--", "@lost", "b.png").errors.contains("@lost: error: there is no"))
  }

  @Test("the options are those of the help")
  func list() {
    #expect(Recipe.options["--kernel"] == true && Recipe.options["-o"] == true)
    #expect(Recipe.options["--flip"] == false && Recipe.options["-n"] == false)
    #expect(Recipe.options["--limit-pixels"] == true && Recipe.options["--help"] == nil)
    #expect(Recipe.options.count > 40)
  }

  @Test("files stand beside the recipe, names and numbers stay")
  func kernels() {
    for (text, wanted) in [
      ("gaussian:2", "gaussian:2"), ("a.txt", "r/a.txt"), ("/x/a.txt:scale=2", "/x/a.txt:scale=2"),
      ("m.safetensors:conv1/5", "r/m.safetensors:conv1/5"), ("sub/k", "r/sub/k"),
      ("3x3: 0,-1,0, -1,5,-1, 0,-1,0", "3x3: 0,-1,0, -1,5,-1, 0,-1,0"), ("0.5,1,0.5", "0.5,1,0.5"),
      ("sobel-x;a.txt", "sobel-x;r/a.txt"), ("[1,0,-1]", "[1,0,-1]"), ("../a.txt", "r/../a.txt"),
      ("unknown", "unknown"), ("sobel:0.5", "sobel:0.5"),
    ] {
      #expect(Recipe.kernel(text, beside: FilePath("r")) == wanted)
    }
  }

  @Test("a mask stands beside the recipe")
  func mask() throws {
    let folder = try ScratchFolder()
    try folder.write(TestPictures.pattern(), to: "in.png")
    let black = [UInt8](repeating: 0, count: 24 * 16)
    try folder.write(TestPictures.png(24, 16, .gray, black), to: "r/m.png")
    try folder.write(Array("--kernel box\n--mask m.png\n".utf8), to: "r/a.recipe")
    let result = try CommandRunner.run(
      ["apply", "@r/a.recipe", "in.png", "out.png"], folder: folder.path)
    #expect(result.status == .exited(0), "\(result.errors)")
    #expect(
      try TestPictures.samples(folder.read("out.png"))
        == TestPictures.samples(folder.read("in.png")))
  }

  @Test("--explain shows kernels, steps and sizes, and writes nothing")
  func explain() throws {
    try folder.write(TestPictures.jpeg(), to: "b/c.jpg")
    let result = try run("-k", "gaussian:1", "-k", "maxpool:2", "--linear", "--explain", "b", "out")
    #expect(result.status == .exited(0), "\(result.errors)")
    let lines = result.text.split(separator: "\n").map(String.init)
    #expect(lines[0] == "from  b/c.jpg: 32x24 RGB, 8 bits")
    #expect(lines[1] == "to    out/c.jpg: JPEG, 16x12 RGB, 8 bits")
    #expect(lines.contains { $0.hasPrefix("gaussian:1  9x9") })
    #expect(lines.contains { $0.hasPrefix("maxpool:2   2x2") })
    #expect(lines.contains { $0.hasPrefix("to linear light") && $0.contains("32x24 RGB, 16 bits") })
    #expect(lines.last!.hasPrefix("memory  "))
    #expect(!folder.files.contains { $0.hasPrefix("out") })
    #expect(try run("-k", "box", "--explain", "lost.png", "out").status == .exited(1))
    #expect(try run("-k", "box", "--explain", "--quiet", "in.png", "out").status == .exited(64))
    let machine = try run("-k", "gaussian:1", "-k", "maxpool:2", "--explain", "--json", "b", "out")
    #expect(
      machine.text.contains(
        #""kernels": [{"kernel": "gaussian:1", "windows": "9x9"}, {"kernel": "maxpool:2""#))
    #expect(machine.text.contains(#""productsASample": "#) && machine.text.hasSuffix("}\n"))
  }
}
