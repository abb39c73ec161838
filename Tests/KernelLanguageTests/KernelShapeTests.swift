import KernelLanguage
import Testing

@Suite("The shape of a kernel")
struct KernelShapeTests {
  @Test(
    "tells its rank",
    arguments: [
      ("sobel-x", 1), ("box:size=7x3", 1), ("sharpen", 2), ("edge", 2), ("laplacian-4", 2),
      ("[[1,2,3],[4,5,6],[7,8,9]]", 2), ("[[1,2,3],[4,5,6],[7,8,10]]", 3), ("[[0,0],[0,0]]", 0),
      ("identity:size=5", 1), ("gaussian:sigma=2", 1), ("binomial:size=9", 1), ("log:sigma=2", 2),
      ("dog:1,2", 2), ("[[0.1,0.2],[0.3,0.6]]", 1), ("[[0.1,0.2],[0.3,0.60001]]", 2),
      ("log-9x9", 5), ("[1,2,3]", 1), ("[[1],[2]]", 1), ("roberts-x", 2),
    ])
  func rank(spec: String, rank: Int) throws {
    #expect(try kernel(spec).rank == rank)
  }

  @Test("a large kernel tells whether it is separable, and not its rank")
  func largeKernels() throws {
    for (spec, isSeparable) in [("disk:600", false), ("square:600", true), ("diamond:300", false)] {
      let kernel = try kernel(spec)
      #expect(kernel.rank == nil && kernel.isSeparable == isSeparable, "\(spec)")
      #expect((kernel.separated() != nil) == isSeparable)
    }
    #expect(try kernel("gaussian:500").rank == 1 && kernel("disk:100").rank != nil)
    #expect(try kernel("[[0,0],[0,0]]:scale=1").isSeparable == false)
    #expect(try kernel("[[0,0],[0,3]]").isSeparable == true)
    #expect(try kernel("[[0,0],[2,3]]").isSeparable == true)
    #expect(try kernel("[[0,1],[2,3]]").isSeparable == false)
  }

  @Test(
    "rank is 1 exactly where a column and a row give all taps",
    arguments: [
      "sobel-x", "sobel-y", "prewitt-y", "scharr-x", "box:5x3", "binomial:size=5", "vertical",
      "[[2,4],[-3,-6]]", "[[0,0,0],[0,-2,4],[0,1,-2]]", "[[-1,-1],[-1,-1]]", "identity:size=3",
      "[[0.1,0.2],[0.3,0.6]]", "gaussian:sigma=1.3",
    ])
  func separated(spec: String) throws {
    let kernel = try kernel(spec)
    let factors = try #require(kernel.separated())
    let products = factors.column.flatMap { y in factors.row.map { y * $0 } }
    #expect(zip(products, kernel.taps).allSatisfy { abs($0 - $1) < 1e-15 })
    let whole = kernel.taps.allSatisfy { $0 == $0.rounded() }
    #expect(!whole || products == kernel.taps)
    #expect(try self.kernel("sharpen").separated() == nil)
  }

  private func kernel(_ text: String) throws -> Kernel {
    try #require(KernelSpec.parse(text).kernels.first)
  }

  @Test("shows Sobel's factors as everybody writes them")
  func sobel() throws {
    #expect(
      try kernel("sobel-x").separated() == Kernel.Factors(column: [1, 2, 1], row: [-1, 0, 1]))
    #expect(
      try kernel("sobel-y").separated() == Kernel.Factors(column: [-1, 0, 1], row: [1, 2, 1]))
  }

  @Test("turns by quarters exactly, whatever its size")
  func quarters() throws {
    let grid = try kernel("[[1,2,3],[4,5,6]]:anchor=0,1")
    let turned = try grid.turned(by: 90)
    #expect(turned.taps == [4, 1, 5, 2, 6, 3] && turned.width == 2 && turned.height == 3)
    #expect(turned.anchor == Kernel.Anchor(x: 0, y: 0))
    #expect(try grid.turned(by: 180).taps == [6, 5, 4, 3, 2, 1])
    #expect(try grid.turned(by: -90).taps == [3, 6, 2, 5, 1, 4])
    #expect(try grid.turned(by: 720).taps == grid.taps)
    #expect(try grid.turned(by: 360 + 90) == turned)
    #expect(grid.transposed().taps == [1, 4, 2, 5, 3, 6])
    #expect(grid.transposed().transposed() == grid)
  }

  @Test("turns 3×3 kernels by eighths exactly, ring by ring")
  func eighths() throws {
    let turned = try kernel("[[1,2,3],[8,9,4],[7,6,5]]").turned(by: 45)
    #expect(turned.taps == [8, 1, 2, 7, 9, 3, 6, 5, 4])
    #expect(try turned.turned(by: 45) == kernel("[[1,2,3],[8,9,4],[7,6,5]]").turned(by: 90))
  }

  @Test("keeps sum and, in steps, the whole turn", arguments: [10.0, 22.5, 30, 77])
  func anyAngle(angle: Double) throws {
    for spec in ["sobel-x", "log-5x5", "kirsch-x", "[[1,2],[3,5]]", "[1,2,5]"] {
      let kernel = try kernel(spec)
      let turned = try kernel.turned(by: angle)
      #expect(abs(turned.sum - kernel.sum) < 1e-12 * max(kernel.magnitude, 1), "\(spec)")
      let back = try kernel.turned(by: angle + 180).turned(by: 180)
      #expect(zip(back.taps, turned.taps).allSatisfy { abs($0 - $1) < 1e-12 })
    }
  }

  @Test("turned keeps scale, offset and what the offset counts")
  func settings() throws {
    var kernel = try kernel("[[1,2],[3,4]]:scale=7,offset=3")
    kernel.offsetWhite = 255
    for turned in [try kernel.turned(by: 90), try kernel.turned(by: 30), kernel.transposed()] {
      #expect(turned.scale == 7 && turned.offset == 3 && turned.offsetWhite == 255)
    }
  }

  @Test("flipped twice is the same kernel, and an even one keeps its tap under the anchor")
  func flipped() throws {
    let even = try kernel("[1,2,3,4]")
    #expect(even.flipped().taps == [4, 3, 2, 1])
    #expect(even.flipped().origin == Kernel.Anchor(x: 1, y: 0))
    #expect(even.flipped().flipped() == even)
    #expect(try kernel("[1,2,3]").flipped().anchor == nil)
  }

  @Test(
    "tells whether the picture's orientation matters",
    arguments: [
      ("gaussian", false), ("box", false), ("box:size=3x5", true), ("sobel-x", true),
      ("sobel", false), ("kirsch", false), ("sharpen", false), ("unsharp", false),
      ("maxpool", false),
      ("maxpool:size=2x3", true), ("box:stride=2x1", true), ("emboss", true), ("motion", true),
      ("gaussian:sigma-x=2", true), ("box:size=2", true), ("edge:anchor=0,0", true),
      ("disk", false),
      ("sobel-x;sobel-y", true), ("roberts", true),
    ])
  func directional(spec: String, expected: Bool) throws {
    #expect(try KernelSpec.parse(spec).isDirectional == expected)
  }
}
