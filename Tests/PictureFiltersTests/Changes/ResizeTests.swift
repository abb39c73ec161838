import ConvEngine
import KernelLanguage
import Libc
import PictureFilters
import Raster
import TestSupport
import Testing

@Suite("Resizing", .serialized)
struct ResizeTests {
  @Test("is within one level of Pillow, of OpenCV for areas")
  func golden() throws {
    let lines = goldenLines("resize.tsv")
    #expect(lines.count > 60)
    var input = lines[0]
    for line in lines {
      if line[0] == "picture" {
        input = line
        continue
      }
      let spec = "resize:\(line[3])x\(line[4]),fit=fill,enlarge=yes,method=\(line[1])"
      let result: [UInt8] = try filtered(
        picture(Int(input[3])!, Int(input[4])!, color(Int(input[2])!), bytes(hex: input[5])),
        [change(spec)])
      let limit = line[1] == "nearest" ? 0 : 1
      #expect(farthest(result, bytes(hex: line[5])) <= limit, "\(spec), \(input[2]) channels")
    }
  }

  @Test("a pixel whose middle lies between two samples takes the latter, as Pillow does")
  func halfway() throws {
    // The middle of pixel 48 of 97 is 7 samples of 14 in.
    for (input, output, pixel, sample) in [(14, 97, 48, 7), (112, 97, 48, 56), (126, 13, 6, 63)] {
      let result: [UInt8] = try filtered(
        picture(input, 1, .gray, (0..<input).map { UInt8($0) }),
        [change("resize:\(output)x1,fit=fill,enlarge=yes,method=nearest")])
      #expect(result[pixel] == sample)
    }
  }

  @Test("is the double sum rounded, on every instruction set, for any number of threads")
  func plain() throws {
    let current = InstructionSet.current
    defer { current.force() }
    var generator = SplitMix(state: 3)
    for round in 0..<60 {
      let (width, height) = (
        Int.random(in: 1...70, using: &generator), Int.random(in: 1...70, using: &generator)
      )
      let (columns, rows) = (
        Int.random(in: 1...90, using: &generator), Int.random(in: 1...90, using: &generator)
      )
      let model = ColorModel.allCases[round % 5]
      let method = ResizingMethod.allCases[round / 5 % 6]
      let isWide = round % 2 == 1
      let top = isWide ? 65535 : 255
      let samples = (0..<width * height * model.channels).map { index in
        // Transparent stretches too.
        model.hasAlpha && index / 40 % 3 == 0 && index % model.channels == model.channels - 1
          ? 0 : Int.random(in: 0...top, using: &generator)
      }
      let spec = "resize:\(columns)x\(rows),fit=fill,enlarge=yes,method=\(method.rawValue)"
      let expected = PlainResize(samples, width, height, model, top, method).to(columns, rows)
      var first: [Int]?
      for set in InstructionSet.available {
        set.force()
        for threads in [1, 3] {
          let result: [Int] =
            isWide
            ? try filtered(
              picture(width, height, model, samples.map { UInt16($0) }), [change(spec)],
              threads: threads, as: UInt16.self
            ).map { Int($0) }
            : try filtered(
              picture(width, height, model, samples.map { UInt8($0) }), [change(spec)],
              threads: threads, as: UInt8.self
            ).map { Int($0) }
          #expect(first == nil || result == first, "\(set), \(threads) threads, \(spec)")
          first = result
        }
      }
      let result = try #require(first)
      try #require(result.count == expected.count)
      // Single precision leaves a few hundredths of a level of 16 bits; where next to nothing is left
      // of alpha, colours are worth as little.
      for (index, value) in expected.enumerated() {
        let pixel = index / model.channels * model.channels
        let alpha = model.hasAlpha ? expected[pixel + model.channels - 1] : Double(top)
        let slack = 0.5 + (isWide ? 0.2 : 0.01) * Double(top) / max(alpha, 0.5)
        if alpha < 0.51 && index % model.channels < model.channels - 1 { continue }
        #expect(
          abs(Double(result[index]) - value) <= slack,
          "\(spec), \(model), \(width)x\(height), \(index)")
      }
    }
  }

  @Test("leaves one colour one colour", arguments: ResizingMethod.allCases)
  func flat(method: ResizingMethod) throws {
    for level: UInt16 in [0, 1, 77, 254, 255, 32767, 65534, 65535] {
      for (columns, rows) in [(1, 1), (3, 100), (50, 7), (97, 96)] {
        let stage = try change(
          "resize:\(columns)x\(rows),fit=fill,enlarge=yes,method=\(method.rawValue)")
        let wide: [UInt16] = try filtered(
          picture(41, 29, .rgb, [UInt16](repeating: level, count: 41 * 29 * 3)), [stage])
        #expect(wide == [UInt16](repeating: level, count: columns * rows * 3))
        guard let small = UInt8(exactly: level) else { continue }
        let narrow: [UInt8] = try filtered(
          picture(41, 29, .gray, [UInt8](repeating: small, count: 41 * 29)), [stage])
        #expect(narrow == [UInt8](repeating: small, count: columns * rows))
      }
    }
  }

  @Test("of one row or one column is that of a line", arguments: ResizingMethod.allCases)
  func lines(method: ResizingMethod) throws {
    var generator = SplitMix(state: 8)
    let line = (0..<301).map { _ in UInt8.random(in: 0...255, using: &generator) }
    let name = method.rawValue
    let row: [UInt8] = try filtered(
      picture(301, 1, line), [change("resize:47x1,fit=fill,method=\(name)")])
    let column: [UInt8] = try filtered(
      picture(1, 301, line), [change("resize:1x47,fit=fill,method=\(name)")])
    #expect(row.count == 47 && row == column)
  }

  @Test("in linear light mixes light: black and white make 188")
  func light() throws {
    var options = FilterOptions()
    options.linear = true
    let stage = try change("resize:1x1,fit=fill,method=area")
    let result: [UInt8] = try filtered(picture(2, 1, [0, 255] as [UInt8]), [stage], options)
    #expect(result == [188])
    let wide: [UInt16] = try filtered(picture(2, 1, [0, 65535] as [UInt16]), [stage], options)
    #expect(abs(Int(wide[0]) - 48192) <= 1)
    let clear: [UInt8] = try filtered(
      picture(2, 1, .grayAlpha, [0, 0, 255, 255] as [UInt8]), [stage], options)
    #expect(clear == [255, 128])
  }

  @Test("to 16 bits keeps what lies between the levels")
  func depth() throws {
    var options = FilterOptions()
    options.depth = .sixteen
    let result: [UInt16] = try filtered(
      picture(2, 1, [10, 11] as [UInt8]), [change("resize:1x1,fit=fill,method=area")], options,
      as: UInt16.self)
    #expect(result == [2699])
  }

  @Test("takes memory that does not grow with the picture")
  func memory() throws {
    func bytes(_ height: Int) throws -> Int {
      try FilterPlan(
        input: PictureFormat(width: 6000, height: height, color: .rgb, sample: .uint8),
        stages: [change("resize:50%")]
      ).memory(threads: 2)
    }
    // Rows that wait, and 64 bytes of weights a row of the result.
    #expect(try bytes(400_000) - bytes(4000) < 200_000 * 100)
    #expect(try bytes(400_000) < 100 << 20)
  }

  @Test("to more than anybody waits for is refused before anything is allocated")
  func tooLarge() throws {
    let format = PictureFormat(width: 1000, height: 1000, color: .rgb, sample: .uint8)
    #expect(throws: FilterError.resultTooLarge(stage: "resize:2000000%,enlarge=yes")) {
      _ = try FilterPlan(input: format, stages: [change("resize:2000000%,enlarge=yes")])
    }
    let plan = try FilterPlan(
      input: format, stages: [change("resize:100000,enlarge=yes"), change("crop:1x1")])
    #expect(plan.mostPixels == 10_000_000_000)
  }
}

/// The sums of a resized picture in double precision, sample by sample.
private struct PlainResize {
  private let samples: [Int]
  private let width: Int
  private let height: Int
  private let model: ColorModel
  private let top: Double
  private let method: ResizingMethod

  init(
    _ samples: [Int], _ width: Int, _ height: Int, _ model: ColorModel, _ top: Int,
    _ method: ResizingMethod
  ) {
    (self.samples, self.width, self.height) = (samples, width, height)
    (self.model, self.top, self.method) = (model, Double(top), method)
  }

  func to(_ columns: Int, _ rows: Int) -> [Double] {
    let across = (0..<columns).map { weights($0, width, columns) }
    let down = (0..<rows).map { weights($0, height, rows) }
    let channels = model.channels
    let weighs = model.hasAlpha && method != .nearest
    var result: [Double] = []
    for row in down {
      for column in across {
        var sums = [Double](repeating: 0, count: channels)
        for (y, v) in row {
          for (x, u) in column {
            let pixel = (y * width + x) * channels
            let alpha = weighs ? Double(samples[pixel + channels - 1]) : 1
            for c in 0..<channels {
              let isAlpha = weighs && c == channels - 1
              sums[c] += u * v * Double(samples[pixel + c]) * (isAlpha ? 1 : alpha)
            }
          }
        }
        let alpha = weighs ? sums[channels - 1] : 1
        for c in 0..<channels {
          let value = weighs && c < channels - 1 ? (alpha > 0 ? sums[c] / alpha : 0) : sums[c]
          result.append(min(max(value, 0), top))
        }
      }
    }
    return result
  }

  /// The samples that one is made of, with their weights.
  private func weights(_ x: Int, _ input: Int, _ output: Int) -> [(Int, Double)] {
    if input == output { return [(x, 1)] }
    let scale = Double(input) / Double(output)
    let center = (Double(x) + 0.5) * Double(input) / Double(output)
    if method == .nearest { return [(min(Int(center), input - 1), 1)] }
    let all = (0..<input).map { sample -> (Int, Double) in
      if method == .area {
        let low = max(Double(sample), center - scale / 2)
        return (sample, max(0, min(Double(sample) + 1, center + scale / 2) - low))
      }
      return (sample, value(abs(Double(sample) + 0.5 - center) / max(scale, 1)))
    }
    let sum = all.reduce(0) { $0 + $1.1 }
    return all.filter { $0.1 != 0 }.map { ($0.0, $0.1 / sum) }
  }

  private func value(_ x: Double) -> Double {
    func sinc(_ x: Double) -> Double { x == 0 ? 1 : sin(.pi * x) / (.pi * x) }
    switch method {
    case .nearest, .area: return 0
    case .bilinear: return max(0, 1 - x)
    case .lanczos3: return x < 3 ? sinc(x) * sinc(x / 3) : 0
    case .catmullRom:
      // Keys, a = −1/2.
      if x < 1 { return 1.5 * x * x * x - 2.5 * x * x + 1 }
      return x < 2 ? -0.5 * x * x * x + 2.5 * x * x - 4 * x + 2 : 0
    case .mitchell:
      if x < 1 { return (7 * x * x * x - 12 * x * x + 16.0 / 3) / 6 }
      return x < 2 ? (-7.0 / 3 * x * x * x + 12 * x * x - 20 * x + 32.0 / 3) / 6 : 0
    }
  }
}
