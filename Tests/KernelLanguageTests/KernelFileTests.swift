import KernelLanguage
import Testing

@Suite("A kernel file")
struct KernelFileTests {
  private func read(_ text: String) throws(KernelError) -> Stage {
    let sources = KernelSources(
      file: { _ throws(KernelError) in Array(text.utf8) },
      filter: { model, _ throws(KernelError) in throw .unusableModel(model, reason: "") })
    return try KernelSpec.parse("k.mat", sources: sources)
  }

  private func kernel(_ text: String) throws -> Kernel {
    try #require(try read(text).kernels.first)
  }

  @Test("is the libvips matrix, with the separators of libvips")
  func matrix() throws {
    let plain = try kernel("3 2\n1 2 3\n4 5 6\n")
    #expect(plain.taps == [1, 2, 3, 4, 5, 6] && plain.scale == nil && plain.offset == 0)
    let scaled = try kernel("3,2;8\t128\r\n1,2,3\r\n\"4\" 5;6")
    #expect(scaled.taps == plain.taps && scaled.scale == 8 && scaled.offset == 128)
  }

  @Test("takes its title from the first comment and ignores the others and blank lines")
  func comments() throws {
    let kernel = try kernel("\n# A title \n# more\n\n2 1 # size\n# row\n1 -2.5e1 # taps\n\n# end")
    #expect(kernel.title == "A title" && kernel.taps == [1, -25])
  }

  @Test("keeps an anchor")
  func anchor() throws {
    #expect(try kernel("# anchor: 1 0\n4 1\n1 2 3 4\n").anchor == Kernel.Anchor(x: 1, y: 0))
  }

  @Test("may hold planes of a K×K×C kernel")
  func planes() throws {
    let kernel = try kernel("2x1x3 2\n1 2\n\n3 4\n5 6\n")
    #expect(kernel.depth == 3 && kernel.taps == [1, 3, 5, 2, 4, 6] && kernel.scale == 2)
  }

  @Test("may hold any inline form, over several lines, and several kernels")
  func inline() throws {
    #expect(try kernel("# t\n3x1:\n1, 2, # two\n3\n").taps == [1, 2, 3])
    #expect(try kernel("[[1, 2],\n [3, 4]]\n").taps == [1, 2, 3, 4])
    #expect(try read("3x1: 1,2,3;\n1x1: 4;\n[[5]]").kernels.map(\.taps) == [[1, 2, 3], [4], [5]])
  }

  @Test(
    "is refused with line and column where it is wrong",
    arguments: [
      ("", "k.mat:1:1: a width and a height are missing, as in '3 3'"),
      ("# only a title\n", "k.mat:2:1: a width and a height are missing, as in '3 3'"),
      ("3\n", "k.mat:1:1: the first line has 1 number; expected 'width height [scale [offset]]'"),
      (
        "3 3 1 0 9\n",
        "k.mat:1:1: the first line has 5 numbers; expected 'width height [scale [offset]]'"
      ),
      ("3 x\n", "k.mat:1:3: expected a number, found 'x'"),
      ("4x 1\n", "k.mat:1:1: expected a whole number from 1, found '4x'"),
      ("0 3\n", "k.mat:1:1: expected a whole number from 1, found '0'"),
      (
        "2 1 0\n1 2\n",
        "k.mat:1:5: the scale is a divisor and cannot be 0; leave it out for the sum of the taps"
      ),
      ("2 2\n1 4x\n3 4\n", "k.mat:2:3: expected a number, found '4x'"),
      ("2 2\n1 2\n3\n", "k.mat:3:2: row 2 ends after 1 of 2 numbers"),
      ("2 2\n1 2\n", "k.mat:3:1: the text ends after 1 of 2 rows"),
      ("2 2\n1 2\n3 4 5\n", "k.mat:3:5: '5' is surplus; the header says 2 columns and 2 rows"),
      ("2 2\n1 2\n3 4\n\n5 6\n", "k.mat:5:1: '5' is surplus; the header says 2 columns and 2 rows"),
      ("2 2\n1 2\n3 4\njunk\n", "k.mat:4:1: expected a number, found 'junk'"),
      ("2 1\n1 0x10\n", "k.mat:2:3: expected a number, found '0x10'"),
      ("2 1\n1 inf\n", "k.mat:2:3: expected a number, found 'inf'"),
      (
        "99999999999 99999999999\n",
        "a kernel of 99999999999×99999999999 taps is too large (at most 16777216 taps);"
          + " use a smaller one"
      ),
      ("# anchor: 4 0\n4 1\n1 2 3 4\n", "k.mat:1:1: the origin +4+0 lies outside the 4×1 taps"),
      ("\u{0}\u{1}PNG", "k.mat:1:1: expected a number, found '??PNG'"),
    ])
  func errors(text: String, message: String) {
    do {
      let stage = try read(text)
      Issue.record("read as \(stage)")
    } catch {
      #expect(error.description == message)
    }
  }

  @Test(
    "written from a kernel reads back as the same kernel",
    arguments: [
      "sharpen", "pillow-emboss", "gabor:angle=30", "log:sigma=1.7", "4x1+1+0: 1,2,3,4",
      "[[[0.1,-2]],[[1e-7,3]],[[12345.678,0]]]:scale=7,offset=-3", "disk",
    ])
  func roundTrip(text: String) throws {
    let kernel = try #require(try KernelSpec.parse(text).kernels.first)
    #expect(try self.kernel(kernel.fileText()) == kernel)
  }
}
