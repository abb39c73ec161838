import ConvEngine
import KernelLanguage
import PictureFilters
import Raster
import Testing

extension LocalFilterTests {
  @Test("numbers in levels are those of 8 bits, whatever the picture has")
  func depths() throws {
    let source = random(.rgb, 30, 20)
    let before: [UInt8] = source.samples()
    let wide = picture(30, 20, .rgb, before.map { UInt16($0) * 257 })
    for text in ["canny:low=300,high=500", "canny:low=300,high=500,norm=l2"] {
      let stages = [try KernelSpec.parse(text)]
      let edges: [UInt8] = try filtered(source, stages)
      #expect(Set(edges) == [0, 255])
      #expect(
        try filtered(wide, stages, as: UInt16.self) == edges.map { UInt16($0) * 257 }, "\(text)")
    }
    let soft = [try KernelSpec.parse("bilateral:size=5,sigma-color=60")]
    let bytes: [UInt8] = try filtered(source, soft)
    #expect(zip(bytes, before).contains { abs(Int($0) - Int($1)) > 9 })
    let words: [UInt16] = try filtered(wide, soft)
    #expect(zip(words, bytes).allSatisfy { abs(Int($0) - 257 * Int($1)) <= 257 })
    var light = FilterOptions()
    light.linear = true
    let linear: [UInt8] = try filtered(source, soft, light)
    #expect(zip(linear, before).contains { abs(Int($0) - Int($1)) > 9 })
    let share = [try KernelSpec.parse("bilateral:size=5,sigma-color=20%")]
    let levels = [try KernelSpec.parse("bilateral:d=5,sigmaColor=51,sigmaSpace=3")]
    #expect(
      try filtered(source, share, as: UInt8.self) == filtered(source, levels, as: UInt8.self))
  }

  @Test("bilateral and localnorm of floats are what they are of integers, unrounded and unclipped")
  func floats() throws {
    for (color, border) in [
      (ColorModel.gray, "replicate"), (.rgb, "zero"), (.rgba, "reflect101"), (.grayAlpha, "wrap"),
      (.rgb, "constant:9"),
    ] {
      let source = random(color, 23, 17)
      let before: [UInt8] = source.samples()
      for text in [
        "bilateral:size=5,sigma-color=60", "bilateral:size=7,sigma-color=30,stride=2",
        "localnorm:5x3", "localnorm:3,deviation=5,stride=2",
      ] {
        let stages = [try KernelSpec.parse(text + ",padding=" + border)]
        let numbers: [Float] = try filtered(source, stages, float(), threads: 2)
        let bytes: [UInt8] = try filtered(source, stages)
        #expect(
          numbers.count == bytes.count
            && zip(numbers, bytes).allSatisfy { abs(min(max($0, 0), 255) - Float($1)) <= 0.6 },
          "\(text) \(border)")
        // A picture of floats, 0 to 1.
        if border != "constant:9" {
          let shares: [Float] = before.map { Float($0) / 255 }
          let format = PictureFormat(width: 23, height: 17, color: color, sample: .float32)
          let own: [Float] = try filtered(Picture(format, samples: shares), stages)
          #expect(zip(own, numbers).allSatisfy { abs(255 * $0 - $1) < 1e-3 }, "\(text) \(border)")
        }
      }
    }
    let far = try filtered(
      random(.gray, 9, 9), [KernelSpec.parse("localnorm:3,deviation=90")], float(), as: Float.self)
    #expect(far.contains { $0 < 0 } && far.contains { $0 > 255 })
  }

  @Test(
    "localnorm of floats by windows of many taps is what its formula says, NaN in its windows only"
  )
  func wideFloats() throws {
    let (width, height) = (60, 6)
    let format = PictureFormat(width: width, height: height, color: .gray, sample: .float32)
    var samples: [Float] = random(.gray, width, height).samples().map { (v: UInt8) in Float(v) }
    for (border, hole) in [
      ("replicate", false), ("zero", false), ("reflect101", false), ("zero", true),
    ] {
      if hole { samples[0] = .nan }
      let spec = "localnorm:45x35,deviation=3,mean=7,floor=0.5,padding=\(border)"
      let found: [Float] = try filtered(
        Picture(format, samples: samples), [KernelSpec.parse(spec)])
      let padding: Padding =
        border == "replicate" ? .replicate : border == "zero" ? .zero : .reflect101
      for y in 0..<height {
        for x in 0..<width {
          var window: [Double] = []
          for row in y - 17...y + 17 {
            for column in x - 22...x + 22 {
              let (down, across) = (
                padding.source(row, count: height), padding.source(column, count: width)
              )
              if let down, let across {
                window.append(Double(samples[down * width + across]))
              } else {
                window.append(0)
              }
            }
          }
          let middle = window.reduce(0, +) / Double(window.count)
          let variance =
            window.reduce(0) { $0 + ($1 - middle) * ($1 - middle) } / Double(window.count)
          let own = Double(samples[y * width + x])
          let expected = 0.07 + 0.03 * (own - middle) / max(variance.squareRoot(), 0.005)
          let value = Double(found[y * width + x])
          #expect(
            expected.isNaN ? value.isNaN : abs(value - expected) < 1e-6, "\(border) \(x) \(y)")
        }
      }
    }
  }

  private func float() -> FilterOptions {
    var options = FilterOptions()
    options.depth = .float
    return options
  }

  @Test("a soft threshold is taken from all differences to the blurred picture")
  func softThreshold() throws {
    let source = random(.gray, 24, 18)
    let before: [UInt8] = source.samples()
    func run(_ text: String) throws -> [Float] {
      try filtered(source, [KernelSpec.parse(text)], float())
    }
    let plain = try run("unsharp:sigma=2")
    let result = try run("unsharp:sigma=2,amount=1.5,soft=40")
    for index in before.indices {
      let own = Float(before[index])
      let difference = plain[index] - own
      let rest = max(abs(difference) - 40, 0) * (difference < 0 ? -1 : 1)
      #expect(abs(result[index] - (own + 1.5 * rest)) < 1e-3)
    }
    #expect(zip(result, before).contains { $0 == Float($1) })
    let clipped: [UInt8] = try filtered(
      source, [KernelSpec.parse("unsharp:sigma=2,amount=1.5,soft=40")])
    #expect(zip(clipped, result).allSatisfy { abs(Float($0) - min(max($1, 0), 255)) <= 0.51 })
    #expect(throws: KernelError.self) { try KernelSpec.parse("unsharp:2,soft=3,threshold=4") }
  }
}
