import KernelLanguage
import Libc
import PictureFilters
import Raster
import Testing

/// Stages that look at one pixel at a time, against their formulas.
@Suite("A stage that moves levels")
struct LevelTests {
  @Test("gray is within one level of Pillow, and its formula to the level")
  func gray() throws {
    let line = goldenLines("gray.tsv")[0]
    let samples = bytes(hex: line[1])
    let result: [UInt8] = try filtered(picture(16, 16, .rgb, samples), [change("gray")])
    // Pillow's weights are whole 65536ths: 19595, 38470, 7471.
    #expect(farthest(result, bytes(hex: line[2])) <= 1)
    for (spec, weights) in [
      ("grey", [0.299, 0.587, 0.114]), ("gray:709", [0.2126, 0.7152, 0.0722]),
    ] {
      let result: [UInt8] = try filtered(picture(16, 16, .rgb, samples), [change(spec)])
      for pixel in 0..<256 {
        let value = (0..<3).reduce(0) { $0 + weights[$1] * Double(samples[3 * pixel + $1]) }
        #expect(abs(Double(result[pixel]) - value) <= 0.5001)
      }
    }
  }

  @Test("gray keeps alpha, leaves gray alone, and has no meaning for inks")
  func grayColors() throws {
    let rgba: [UInt8] = [255, 0, 0, 7, 0, 0, 255, 200]
    let result: [UInt8] = try filtered(picture(2, 1, .rgba, rgba), [change("gray")])
    #expect(result == [76, 7, 29, 200])
    let wide: [UInt16] = [65535, 65535, 65535, 9]
    #expect(try made(1, 1, .rgba, wide, "gray") == [65535, 9])
    #expect(try made(2, 1, .gray, [1, 2] as [UInt8], "gray") == [1, 2])
    #expect(throws: FilterError.noColor(what: "gray")) {
      _ = try filtered(
        picture(1, 1, .cmyk, [1, 2, 3, 4] as [UInt8]), [change("gray")], as: UInt8.self)
    }
  }

  @Test("invert is full intensity minus the sample; alpha stays")
  func invert() throws {
    let samples: [UInt8] = [0, 1, 254, 33, 255, 100, 50, 255]
    let result: [UInt8] = try filtered(picture(2, 1, .rgba, samples), [change("invert")])
    #expect(result == [255, 254, 1, 33, 0, 155, 205, 255])
    let wide: [UInt16] = [0, 1, 65535, 40000]
    #expect(try made(4, 1, .gray, wide, "negate") == [65535, 65534, 0, 25535])
    var options = FilterOptions()
    options.channels = .only([1])
    #expect(
      try made(1, 1, .rgb, [1, 2, 3] as [UInt8], "invert", options)
        == [1, 253, 3])
  }

  @Test("levels and threshold are their formulas for every sample")
  func levels() throws {
    let all = (0...255).map { UInt8($0) }
    func result(_ spec: String) throws -> [UInt8] {
      try made(256, 1, .gray, all, spec)
    }
    for (spec, black, white, gamma) in [
      ("levels", 0.0, 255.0, 1.0), ("levels:20,230", 20, 230, 1),
      ("levels:10%,90%", 25.5, 229.5, 1),
      ("levels:black=30,white=200,gamma=2.2", 30, 200, 2.2), ("levels:200,30", 200, 30, 1),
      ("levels:-50,400,0.5", -50, 400, 0.5),
    ] {
      let result = try result(spec)
      for level in 0...255 {
        let part = min(max((Double(level) - black) / (white - black), 0), 1)
        #expect(
          abs(Double(result[level]) - 255 * pow(part, 1 / gamma)) <= 0.5001, "\(spec), \(level)")
      }
    }
    #expect(try result("threshold:128") == all.map { $0 >= 128 ? 255 : 0 })
    #expect(try result("threshold") == all.map { $0 >= 128 ? 255 : 0 })
    #expect(try result("threshold:0") == all.map { _ in 255 })
    #expect(try result("threshold:300") == all.map { _ in 0 })
  }

  @Test("levels are meant on the scale of the picture that was read")
  func scale() throws {
    let wide: [UInt16] = [127, 128, 32767, 32768]
    #expect(
      try made(4, 1, .gray, wide, "threshold:128") == [0, 65535, 65535, 65535])
    #expect(try made(4, 1, .gray, wide, "threshold:50%") == [0, 0, 0, 65535])
    var options = FilterOptions()
    options.depth = .sixteen
    // Widened before the second stage.
    let chain = [try change("levels:0,200"), try change("threshold:128")]
    #expect(
      try filtered(picture(2, 1, [100, 101] as [UInt8]), chain, options, as: UInt16.self)
        == [0, 65535])
  }

  @Test("options that mean nothing to a chain are refused, others act on the stages they fit")
  func options() throws {
    let format = PictureFormat(width: 9, height: 9, color: .rgb, sample: .uint8)
    func plan(_ specs: [String], _ set: (inout FilterOptions) -> Void) throws {
      var options = FilterOptions()
      set(&options)
      _ = try FilterPlan(input: format, stages: specs.map { try change($0) }, options: options)
    }
    #expect(throws: FilterError.meaningless(stage: "resize:5", option: "--channels")) {
      try plan(["resize:5"]) { $0.channels = .luma }
    }
    #expect(throws: FilterError.meaningless(stage: "invert", option: "--range")) {
      try plan(["invert"]) { $0.range = .absolute }
    }
    #expect(throws: FilterError.self) { try plan(["gray", "box"]) { $0.channels = .only([1]) } }
    try plan(["resize:5", "sharpen"]) { $0.channels = .luma }
    try plan(["resize:5", "sobel"]) { $0.range = .auto }
    try plan(["gray", "box"]) { $0.channels = .luma }
    try plan(["invert"]) { $0.channels = .luma }
  }
}
