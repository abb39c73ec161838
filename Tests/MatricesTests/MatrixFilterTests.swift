import KernelLanguage
import Matrices
import Testing

@Suite("A filtered matrix")
struct MatrixFilterTests {
  static let first = NumberGrid(
    width: 5, height: 5,
    values: [
      105, 102, 100, 97, 96, 103, 99, 103, 101, 102, 101, 98, 104, 102, 100, 99, 101, 106, 104, 99,
      104, 104, 104, 100, 98,
    ])
  static let second = NumberGrid(
    width: 5, height: 5,
    values: [
      60, 113, 56, 139, 85, 73, 121, 54, 84, 128, 131, 99, 70, 129, 127, 80, 57, 115, 69, 134, 104,
      126, 123, 95, 130,
    ])

  private func run(
    _ grid: NumberGrid, _ specs: String..., options: (inout FilterOptions) -> Void = { _ in },
    range: ResultRange? = nil
  ) throws -> NumberGrid {
    var chosen = FilterOptions()
    options(&chosen)
    let stages = try specs.map { spec throws(KernelError) in try KernelSpec.parse(spec) }
    return try MatrixFilter(stages, options: chosen, range: range).run([grid])[0]
  }

  private func row(_ values: Double...) -> NumberGrid {
    NumberGrid(width: values.count, height: 1, values: values)
  }

  @Test("is the lecture's first example: 89, 111 and the others")
  func lecture() throws {
    let result = try run(Self.first, "sharpen")
    #expect(result.width == 3 && result.height == 3)
    // SciPy: correlate(image, kernel, mode='valid').
    #expect(result.values == [89, 111, 101, 85, 111, 101, 98, 117, 113])
  }

  @Test("is the lecture's second example with zeros around: 114 first")
  func zeroPadding() throws {
    let result = try run(Self.second, "sharpen:padding=zero")
    #expect(result.width == 5 && result.height == 5)
    #expect(result.values.first == 114 && result.values.first == 5 * 60 - 113 - 73)
    let other = try run(Self.second, "sharpen", options: { $0.geometry.padding = .zero })
    #expect(other == result)
  }

  @Test("is a correlation, or with flip the convolution of textbooks")
  func flip() throws {
    let values = [Double](repeating: 0, count: 24) + [10] + [Double](repeating: 0, count: 24)
    let impulse = NumberGrid(width: 7, height: 7, values: values)
    let spec = "3x3: 1,2,3,4,5,6,7,8,9 :scale=1"
    let correlated = try run(impulse, spec)
    #expect(correlated.row(1).dropFirst().prefix(3) == [90, 80, 70])
    #expect(correlated.row(3).dropFirst().prefix(3) == [30, 20, 10])
    let convolved = try run(impulse, spec, options: { $0.flip = true })
    #expect(convolved.row(1).dropFirst().prefix(3) == [10, 20, 30])
    // numpy.convolve([1, 2, 4, 8], [1, 0, -1], 'valid') and 'full'
    let signal = row(1, 2, 4, 8)
    #expect(try run(signal, "[1,0,-1]", options: { $0.flip = true }).values == [3, 6])
    #expect(try run(signal, "[1,0,-1]").values == [-3, -6])
  }

  @Test("meets an even kernel at its anchor, as the peers' table says")
  func anchors() throws {
    let impulse = row(0, 0, 0, 10, 0, 0, 0)
    let spec = "[1,2,3,4]:scale=1,padding=replicate"
    #expect(try run(impulse, spec).values == [0, 0, 40, 30, 20, 10, 0])
    #expect(try run(impulse, spec + ",anchor=1,0").values == [0, 40, 30, 20, 10, 0, 0])
    let option = try run(impulse, spec, options: { $0.anchor = Kernel.Anchor(x: 1, y: 0) })
    #expect(option.values == [0, 40, 30, 20, 10, 0, 0])
  }

  @Test(
    "knows every padding",
    arguments: [
      // SciPy's modes constant, nearest, reflect, mirror, wrap of [1, 2, 3, 4] with [1, 1, 1, 0, 0].
      ("zero", [1.0, 3, 6, 9]), ("constant:10", [21, 13, 6, 9]), ("replicate", [3, 4, 6, 9]),
      ("reflect", [4, 4, 6, 9]), ("reflect101", [6, 5, 6, 9]), ("wrap", [8, 7, 6, 9]),
      ("valid", []), ("truncate", [3, 4.5, 6, 9]),
    ])
  func paddings(name: String, expected: [Double]) throws {
    if name == "valid" {
      #expect(try run(row(1, 2, 3, 4, 5), "[1,1,1,0,0]:scale=1").values == [6])
      return
    }
    let spec = name == "truncate" ? "[1,1,1,0,0]:scale=1" : "[1,1,1,0,0]:scale=1"
    #expect(try run(row(1, 2, 3, 4), spec + ",padding=\(name)").values == expected)
  }

  @Test("has no noise of binary fractions")
  func decimals() throws {
    #expect(try run(row(0.1, 0.2), "[1,1]:scale=1").values == [0.3])
    #expect(try run(row(0.1, 0.2, -0.3), "[1,1,1]:scale=1").values == [0])
    #expect(try run(row(1.1, 2.2, 3.3), "[0.1,0.1,0.1]:scale=1").values == [0.66])
    #expect(try run(row(0.7, 0.1), "[1,1]:scale=0.1").values == [8])
    #expect(try run(row(1, 1), "[1,1]:scale=3").values == [0.666666666666667])
    #expect(
      try run(row(4_503_599_627_370_497, -1), "[1,1]:scale=1").values == [4_503_599_627_370_496])
    #expect(try run(row(1e-30, 2e-30), "[1,1]:scale=1").values == [3e-30])
  }

  @Test("strides, dilates, pools and chains")
  func geometry() throws {
    let ramp = NumberGrid(width: 4, height: 4, values: (0..<16).map(Double.init))
    #expect(try run(ramp, "[1]:stride=2").values == [0, 2, 8, 10])
    #expect(try run(ramp, "[1,1]:scale=1,dilation=3").values == [3, 11, 19, 27])
    #expect(try run(ramp, "maxpool").values == [5, 7, 13, 15])
    #expect(try run(ramp, "minpool").values == [0, 2, 8, 10])
    #expect(try run(ramp, "avgpool").values == [2.5, 4.5, 10.5, 12.5])
    #expect(try run(ramp, "maxpool:size=3,stride=1").values == [10, 11, 14, 15])
    #expect(try run(ramp, "box:2", "maxpool:2,stride=1", "[2]:scale=1").values == [15, 17, 23, 25])
  }

  @Test("counts live samples only in an average pooling")
  func livePooling() throws {
    let nines = NumberGrid(width: 5, height: 5, values: [Double](repeating: 9, count: 25))
    let pooled = try run(nines, "avgpool:3,stride=1,padding=zero")
    #expect(pooled.values == [Double](repeating: 9, count: 25))
    let negative = try run(row(-1, -2, -3), "maxpool:size=3x1,stride=1,padding=zero")
    #expect(negative.values == [-1, -1, -2])
  }

  @Test("takes a row or a column as a signal, for kernels of any shape")
  func signals() throws {
    let column = NumberGrid(width: 1, height: 4, values: [1, 2, 4, 8])
    #expect(try run(column, "[1,0,-1]").values == [-3, -6])
    #expect(try run(column, "[1,0,-1]").width == 1)
    #expect(try run(row(1, 2, 4, 8), "[[1],[0],[-1]]").values == [-3, -6])
    #expect(try run(row(1, 2, 6), "box").values == [3])
    #expect(try run(row(1, 2, 4, 8), "sobel-x").values == [12, 24])
    #expect(try run(row(1, 5, 4, 8), "maxpool").values == [5, 8])
    #expect(try run(column, "avgpool").values == [1.5, 6])
    // The same as a picture of rows that are all alike.
    let alike = NumberGrid(
      width: 6, height: 9, values: (0..<9).flatMap { _ in [1, 4, 2, 8, 5, 7] })
    for spec in ["gaussian:sigma=0.5", "sharpen", "sobel", "unsharp:0.5", "edge", "emboss"] {
      let middle = try run(alike, spec)
      #expect(
        try run(row(1, 4, 2, 8, 5, 7), spec).values == Array(middle.row(middle.height / 2)),
        "\(spec)")
    }
  }

  @Test("of planes sums over them for a K×K×C kernel")
  func planes() throws {
    let planes = [1.0, 10, 100].map { NumberGrid(width: 2, height: 1, values: [$0, 2 * $0]) }
    let sum = try MatrixFilter([KernelSpec.parse("[[[1]],[[2]],[[3]]]:scale=1")]).run(planes)
    #expect(sum == [row(321, 642)])
    let each = try MatrixFilter([KernelSpec.parse("[2]:scale=1")]).run(planes)
    #expect(each.map(\.values) == [[2, 4], [20, 40], [200, 400]])
    #expect(throws: FilterError.depthMismatch(stage: "[[[1]],[[2]]]", depth: 2, channels: 3)) {
      try MatrixFilter([KernelSpec.parse("[[[1]],[[2]]]")]).run(planes)
    }
  }

  @Test("combines the kernels of a set")
  func sets() throws {
    let signal = row(3, 0, -4)
    for (how, expected) in [("max", 3.0), ("min", -4), ("sum", -1), ("l2", 5)] {
      let spec = "[1,0,0];[0,0,1]:combine=\(how)"
      #expect(try run(signal, spec).values == [expected])
    }
  }

  @Test("obeys scale, normalization, offset and range")
  func results() throws {
    let signal = row(10, 20, 90)
    #expect(try run(signal, "[1,1,1]").values == [40])
    #expect(try run(signal, "[1,1,1]", options: { $0.scale = .value(2) }).values == [60])
    #expect(try run(signal, "[1,1,1]:scale=1", options: { $0.scale = .sum }).values == [40])
    #expect(try run(signal, "[-1,0,1]", options: { $0.offset = .levels(0.5) }).values == [80.5])
    #expect(try run(signal, "[-1,0,1]", options: { $0.offset = .percent(50) }).values == [207.5])
    #expect(try run(signal, "[-2,0,2]", options: { $0.normalization = .unit }).values == [80])
    #expect(
      try run(signal, "[-2,1,2]", options: { $0.normalization = .balanced }).values.count == 1)
    #expect(try run(signal, "[1,0,-1]:scale=3", range: .clamp).values == [0])
    #expect(try run(signal, "[1,0,-1]:scale=3", range: .absolute).values == [27])
    #expect(try run(signal, "[1,0,-1]:scale=3", range: .offset).values == [101])
    #expect(try run(row(0, 1, 3, 7), "[-1,1]", range: .auto).values == [0, 85, 255])
    #expect(try run(row(4), "[-1]:scale=2,offset=128").values == [126])
  }

  @Test("tells how each number came about")
  func explained() throws {
    var windows: [WindowArithmetic] = []
    _ = try MatrixFilter([KernelSpec.parse("sharpen")]).run([Self.first]) { windows.append($0) }
    #expect(windows.count == 9)
    guard case .sum(let sum)? = windows.first?.form else {
      Issue.record("no sum")
      return
    }
    #expect(sum.terms.map(\.value) == [105, 102, 100, 103, 99, 103, 101, 98, 104])
    #expect(sum.terms.map(\.weight) == [0, -1, 0, -1, 5, -1, 0, -1, 0])
    #expect(sum.result == 89 && windows[0].x == 0 && windows[1].x == 1 && windows[1].result == 111)
  }

  @Test("says what does not fit")
  func misfits() throws {
    #expect(
      throws: FilterError.windowTooLarge(stage: "box:7", window: 7, padded: 5, axis: "row")
    ) { try run(Self.first, "box:7") }
    #expect(throws: FilterError.mixedSet(stage: "[1,1];[1]")) { try run(Self.first, "[1,1];[1]") }
    #expect(
      throws: FilterError.anchorOutside(stage: "box", x: 3, y: 0, width: 3, height: 3)
    ) { try run(Self.first, "box", options: { $0.anchor = Kernel.Anchor(x: 3, y: 0) }) }
  }
}
