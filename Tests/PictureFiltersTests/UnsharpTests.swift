import KernelLanguage
import Libc
import Raster
import TestSupport
import Testing

/// Sharpening by a blurred copy of 16 bits against the formula, sample by sample.

@Suite("The unsharp mask")
struct UnsharpTests {
  private let columns = 53
  private let rows = 23

  @Test(
    "adds the difference to the blurred copy where it exceeds the threshold",
    arguments: [(false, true), (true, true)], [1, 2])
  func formula(depths: (input: Bool, output: Bool), step: Int) throws {
    var generator = SplitMix(state: 9)
    let (wideIn, wideOut) = depths
    let top = wideIn ? 65535 : 255
    let samples = (0..<columns * rows * 3).map { _ in Int.random(in: 0...top, using: &generator) }
    let geometry = StageGeometry(strideX: step, strideY: step)
    let unit = wideIn ? 1 : 257
    let blurred: [UInt16] = try filtered(
      picture(columns, rows, .rgb, samples.map { UInt16($0 * unit) }),
      [correlate(gaussian(1.5), geometry)])
    for (amount, threshold) in [(1.5, 0.0), (-0.7, 2), (9, 30), (0.3, 1.25)] {
      var options = FilterOptions()
      options.depth = wideOut ? .sixteen : .keep
      let stage = Stage(
        .unsharp(gaussian(1.5), amount: amount, threshold: threshold), geometry: geometry,
        name: "unsharp")
      let result: [Int] =
        switch depths {
        case (false, true):
          try filtered(
            picture(columns, rows, .rgb, samples.map { UInt8($0) }), [stage], options,
            as: UInt16.self
          ).map { Int($0) }
        default:
          try filtered(
            picture(columns, rows, .rgb, samples.map { UInt16($0) }), [stage], options,
            as: UInt16.self
          ).map { Int($0) }
        }
      let width = (columns + step - 1) / step
      let expected = blurred.indices.map { index in
        let (pixel, channel) = (index / 3, index % 3)
        let place = (pixel / width * step * columns + pixel % width * step) * 3 + channel
        let own = Double(samples[place] * unit)
        // 16 bits are blurred in real numbers, 8 in 16 bits.
        let soft =
          wideIn
          ? blur(samples, columns, rows, pixel % width * step, pixel / width * step, channel)
          : Double(blurred[index])
        let difference = own - soft
        let value =
          abs(difference) > threshold * Double(unit) ? own + amount * difference : own
        return Int(min(max((value + 0.5).rounded(.down), 0), 65535))
      }
      #expect(result == expected, "\(amount), \(threshold)")
    }
  }

  /// The copy misses by a small part of a level.
  @Test(
    "on 8 bits is the nearest level to the formula in real numbers", arguments: [1, 2],
    [ColorModel.gray, .rgb, .rgba])
  func bytes(step: Int, color: ColorModel) throws {
    var generator = SplitMix(step)
    let channels = color.channels
    var samples = (0..<columns * rows * channels).map { _ in
      Int.random(in: 0...255, using: &generator)
    }
    // Opaque windows above, others below.
    if color.hasAlpha {
      for pixel in 0..<columns * 13 { samples[pixel * 4 + 3] = 255 }
    }
    // Colours weigh as much as their alpha.
    let weighed =
      color.hasAlpha
      ? samples.indices.map { $0 % 4 == 3 ? samples[$0] : samples[$0] * samples[$0 / 4 * 4 + 3] }
      : samples
    let geometry = StageGeometry(strideX: step, strideY: step)
    let width = (columns + step - 1) / step
    let softs = (0..<width * ((rows + step - 1) / step) * channels).map { index in
      let (pixel, channel) = (index / channels, index % channels)
      func blurred(_ channel: Int) -> Double {
        blur(
          weighed, columns, rows, pixel % width * step, pixel / width * step, channel,
          channels: channels)
      }
      return color.hasAlpha ? blurred(channel) / blurred(3) : blurred(channel)
    }
    // The last amount is too large for passes in fixed point.
    for (amount, threshold) in [(1.5, 0.0), (-0.7, 2), (9, 30), (0.3, 1.25), (61, 0)] {
      let stage = Stage(
        .unsharp(gaussian(1.5), amount: amount, threshold: threshold), geometry: geometry,
        name: "unsharp")
      let result: [UInt8] = try filtered(
        picture(columns, rows, color, samples.map { UInt8($0) }), [stage])
      #expect(result.count == softs.count)
      let room = amount > 60 ? 0.003 : 0.012
      for (index, soft) in softs.enumerated() {
        let (pixel, channel) = (index / channels, index % channels)
        let place = (pixel / width * step * columns + pixel % width * step) * channels + channel
        let own = Double(samples[place])
        if channel == 3 {
          #expect(Int(result[index]) == samples[place])
          continue
        }
        let difference = own - soft
        func misses(_ value: Double) -> Double {
          abs(Double(result[index]) - min(max(value, 0), 255))
        }
        let miss =
          abs(abs(difference) - threshold) < room && threshold > 0
          ? min(misses(own), misses(own + amount * difference))
          : misses(abs(difference) > threshold ? own + amount * difference : own)
        #expect(miss <= 0.5 + abs(amount) * room, "\(amount), \(threshold)")
      }
    }
  }

  @Test(
    "results that stand beyond the picture see no more than the picture",
    arguments: ["unsharp:amount=0", "blackhat:size=5"], [1, 3])
  func beyond(text: String, channels: Int) throws {
    let geometry = try #require(StageGeometry().padded("full"))
    let samples = [UInt8](repeating: 100, count: 7 * 5 * channels)
    var stage = try KernelSpec.parse(text)
    stage.geometry = geometry
    let result: [UInt8] = try filtered(
      picture(7, 5, channels == 1 ? .gray : .rgb, samples), [stage])
    #expect(result.count > samples.count)
    #expect(result.allSatisfy { $0 == (text.hasPrefix("unsharp") ? 100 : 0) })
  }

  /// The Gaussian of deviation 1.5 and radius 6 at one place, the border replicated.
  private func blur(
    _ samples: [Int], _ columns: Int, _ rows: Int, _ x: Int, _ y: Int, _ channel: Int,
    channels: Int = 3
  ) -> Double {
    let weights = (-6...6).map { exp(-Double($0 * $0) / 4.5) }
    let total = weights.reduce(0, +)
    var sum = 0.0
    for j in -6...6 {
      for i in -6...6 {
        let (column, row) = (min(max(x + i, 0), columns - 1), min(max(y + j, 0), rows - 1))
        sum +=
          weights[i + 6] * weights[j + 6]
          * Double(samples[(row * columns + column) * channels + channel])
      }
    }
    return sum / (total * total)
  }
}
