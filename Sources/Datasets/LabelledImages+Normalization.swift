import Raster

extension LabelledImages {
  /// Mean and standard deviation of each channel over all images (exact sums, population formula).
  public func normalization() -> Normalization {
    let (sums, squares) = totals()
    let number = Double(max(1, count * height * width))
    var (means, deviations): ([Float], [Float]) = ([], [])
    for (sum, square) in zip(sums, squares) {
      let mean = Double(sum) / number
      means.append(Float(mean / 255))
      deviations.append(Float(max(0, Double(square) / number - mean * mean).squareRoot() / 255))
    }
    return Normalization(mean: means, deviation: deviations)
  }

  /// Of each channel: the sum of all levels, and that of their squares.
  private func totals() -> (sums: [Int], squares: [Int]) {
    if case .files(let store, let members) = place {
      var (sums, squares) = (SIMD3<Int>(), SIMD3<Int>())
      for member in members {
        sums &+= store.sums(Int(member)).sums
        squares &+= store.sums(Int(member)).squares
      }
      return ((0..<channels).map { sums[$0] }, (0..<channels).map { squares[$0] })
    }
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
    func total(_ value: (Int) -> Int) -> [Int] {
      histogram.map { counts in
        counts.enumerated().reduce(0) { $0 + value($1.offset) * $1.element }
      }
    }
    return (total { $0 }, total { $0 * $0 })
  }
}
