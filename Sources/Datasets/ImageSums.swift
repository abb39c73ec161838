import Random

/// What is known of an image once its pixels have been seen: what tells it from others, and what mean
/// and deviation of many are made of.
struct ImageSums: Sendable, Equatable {
  private(set) var hash: UInt64
  /// Of each channel: Σ level, Σ level².
  private(set) var sums = SIMD3<Int>()
  private(set) var squares = SIMD3<Int>()

  /// - Parameter samples: `[pixels, channels]`, 1 or 3 channels.
  init(_ samples: UnsafeBufferPointer<UInt8>, channels: Int) {
    hash = ContentHash(words: UnsafeRawBufferPointer(samples)).value
    var index = 0
    while index < samples.count {
      for channel in 0..<channels {
        let level = Int(samples[index + channel])
        sums[channel] += level
        squares[channel] += level * level
      }
      index += channels
    }
  }

  init(hash: UInt64, sums: SIMD3<Int>, squares: SIMD3<Int>) {
    (self.hash, self.sums, self.squares) = (hash, sums, squares)
  }
}
