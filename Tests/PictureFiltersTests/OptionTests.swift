import KernelLanguage
import PictureFilters
import Raster
import Testing

@Suite("Options of filters")
struct OptionTests {
  private let step: [UInt8] = [0, 0, 0, 100, 100, 0, 0, 0]

  @Test("the range says what becomes of negative results")
  func ranges() throws {
    let edge = correlate(kernel(3, 1, [-1, 0, 1]))
    func result(_ range: ResultRange) throws -> [UInt8] {
      var options = FilterOptions()
      options.range = range
      return try filtered(picture(8, 1, step), [edge], options)
    }
    #expect(try result(.clamp) == [0, 0, 100, 100, 0, 0, 0, 0])
    #expect(try result(.absolute) == [0, 0, 100, 100, 100, 100, 0, 0])
    #expect(try result(.offset) == [128, 128, 228, 228, 28, 28, 128, 128])
    #expect(try result(.auto) == [128, 128, 255, 255, 0, 0, 128, 128])
  }

  @Test("scale, offset and range act on the edge kernel of a chain, not on the blur before it")
  func targets() throws {
    var options = FilterOptions()
    options.scale = .value(2)
    options.range = .offset
    let chain = [correlate(box(1, 1)), correlate(kernel(3, 1, [-1, 0, 1]))]
    #expect(
      try filtered(picture(8, 1, step), chain, options) == [128, 128, 178, 178, 78, 78, 128, 128]
        as [UInt8])
  }

  @Test("an offset in per cent is a part of full intensity")
  func percent() throws {
    var options = FilterOptions()
    options.offset = .percent(50)
    let result: [UInt8] = try filtered(
      picture(2, 1, [0, 10] as [UInt8]), [correlate(box(1, 1))], options)
    #expect(result == [128, 138])
  }

  @Test("normalising brings weights to sum 1, or either sign to 1")
  func normalization() throws {
    var options = FilterOptions()
    options.normalization = .unit
    let weights = kernel(3, 1, [1, 2, 5], scale: 1)
    #expect(
      try filtered(picture(3, 1, [80, 80, 80] as [UInt8]), [correlate(weights)], options)
        == [80, 80, 80] as [UInt8])
    options.normalization = .balanced
    let edges = kernel(3, 1, [-4, 0, 2])
    #expect(
      try filtered(picture(3, 1, [10, 50, 90] as [UInt8]), [correlate(edges)], options)
        == [40, 80, 40] as [UInt8])
  }

  @Test("sixteen bits on request keep what eight would round")
  func depth() throws {
    var options = FilterOptions()
    options.depth = .sixteen
    let result: [UInt16] = try filtered(
      picture(3, 1, [0, 0, 1] as [UInt8]), [correlate(box(3, 1))], options)
    #expect(result == [0, 86, 171])
    let blurred: [UInt16] = try filtered(
      picture(3, 1, [9, 9, 9] as [UInt8]), [correlate(gaussian(1))], options)
    #expect(blurred == [2313, 2313, 2313])
    options.depth = .eight
    #expect(
      try filtered(picture(2, 1, [65535, 300] as [UInt16]), [correlate(box(1, 1))], options)
        == [255, 1] as [UInt8])
  }

  @Test("channels that are not chosen are copied")
  func channels() throws {
    var options = FilterOptions()
    options.channels = .only([1])
    let pixels: [UInt8] = [1, 0, 3, 4, 30, 6, 7, 60, 9]
    #expect(
      try filtered(picture(3, 1, .rgb, pixels), [correlate(box(3, 1))], options)
        == [1, 10, 3, 4, 30, 6, 7, 50, 9] as [UInt8])
  }

  @Test("the luma alone keeps the differences between the colours")
  func luma() throws {
    var options = FilterOptions()
    options.channels = .luma
    let pixels: [UInt8] = [110, 100, 90, 140, 130, 120, 110, 100, 90]
    let result: [UInt8] = try filtered(
      picture(3, 1, .rgb, pixels), [correlate(box(3, 1))], options)
    for pixel in 0..<3 {
      #expect(result[3 * pixel] - result[3 * pixel + 1] == 10)
      #expect(result[3 * pixel + 1] - result[3 * pixel + 2] == 10)
    }
    #expect(
      try filtered(picture(3, 1, .rgb, pixels), [correlate(box(1, 1))], options) == pixels)
  }

  @Test("a kernel of depth 3 sums over the channels into one plane")
  func depthThree() throws {
    let deep = Kernel(width: 1, height: 1, depth: 3, taps: [1, 2, 3], scale: 1)
    let pixels: [UInt8] = [1, 2, 3, 10, 20, 30]
    #expect(try filtered(picture(2, 1, .rgb, pixels), [correlate(deep)]) == [14, 140] as [UInt8])
    let alpha: [UInt8] = [1, 2, 3, 255, 10, 20, 30, 255]
    #expect(
      try filtered(picture(2, 1, .rgba, alpha), [correlate(deep)]) == [14, 255, 140, 255]
        as [UInt8])
    // Half transparent pixels weigh half.
    let mixed: [UInt8] = [10, 20, 30, 0, 30, 60, 90, 128]
    let mean = Kernel(width: 2, height: 1, depth: 3, taps: [1, 1, 1, 1, 1, 1])
    #expect(
      try filtered(picture(2, 1, .rgba, mixed), [correlate(mean)]) == [20, 0, 60, 64] as [UInt8])
    #expect(throws: FilterError.depthMismatch(stage: "kernel", depth: 3, channels: 1)) {
      try filtered(picture(2, 1, [1, 2] as [UInt8]), [correlate(deep)], as: UInt8.self)
    }
  }

  @Test("unsharp adds the difference to a blurred copy, above the threshold")
  func unsharp() throws {
    let soft = kernel(3, 1, [1, 1, 1])
    func result(_ threshold: Double) throws -> [UInt8] {
      try filtered(
        picture(4, 1, [50, 50, 80, 80] as [UInt8]),
        [Stage(.unsharp(soft, amount: 1, threshold: threshold), name: "unsharp")])
    }
    #expect(try result(0) == [50, 40, 90, 80])
    #expect(try result(10) == [50, 50, 80, 80])
  }

  @Test("a set takes the largest, smallest, whole or root of squares")
  func sets() throws {
    let left = kernel(3, 1, [1, 0, 0], scale: 1)
    let right = kernel(3, 1, [0, 0, 1], scale: 1)
    func result(_ combination: Combination) throws -> UInt8 {
      let all: [UInt8] = try filtered(
        picture(3, 1, [30, 0, 40] as [UInt8]),
        [Stage(.combine([left, right], combination), name: "set")])
      return all[1]
    }
    #expect(try result(.maximum) == 40)
    #expect(try result(.minimum) == 30)
    #expect(try result(.sum) == 70)
    #expect(try result(.magnitude) == 50)
  }

  @Test("refusals say what to do")
  func refusals() throws {
    let wide = correlate(box(7, 1), StageGeometry(padding: .valid))
    let error = #expect(throws: FilterError.self) {
      try filtered(picture(5, 1, [1, 2, 3, 4, 5] as [UInt8]), [wide], as: UInt8.self)
    }
    #expect(
      error?.description == "the kernel spans 7 samples but the padded row has only 5; "
        + "use a smaller kernel or another --padding")
    #expect(throws: FilterError.zeroScale(stage: "kernel")) {
      try filtered(
        picture(1, 1, [1] as [UInt8]), [correlate(kernel(1, 1, [1], scale: 0))], as: UInt8.self)
    }
    #expect(throws: FilterError.notPositive(stage: "kernel", what: "stride", value: 0)) {
      try filtered(
        picture(1, 1, [1] as [UInt8]), [correlate(box(1, 1), StageGeometry(strideX: 0))],
        as: UInt8.self)
    }
  }

  @Test("an unsharp mask whose kernel has collapsed is warned of")
  func collapsed() throws {
    let plan = try FilterPlan(
      input: picture(1, 1, [1] as [UInt8]).format,
      stages: [Stage(.unsharp(gaussian(0.1), amount: 1, threshold: 0), name: "sharpen")])
    #expect(plan.warnings == [.identity(stage: "sharpen")])
  }

  @Test("a Gaussian larger than the picture by far runs")
  func hugeGaussian() throws {
    let flat = [UInt8](repeating: 200, count: 50 * 35 * 3)
    #expect(try filtered(picture(50, 35, .rgb, flat), [correlate(gaussian(250))]) == flat)
  }

  @Test(
    "a kernel that its own negative sum turns over is named, one with a scale is not",
    arguments: [
      ("1x1: -1", true), ("[[-1]]:scale=1", false), ("[[-1]]:scale=-1", false),
      ("laplacian", false),
      ("3x1: 1,-3,1; 3x1: 1,1,1", true), ("sharpen", false),
    ])
  func turnedOver(spec: String, isNamed: Bool) throws {
    let plan = try FilterPlan(
      input: PictureFormat(width: 5, height: 5, color: .gray, sample: .uint8),
      stages: [try KernelSpec.parse(spec)])
    let named = plan.warnings.contains { if case .turnedOver = $0 { true } else { false } }
    #expect(named == isNamed)
  }

  @Test(
    "a filter whose parameters leave nothing of it is named",
    arguments: [
      ("disk:0", true), ("box:1", true), ("motion:1", true), ("median:1", true), ("erode:1", true),
      ("close:size=1", true), ("gaussian:0.1", true), ("identity", false), ("1x1: 1", false),
      ("box:1,offset=3", false), ("box:1,scale=2", false), ("box:3", false), ("gradient:1", false),
    ])
  func emptied(spec: String, isNamed: Bool) throws {
    let plan = try FilterPlan(
      input: PictureFormat(width: 5, height: 5, color: .gray, sample: .uint8),
      stages: [try KernelSpec.parse(spec)])
    #expect(plan.warnings == (isNamed ? [.identity(stage: spec)] : []))
  }

  @Test(
    "a resize that could only enlarge, and may not, is named",
    arguments: [
      ("resize:150%", true), ("resize:150%,enlarge=yes", false), ("resize:100%", false),
      ("resize:20", false),
    ])
  func kept(spec: String, isNamed: Bool) throws {
    let plan = try FilterPlan(
      input: PictureFormat(width: 5, height: 5, color: .gray, sample: .uint8),
      stages: [try KernelSpec.parse(spec)])
    #expect(plan.warnings == (isNamed ? [.keptSize(stage: spec)] : []))
  }

  @Test("floats that are cut to levels are spoken of, once they have been met")
  func cutNumbers() throws {
    func warnings(_ samples: [Float]) throws -> [FilterWarning] {
      var options = FilterOptions()
      options.depth = .eight
      let format = PictureFormat(width: 3, height: 1, color: .gray, sample: .float32)
      let plan = try FilterPlan(
        input: format, stages: [try KernelSpec.parse("identity")], options: options)
      #expect(plan.lateWarnings.isEmpty)
      try plan.run(
        PictureSource(Picture(format, samples: samples)), into: PictureSink(plan.output),
        team: ThreadTeam(threads: 1))
      return plan.lateWarnings
    }
    #expect(try warnings([0, 0.5, 1]).isEmpty)
    // Less than half a level is rounding.
    #expect(try warnings([-0.001, 0.5, 1.001]).isEmpty)
    for number in [1.1, -1, .nan, .infinity] as [Float] {
      #expect(try warnings([0, number, 1]) == [.cutNumbers])
    }
  }
}
