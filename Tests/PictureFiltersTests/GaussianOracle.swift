import ConvEngine
import KernelLanguage

/// A Gaussian by plain loops in double precision: σ cut off at ⌊4σ + ½⌋, sum 1.
enum GaussianOracle {
  /// Along one axis.
  ///
  /// - Parameters:
  ///   - count: samples of a line, `step` apart.
  ///   - lines: where lines start.
  ///   - beyond: what stands beyond the border, where that is constant.
  static func blurred(
    _ values: [Double], _ count: Int, step: Int, lines: [Int], sigma: Double, padding: Padding,
    beyond: Double
  ) -> [Double] {
    let radius = GaussianKernel.radius(sigma)
    let line = GaussianKernel.samples(sigma: sigma, count: 2 * radius + 1)
    // Where each tap finds its sample; −1 beyond the border.
    let places = (-radius..<count + radius).map { padding.source($0, count: count) ?? -1 }
    var result = values
    line.withUnsafeBufferPointer { line in
      places.withUnsafeBufferPointer { places in
        values.withUnsafeBufferPointer { values in
          for start in lines {
            for i in 0..<count {
              var sum = 0.0
              for tap in 0..<line.count {
                let place = places[i + tap]
                sum += line[tap] * (place < 0 ? beyond : values[start + place * step])
              }
              result[start + i * step] = sum
            }
          }
        }
      }
    }
    return result
  }

  /// Along both, of interleaved channels.
  static func blurred(
    _ values: [Double], width: Int, height: Int, channels: Int, sigmas: (x: Double, y: Double),
    padding: Padding, beyond: Double
  ) -> [Double] {
    let row = width * channels
    return blurred(
      blurred(
        values, height, step: row, lines: Array(0..<row), sigma: sigmas.y, padding: padding,
        beyond: beyond),
      width, step: channels,
      lines: (0..<height).flatMap { y in (0..<channels).map { y * row + $0 } }, sigma: sigmas.x,
      padding: padding, beyond: beyond)
  }
}
