/// What is known of an image once its pixels have been seen: what tells it from others, and what mean
/// and deviation of many are made of.
struct ImageSums: Sendable, Equatable {
  private(set) var hash = Self.start
  /// Of each channel: Σ level, Σ level².
  private(set) var sums = SIMD3<Int>()
  private(set) var squares = SIMD3<Int>()

  private static let start: UInt64 = 0xcbf2_9ce4_8422_2325

  /// - Parameter samples: `[pixels, channels]`, 1 or 3 channels.
  init(_ samples: UnsafeBufferPointer<UInt8>, channels: Int) {
    hash = Self.hash(UnsafeRawBufferPointer(samples))
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

  /// A number that tells bytes from others; it finds an edited picture, not malice.
  ///
  ///     h ← (h ⊕ word) · p, turned by 29 bits, for each word of 8 bytes, then for each byte of the rest
  static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var hash = start
    let whole = bytes.count / 8 * 8
    // Safety: each word lies within the bytes.
    for place in stride(from: 0, to: whole, by: 8) {
      add(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)), &hash)
    }
    for byte in bytes[whole...] { add(UInt64(byte), &hash) }
    return hash
  }

  static func add(_ word: UInt64, _ hash: inout UInt64) {
    let product = (hash ^ word) &* 0x9e37_79b9_7f4a_7c15
    hash = product << 29 | product >> 35
  }
}

extension LabelledImages {
  /// What tells the pixels of an image from others.
  func hash(_ index: Int) -> UInt64 {
    switch place {
    case .memory(let pixels):
      pixels.withUnsafeBytes { bytes in
        let start = index * samplesPerImage
        // Safety: the samples of an image lie within the pixels.
        return ImageSums.hash(
          UnsafeRawBufferPointer(rebasing: bytes[start..<start + samplesPerImage]))
      }
    case .files(let store, let members): store.sums(Int(members[index])).hash
    }
  }
}
