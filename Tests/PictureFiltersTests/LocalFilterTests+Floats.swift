import Foundation
import KernelLanguage
import PictureFilters
import Raster
import Testing

extension LocalFilterTests {
  private func floats(_ width: Int, _ height: Int, _ color: ColorModel, _ samples: [Float])
    -> Picture
  {
    Picture(
      PictureFormat(width: width, height: height, color: color, sample: .float32), samples: samples)
  }

  @Test("edges of floats are those of the same whole numbers, white or black")
  func edgesOfFloats() throws {
    // Shares are in 1/256, levels of floats 1/255.
    let unit = 256.0 / 255
    for color in [ColorModel.gray, .rgb, .grayAlpha] {
      let source = random(color, 40, 27)
      let levels: [UInt8] = source.samples()
      let shares = levels.map { Float($0) / 256 }
      for norm in ["", ",norm=l2"] {
        let edges: [UInt8] = try filtered(
          source, [KernelSpec.parse("canny:low=\(300.5 * unit),high=\(500.5 * unit)" + norm)],
          threads: 2)
        let stages = [try KernelSpec.parse("canny:low=300.5,high=500.5" + norm)]
        let found: [Float] = try filtered(
          floats(40, 27, color, shares), stages, threads: 3)
        #expect(Set(edges).isSuperset(of: [0, 255]))
        let step = color.hasAlpha ? 2 : 1
        for place in stride(from: 0, to: edges.count, by: step) {
          #expect(found[place] == Float(edges[place]) / 255, "\(color)\(norm)")
        }
      }
    }
    let whole: [UInt8] = try filtered(
      random(.gray, 30, 30), [KernelSpec.parse("canny:low=90,high=300")])
    var options = FilterOptions()
    options.depth = .float
    let levels: [Float] = try filtered(
      random(.gray, 30, 30), [KernelSpec.parse("canny:low=90,high=300")], options)
    #expect(levels == whole.map { Float($0) })
    // What is no number makes no edge, and is none.
    var holes: [Float] = Array(repeating: 0, count: 81)
    for place in 40..<81 { holes[place] = 1 }
    holes[4] = .nan
    let found: [Float] = try filtered(floats(9, 9, .gray, holes), [KernelSpec.parse("canny")])
    #expect(found.allSatisfy { $0 == 0 || $0 == 1 } && found.contains(1) && found[4] == 0)
  }

  @Test("CLAHE of floats is that of bytes, between their levels, too; no number stays none")
  func claheOfFloats() throws {
    for color in [ColorModel.gray, .rgb, .rgba] {
      let source = random(color, 31, 22)
      let bytes: [UInt8] = source.samples()
      let shares = bytes.map { Float($0) / 255 }
      let stages = [try KernelSpec.parse("clahe:clip=2,tiles=2")]
      let levels: [UInt8] = try filtered(source, stages)
      let made: [Float] = try filtered(floats(31, 22, color, shares), stages, threads: 2)
      // The curve of bytes is rounded, and its result; of colours their luma, too, and they are cut at black
      // and white.
      let bound: Float = color == .gray ? 1.02 : 3
      #expect(
        zip(made, levels).allSatisfy { abs(min(max($0, 0), 1) * 255 - Float($1)) < bound },
        "\(color)")
      #expect(zip(made, shares).contains { abs($0 - $1) > 0.02 }, "\(color)")
    }
    let ramp: [Float] = (0..<64).map { Float($0) / 63 * 1.5 - 0.25 }
    var holes = ramp
    holes[20] = .nan
    let stage = [try KernelSpec.parse("clahe:clip=0,tiles=1")]
    let made: [Float] = try filtered(floats(8, 8, .gray, holes), stage)
    #expect(made[20].isNaN && made.indices.allSatisfy { $0 == 20 || (0...1).contains(made[$0]) })
    #expect(made[63] == 1 && made[0] == made[5])
    // Between two levels results differ, too.
    let fine: [Float] = (0..<64).map { 0.5 + Float($0) / 255 / 64 }
    let spread: [Float] = try filtered(floats(8, 8, .gray, fine), stage)
    #expect(Set(spread).count > 32)
  }

  @Test("non-local means of floats are those of plain loops, and near those of bytes")
  func nonLocalMeansOfFloats() throws {
    let (width, height) = (14, 11)
    for (color, alpha) in [(ColorModel.gray, 0), (.rgb, 0), (.rgba, 1)] {
      let source = random(color, width, height)
      let channels = color.channels
      let bytes: [UInt8] = source.samples()
      let shares = bytes.map { Float(Int($0) % 40 + 90) / 255 }
      let stages = [try KernelSpec.parse("nlmeans:strength=9,template=3,search=5")]
      let made: [Float] = try filtered(floats(width, height, color, shares), stages, threads: 2)
      func at(_ x: Int, _ y: Int, _ channel: Int) -> Double {
        let (x, y) = (min(max(x, 0), width - 1), min(max(y, 0), height - 1))
        return Double(shares[(y * width + x) * channels + channel])
      }
      let colors = channels - alpha
      for y in 0..<height {
        for x in 0..<width {
          var (total, sums) = (0.0, [Double](repeating: 0, count: colors))
          for dy in -2...2 {
            for dx in -2...2 {
              var distance = 0.0
              for ny in -1...1 {
                for nx in -1...1 {
                  for channel in 0..<colors {
                    let own = at(x + nx, y + ny, channel)
                    let other = at(x + dx + nx, y + dy + ny, channel)
                    distance += (own - other) * (own - other)
                  }
                }
              }
              let spread = 9 / 255.0 * (9 / 255.0) * Double(9 * colors)
              var weight = exp(-distance / spread)
              if weight < 0.001 { weight = 0 }
              total += weight
              for channel in 0..<colors { sums[channel] += weight * at(x + dx, y + dy, channel) }
            }
          }
          for channel in 0..<channels {
            let result = Double(made[(y * width + x) * channels + channel])
            let expected = channel < colors ? sums[channel] / total : at(x, y, channel)
            #expect(abs(result - expected) < 1e-6, "\(color) \(x) \(y)")
          }
        }
      }
      let whole = shares.map { UInt8(($0 * 255).rounded()) }
      let near: [UInt8] = try filtered(picture(width, height, color, whole), stages)
      #expect(zip(made, near).allSatisfy { abs($0 * 255 - Float($1)) < 1.5 })
    }
  }
}
