import ConvEngine
import KernelLanguage
import PictureFilters
import Raster
import TestSupport
import Testing

@Suite("Filters whose weights depend on the picture")
struct LocalFilterTests {
  /// What rivals' sums in single precision, or of other lengths, may round otherwise; in levels.
  private func tolerance(_ spec: String) -> Int {
    spec.hasPrefix("bilateral") || spec.hasPrefix("unsharp") || spec.hasPrefix("localnorm") ? 1 : 0
  }

  @Test("equal OpenCV, NumPy and ImageMagick (Tests/Goldens/local.py)")
  func goldens() throws {
    var compared = 0
    for line in TestData.golden("local.tsv").split(separator: "\n") {
      let fields = line.split(separator: "\t").map(String.init)
      let numbers = fields[2...5].map { Int($0)! }
      let color: ColorModel = numbers[2] == 3 ? .rgb : .gray
      let stages = [try KernelSpec.parse(fields[1])]
      let got: [Int]
      let digits = numbers[3] / 4
      if numbers[3] == 8 {
        let picture = picture(
          numbers[0], numbers[1], color, samples(fields[6], digits: 2).map { UInt8($0) })
        got = try filtered(picture, stages, as: UInt8.self).map(Int.init)
      } else {
        let picture = picture(
          numbers[0], numbers[1], color, samples(fields[6], digits: 4).map { UInt16($0) })
        got = try filtered(picture, stages, as: UInt16.self).map(Int.init)
      }
      let wanted = samples(fields[8], digits: digits)
      let worst = zip(got, wanted).map { abs($0 - $1) }.max()!
      #expect(got.count == wanted.count && worst <= tolerance(fields[1]), "\(fields[1]): \(worst)")
      compared += 1
    }
    #expect(compared > 40)
  }

  private func samples(_ hex: String, digits: Int) -> [Int] {
    let bytes = Array(hex.utf8)
    return stride(from: 0, to: bytes.count, by: digits).map { start in
      Int(String(decoding: bytes[start..<start + digits], as: UTF8.self), radix: 16)!
    }
  }

  func random(_ color: ColorModel, _ width: Int, _ height: Int) -> Picture {
    var generator = SplitMix(state: 9)
    return picture(
      width, height, color,
      (0..<width * height * color.channels).map { _ in UInt8.random(in: 0...255, using: &generator)
      })
  }

  @Test("where nothing but the same is alike, the picture stays as it is")
  func leastLikeness() throws {
    for spec in [
      "nlmeans:1e-300", "nlmeans:strength=1e-200", "bilateral:sigma-color=1e-300",
      "bilateral:sigma-space=1e-300", "gaussian:sigma=1e-300", "unsharp:sigma=1e-200",
      "comet:sigma=1e-300", "gabor:sigma=1e-300",
    ] {
      for color in [ColorModel.gray, .rgb] {
        let given = random(color, 31, 30)
        let result = try filtered(given, [KernelSpec.parse(spec)], as: UInt8.self)
        let samples = try filtered(given, [KernelSpec.parse("identity")], as: UInt8.self)
        #expect(result == samples, "\(spec) \(color)")
        let words = (0..<31 * 30 * color.channels).map { UInt16(samples[$0]) * 257 }
        #expect(
          try filtered(
            picture(31, 30, color, words), [KernelSpec.parse(spec)], as: UInt16.self) == words,
          "\(spec) \(color), 16 bits")
      }
    }
  }

  @Test("edges of bytes equal those of the same numbers in words, for any number of threads")
  func edges() throws {
    var generator = SplitMix(state: 5)
    for (width, height) in [(1, 1), (1, 9), (9, 1), (16, 16), (33, 20), (130, 70)] {
      for color in [ColorModel.gray, .grayAlpha, .rgb, .rgba] {
        let count = width * height * color.channels
        // Flat parts, slopes and noise: sizes are often equal.
        let bytes = (0..<count).map { place -> UInt8 in
          let noise = UInt8.random(in: 0...(place % 3 == 0 ? 60 : 1), using: &generator)
          return UInt8(place / 5 % 40 * 6) ^ noise
        }
        for spec in [
          "canny:low=40,high=300", "canny:low=0,high=0,norm=l2", "canny:low=90,high=700,norm=l2",
        ] {
          let stages = [try KernelSpec.parse(spec)]
          let narrow: [UInt8] = try filtered(
            picture(width, height, color, bytes), stages, threads: 1 + count % 4)
          let wide: [UInt16] = try filtered(
            picture(width, height, color, bytes.map { UInt16($0) * 257 }), stages)
          let step = color.hasAlpha ? 2 : 1
          for place in stride(from: 0, to: narrow.count, by: step) {
            #expect((narrow[place] == 255) == (wide[place] == 65535), "\(spec) \(width)x\(height)")
          }
        }
      }
    }
  }

  @Test("threads and what comes before and after change nothing")
  func threads() throws {
    let source = random(.rgba, 70, 300)
    for text in ["canny:low=300,high=700", "clahe:clip=2", "localnorm:5", "bilateral"] {
      let stage = try KernelSpec.parse(text)
      let around = [
        try KernelSpec.parse("median"), stage, try KernelSpec.parse("dilate:size=2"),
      ]
      let one: [UInt8] = try filtered(source, around, threads: 1)
      let three: [UInt8] = try filtered(source, around, threads: 3)
      #expect(one == three, "\(text)")
      // The same, a stage at a time.
      var format = source.format
      var samples: [UInt8] = source.samples()
      for stage in around {
        let step = Picture(format, samples: samples)
        let plan = try FilterPlan(input: format, stages: [stage])
        samples = try filtered(step, [stage])
        format = plan.output
      }
      #expect(one == samples, "\(text)")
    }
  }

  @Test("CLAHE of a colour picture changes its luma alone, or the channels that are chosen")
  func claheOfColours() throws {
    let source = random(.rgb, 40, 24)
    let before: [UInt8] = source.samples()
    let stage = try KernelSpec.parse("clahe:clip=2,tiles=2")
    var options = FilterOptions()
    options.channels = .luma
    let plain: [UInt8] = try filtered(source, [stage])
    #expect(try plain == filtered(source, [stage], options))
    options.channels = .only([2])
    let blue: [UInt8] = try filtered(source, [stage], options)
    let plane = stride(from: 2, to: before.count, by: 3).map { before[$0] }
    let wanted: [UInt8] = try filtered(picture(40, 24, plane), [stage])
    #expect(stride(from: 2, to: before.count, by: 3).map { blue[$0] } == wanted)
    #expect(before.indices.allSatisfy { $0 % 3 == 2 || blue[$0] == before[$0] })
  }

  @Test("the picture that is kept is counted in the plan's memory")
  func memory() throws {
    let format = PictureFormat(width: 2000, height: 3000, color: .gray, sample: .uint8)
    for text in ["canny", "clahe"] {
      let plan = try FilterPlan(input: format, stages: [KernelSpec.parse(text)])
      #expect(plan.memory(threads: 1) > 6_000_000)
    }
  }

  @Test("the smallest numbers leave pictures as they are, and flat ones flat")
  func smallest() throws {
    let source = random(.rgb, 20, 9)
    let before: [UInt8] = source.samples()
    for text in [
      "nlmeans:strength=1e-200,template=3,search=5", "bilateral:size=5,sigma-color=1e-200",
      "bilateral:size=5,sigma-space=1e-200",
    ] {
      #expect(try filtered(source, [KernelSpec.parse(text)]) == before, "\(text)")
      let words: [UInt16] = try filtered(
        picture(20, 9, .rgb, before.map { UInt16($0) * 257 }), [KernelSpec.parse(text)])
      #expect(words == before.map { UInt16($0) * 257 }, "\(text)")
    }
    let normal = try KernelSpec.parse("localnorm:size=3,floor=1e-300")
    #expect(
      try filtered(picture(4, 4, [UInt8](repeating: 9, count: 16)), [normal])
        == [UInt8](repeating: 128, count: 16))
    #expect(
      try filtered(picture(4, 4, [UInt16](repeating: 9, count: 16)), [normal])
        == [UInt16](repeating: 32768, count: 16))
  }

  @Test("what means nothing to a filter is refused")
  func meaningless() throws {
    let format = PictureFormat(width: 9, height: 9, color: .rgb, sample: .uint8)
    var luma = FilterOptions()
    luma.channels = .luma
    var (apart, steps) = (FilterOptions(), FilterOptions())
    apart.geometry.dilationY = 2
    steps.geometry.strideY = 2
    for (text, options) in [
      ("canny:stride=2", FilterOptions()), ("clahe:dilation=2", FilterOptions()), ("canny", luma),
      ("localnorm:padding=truncate", FilterOptions()), ("bilateral:dilation=2", FilterOptions()),
      ("bilateral", apart), ("nlmeans", apart), ("nlmeans", steps),
    ] {
      let stage = try KernelSpec.parse(text)
      do {
        _ = try FilterPlan(input: format, stages: [stage], options: options)
        Issue.record("\(text) was planned")
      } catch {
        guard case .meaningless(stage: text, _) = error else {
          Issue.record("\(error)")
          continue
        }
      }
    }
  }
}
