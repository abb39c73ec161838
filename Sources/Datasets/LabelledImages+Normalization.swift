import Raster

extension LabelledImages {
  /// Mean and standard deviation of each channel over all images (exact sums, population formula).
  public func normalization() -> Normalization {
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
    return Normalization(mean: means, deviation: deviations)
  }
}
