/// Turns samples of 0…255 into the numbers that a network sees.
///
///     value = sample · scale + shift
///     scale = 1 / (255 · deviation)        shift = −mean / deviation
///
/// Both products are rounded to single precision, so training and prediction agree bit for bit.
public struct Normalisation: Sendable, Equatable {
  /// Mean of each channel, on a scale where white is 1.
  public let mean: [Float]
  /// Standard deviation of each channel, on the same scale (> 0).
  public let deviation: [Float]

  /// - Parameters:
  ///   - mean: one value a channel, 0…1.
  ///   - deviation: one value a channel; 0 (a channel that never changes) counts as 1.
  public init(mean: [Float], deviation: [Float]) {
    precondition(mean.count == deviation.count, "a mean and a deviation for each channel")
    self.mean = mean
    self.deviation = deviation.map { $0 > 0 ? $0 : 1 }
  }

  /// Leaves samples as they are, on a scale where white is 1.
  public static func unit(channels: Int) -> Normalisation {
    Normalisation(
      mean: [Float](repeating: 0, count: channels),
      deviation: [Float](repeating: 1, count: channels))
  }

  /// The factor of each channel.
  public var scale: [Float] { deviation.map { Float(1 / (255 * Double($0))) } }

  /// The term of each channel.
  public var shift: [Float] { zip(mean, deviation).map { Float(-Double($0) / Double($1)) } }

  /// The network's numbers for interleaved samples.
  ///
  /// - Parameter samples: `[…, channels]`, 0…255.
  /// - Returns: as many values, in the same order.
  public func apply(_ samples: some Sequence<UInt8>) -> [Float] {
    let (scale, shift) = (scale, shift)
    return samples.enumerated().map { index, sample in
      Float(sample) * scale[index % scale.count] + shift[index % scale.count]
    }
  }
}

extension LabelledImages {
  /// Mean and standard deviation of each channel over all images (exact sums, population formula).
  public func normalisation() -> Normalisation {
    var histogram = [[Int]](repeating: [Int](repeating: 0, count: 256), count: channels)
    pixels.withUnsafeBufferPointer { samples in
      for channel in 0..<channels {
        histogram[channel].withUnsafeMutableBufferPointer { counts in
          var index = channel
          while index < samples.count {
            counts[Int(samples[index])] += 1
            index += channels
          }
        }
      }
    }
    let number = Double(max(1, count * height * width))
    var (means, deviations): ([Float], [Float]) = ([], [])
    for counts in histogram {
      let sum = counts.enumerated().reduce(0) { $0 + $1.offset * $1.element }
      let squares = counts.enumerated().reduce(0) { $0 + $1.offset * $1.offset * $1.element }
      let mean = Double(sum) / number
      means.append(Float(mean / 255))
      deviations.append(Float(max(0, Double(squares) / number - mean * mean).squareRoot() / 255))
    }
    return Normalisation(mean: means, deviation: deviations)
  }
}
