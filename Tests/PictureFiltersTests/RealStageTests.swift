import ConvEngine
import Foundation
import KernelLanguage
import PictureFilters
import Raster
import TestSupport
import Testing

@Suite("Stages in double precision")
struct RealStageTests {
  static let paddings: [Padding] = [
    .zero, .constant(0.25), .replicate, .reflect, .reflect101, .wrap, .valid, .truncate,
  ]

  private func floats(_ columns: Int, _ rows: Int, _ color: ColorModel, seed: UInt64) -> Picture {
    var generator = SplitMix(state: seed)
    return Picture(
      PictureFormat(width: columns, height: rows, color: color, sample: .float32),
      samples: (0..<columns * rows * color.channels).map { _ in
        Float.random(in: -2...2, using: &generator)
      })
  }

  @Test("a picture of floats is the sum of products, neither rounded nor cut", arguments: paddings)
  func correlation(padding: Padding) throws {
    var generator = SplitMix(state: 7)
    for round in 0..<6 {
      let (columns, rows) = (Int.random(in: 9...20, using: &generator), 11)
      let (width, height) = (round % 2 == 0 ? 3 : 4, 3)
      let taps = (0..<width * height).map { _ in Double.random(in: -1...1.5, using: &generator) }
      let anchor = (x: Int.random(in: 0..<width, using: &generator), y: 1)
      var oracle = RealOracle(columns: columns, rows: rows, padding: padding)
      oracle.stride = [(1, 1), (2, 3), (1, 2)][round % 3]
      oracle.dilation = [(1, 1), (2, 1), (1, 3)][round % 3]
      let picture = floats(columns, rows, .rgb, seed: UInt64(round))
      let samples: [Float] = picture.samples()
      let result: [Float] = try filtered(
        picture,
        [
          correlate(
            Kernel(
              width: width, height: height, taps: taps, scale: 2.5, offset: 0.125,
              anchor: Kernel.Anchor(x: anchor.x, y: anchor.y)),
            StageGeometry(
              strideX: oracle.stride.x, strideY: oracle.stride.y, dilationX: oracle.dilation.x,
              dilationY: oracle.dilation.y, padding: padding))
        ], threads: 3)
      let beyond: Double? = padding == .zero ? 0 : padding == .constant(0.25) ? 0.25 : nil
      let expected = oracle.windows(width, height, anchor: anchor).flatMap { window in
        (0..<3).map { channel in
          let numbers = oracle.numbers(
            window, width, height, { Double(samples[($1 * columns + $0) * 3 + channel]) },
            beyond: beyond)
          var (sum, live) = (0.0, 0.0)
          for (number, tap) in zip(numbers, taps) where number != nil {
            sum += number! * tap
            live += tap
          }
          let all = taps.reduce(0, +)
          if padding == .truncate, live * all > 0 { sum *= all / live }
          return sum / 2.5 + 0.125
        }
      }
      #expect(result.count == expected.count)
      for (result, expected) in zip(result, expected) {
        #expect(abs(Double(result) - expected) < 1e-5, "\(padding), round \(round)")
      }
    }
  }

  @Test(
    "pooling of floats is that of their windows",
    arguments: [PoolingKind.maximum, .minimum, .average], paddings)
  func pooling(kind: PoolingKind, padding: Padding) throws {
    let (columns, rows) = (13, 9)
    let picture = floats(columns, rows, .gray, seed: 3)
    let samples: [Float] = picture.samples()
    for (width, height, stride) in [(2, 2, 2), (3, 2, 1)] {
      let geometry = StageGeometry(strideX: stride, strideY: stride, padding: padding)
      let result: [Float] = try filtered(
        picture, [Stage(.pool(kind, width: width, height: height), geometry: geometry, name: "p")])
      let expected = pooled(
        kind, width, height, geometry, samples.map { Double($0) }, columns, rows)
      #expect(result.count == expected.count)
      for (result, expected) in zip(result, expected) {
        #expect(abs(Double(result) - expected) < 1e-5)
      }
    }
  }

  @Test("sets of floats combine the results of their kernels", arguments: Combination.allCases)
  func sets(combination: Combination) throws {
    let (columns, rows) = (12, 8)
    let picture = floats(columns, rows, .gray, seed: 9)
    let samples: [Float] = picture.samples()
    let result: [Float] = try filtered(
      picture, [Stage(.combine([sobelX, sobelY], combination), name: "sobel")])
    let oracle = RealOracle(columns: columns, rows: rows, padding: .replicate)
    let windows = oracle.windows(3, 3, anchor: (1, 1))
    for (window, result) in zip(windows, result) {
      let numbers = oracle.numbers(
        window, 3, 3, { Double(samples[$1 * columns + $0]) }, beyond: nil)
      let (x, y) = (
        zip(numbers, sobelX.taps).reduce(0) { $0 + $1.0! * $1.1 },
        zip(numbers, sobelY.taps).reduce(0) { $0 + $1.0! * $1.1 }
      )
      let expected =
        switch combination {
        case .maximum: max(x, y)
        case .minimum: min(x, y)
        case .sum: x + y
        case .magnitude: (x * x + y * y).squareRoot()
        }
      #expect(abs(Double(result) - expected) < 1e-4)
    }
  }

  // MARK: 16 bits

  /// A Gaussian as SciPy defines it.
  private func gauss(_ sigma: Double) -> [Double] {
    let radius = Int(4 * sigma + 0.5)
    let values = (-radius...radius).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) }
    let sum = values.reduce(0, +)
    return values.map { $0 / sum }
  }

  /// Gaussian-blurred pixels: colours weighted by alpha where there is one.
  private func blurred(
    _ samples: [UInt16], _ columns: Int, _ rows: Int, channels: Int, sigma: Double
  ) -> [Double] {
    let weights = gauss(sigma)
    let radius = weights.count / 2
    let hasAlpha = channels == 2 || channels == 4
    return (0..<rows).flatMap { y in
      (0..<columns).flatMap { x -> [Double] in
        var sums = [Double](repeating: 0, count: channels)
        for j in -radius...radius {
          for i in -radius...radius {
            let column = min(max(x + i, 0), columns - 1)
            let row = min(max(y + j, 0), rows - 1)
            let weight = weights[i + radius] * weights[j + radius]
            let pixel = (row * columns + column) * channels
            let alpha = hasAlpha ? Double(samples[pixel + channels - 1]) : 1
            for c in 0..<channels {
              let isAlpha = hasAlpha && c == channels - 1
              sums[c] += weight * alpha * (isAlpha ? 1 : Double(samples[pixel + c]))
            }
          }
        }
        guard hasAlpha else { return sums }
        let alpha = sums[channels - 1]
        for c in 0..<channels - 1 {
          sums[c] = alpha > 0 ? sums[c] / alpha : Double(samples[(y * columns + x) * channels + c])
        }
        return sums
      }
    }
  }

  /// Alpha of every kind: none, little, much, all.
  private func samples(_ count: Int, channels: Int, seed: UInt64) -> [UInt16] {
    var generator = SplitMix(state: seed)
    return (0..<count * channels).map { index in
      let isAlpha = (channels == 2 || channels == 4) && index % channels == channels - 1
      return isAlpha
        ? [0, 1, 65535, UInt16.random(in: 0...65535, using: &generator)].randomElement(
          using: &generator)!
        : UInt16.random(in: 0...65535, using: &generator)
    }
  }

  @Test(
    "a Gaussian on 16 bits is within one level of real numbers, alpha too",
    arguments: [ColorModel.gray, .grayAlpha, .rgb, .rgba], [0.7, 2, 5])
  func gaussian(color: ColorModel, sigma: Double) throws {
    let (columns, rows, channels) = (20, 17, color.channels)
    let samples = samples(columns * rows, channels: channels, seed: 1)
    let expected = blurred(samples, columns, rows, channels: channels, sigma: sigma)
    let line = gauss(sigma)
    let kernel = Kernel(Kernel.Factors(column: line, row: line))
    for threads in [1, 3] {
      let result: [UInt16] = try filtered(
        picture(columns, rows, color, samples), [correlate(kernel)], threads: threads)
      for (result, expected) in zip(result, expected) {
        #expect(abs(Double(result) - expected) <= 1, "\(color), sigma \(sigma)")
      }
    }
  }

  @Test(
    "unsharp on 16 bits is within one level of real numbers, whatever the amount",
    arguments: [ColorModel.gray, .rgba], [0.5, 1, 7.5])
  func unsharp(color: ColorModel, amount: Double) throws {
    let (columns, rows, channels) = (18, 15, color.channels)
    let samples = samples(columns * rows, channels: channels, seed: 5)
    let soft = blurred(samples, columns, rows, channels: channels, sigma: 1.5)
    let line = gauss(1.5)
    let kernel = Kernel(Kernel.Factors(column: line, row: line))
    let result: [UInt16] = try filtered(
      picture(columns, rows, color, samples),
      [Stage(.unsharp(kernel, amount: amount, threshold: 0), name: "unsharp")])
    for index in samples.indices {
      let own = Double(samples[index])
      let isAlpha = color.hasAlpha && index % channels == channels - 1
      let expected = isAlpha ? own : min(max(own + amount * (own - soft[index]), 0), 65535)
      #expect(abs(Double(result[index]) - expected) <= 1)
    }
  }

  @Test("opaque windows of a picture with alpha are those of one without")
  func opaqueWindows() throws {
    let (columns, rows) = (40, 30)
    var generator = SplitMix(state: 4)
    let colors = (0..<columns * rows * 3).map { _ in UInt16.random(in: 0...65535, using: &generator)
    }
    let line = gauss(1)
    let kernel = Kernel(Kernel.Factors(column: line, row: line))
    let plain: [UInt16] = try filtered(picture(columns, rows, .rgb, colors), [correlate(kernel)])
    // One transparent pixel in the corner; windows beyond four samples do not see it.
    var withAlpha: [UInt16] = []
    for pixel in 0..<columns * rows {
      withAlpha += colors[3 * pixel..<3 * pixel + 3]
      withAlpha.append(pixel == 0 ? 0 : 65535)
    }
    let result: [UInt16] = try filtered(
      picture(columns, rows, .rgba, withAlpha), [correlate(kernel)], threads: 2)
    for y in 0..<rows {
      for x in 0..<columns where x > 4 || y > 4 {
        let pixel = y * columns + x
        #expect(Array(result[4 * pixel..<4 * pixel + 3]) == Array(plain[3 * pixel..<3 * pixel + 3]))
        #expect(result[4 * pixel + 3] == 65535)
      }
    }
  }
}
