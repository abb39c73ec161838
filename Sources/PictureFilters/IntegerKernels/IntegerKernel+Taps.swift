extension IntegerKernel {
  /// Every weight and where it meets interleaved samples.
  func taps(channels: Int, dilation: (x: Int, y: Int), channel: Int) -> [WeightedTap] {
    let numerators = numerators
    return (0..<height).flatMap { j in
      (0..<width).flatMap { i in
        (0..<depth).map { c in
          WeightedTap(
            row: j * dilation.y, offset: i * dilation.x * channels + channel + c,
            weight: numerators[(j * width + i) * depth + c])
        }
      }
    }
  }

  /// One weight for all channels of a pixel.
  var summedOverChannels: IntegerKernel {
    let numerators = numerators
    let sums = (0..<width * height).map { pixel in
      numerators[pixel * depth..<(pixel + 1) * depth].reduce(0, +)
    }
    return IntegerKernel(
      width: width, height: height, depth: 1, weights: .grid(sums), divisor: divisor, bias: bias)
  }
}
