import ConvEngine
import KernelLanguage
import PictureFilters
import Raster
import TestSupport
import Testing

@Suite("Windows of milliards of taps")
struct HugeWindowTests {
  @Test("a mean over all of a translucent picture of 16 bits is that of its light")
  func mean() throws {
    var generator = SplitMix(state: 11)
    let samples = (0..<64).map { _ in UInt16.random(in: 0...65535, using: &generator) }
    let picture = picture(4, 4, .rgba, samples)
    let stage = try KernelSpec.parse("avgpool:size=65535,padding=zero")
    let result: [UInt16] = try filtered(picture, [stage])
    let alphas = (0..<16).map { Double(samples[4 * $0 + 3]) }
    let alpha = alphas.reduce(0, +)
    var expected = (0..<3).map { channel in
      (0..<16).reduce(0) { $0 + Double(samples[4 * $1 + channel]) * alphas[$1] } / alpha
    }
    expected.append(alpha / 16)
    #expect(result == expected.map { UInt16(($0 + 0.5).rounded(.down)) })
  }

  @Test("what it would take is known at once", arguments: [SampleType.uint8, .uint16, .float32])
  func refusal(sample: SampleType) throws {
    for color in [ColorModel.gray, .rgba] {
      let format = PictureFormat(width: 12, height: 12, color: color, sample: sample)
      let plan = try FilterPlan(
        input: format, stages: [try KernelSpec.parse("avgpool:size=65535,padding=full")])
      let memory = plan.memory(threads: 1)
      if sample == .uint8 && color == .gray {
        #expect(throws: MemoryError.self) {
          try plan.check(threads: 1, within: MemoryLimit(bytes: 1 << 30))
        }
      }
      #expect((1..<1 << 40).contains(memory))
    }
  }

  @Test("a mean over windows all around a picture is that of what lies inside")
  func full() throws {
    let samples: [UInt8] = [10, 20, 30, 40, 50, 60, 70, 80, 90]
    let result: [UInt8] = try filtered(
      picture(3, 3, samples), [try KernelSpec.parse("avgpool:size=90,stride=1,padding=full")])
    // 92 windows a side: windows 2 … 89 hold all columns, those before and behind one or two.
    let held = (0..<92).map { max(0, $0 - 89)..<min(3, $0 + 1) }
    for (y, rows) in held.enumerated() {
      for (x, columns) in held.enumerated() {
        let inside = rows.flatMap { row in columns.map { Double(samples[3 * row + $0]) } }
        let mean = inside.reduce(0, +) / Double(inside.count)
        #expect(result[92 * y + x] == UInt8((mean + 0.5).rounded(.down)))
      }
    }
  }

  @Test(
    "a column is filtered as a row is", arguments: ["gaussian:100", "unsharp:40", "gaussian:900"])
  func tall(spec: String) throws {
    var generator = SplitMix(state: 5)
    let samples = (0..<1500 * 4).map { _ in UInt16.random(in: 0...65535, using: &generator) }
    let stage = try KernelSpec.parse(spec)
    let tall: [UInt16] = try filtered(picture(1, 1500, .rgba, samples), [stage])
    let wide: [UInt16] = try filtered(picture(1500, 1, .rgba, samples), [stage])
    #expect(zip(tall, wide).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
  }

  @Test("tall narrow pictures take no more memory than wide ones of as many pixels by much")
  func memory() throws {
    func memory(_ width: Int, _ height: Int) throws -> Int {
      let format = PictureFormat(width: width, height: height, color: .rgba, sample: .uint16)
      return try FilterPlan(input: format, stages: [try KernelSpec.parse("gaussian:100")])
        .memory(threads: 1)
    }
    #expect(try memory(1, 200_000) < 8 * memory(450, 450))
  }
}
