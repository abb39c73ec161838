extension Dataset {
  /// A number that tells the images apart from others: pixels, labels, sizes, and what is for what.
  ///
  /// It finds another folder or an edited one, not malice.
  ///
  ///     h ← (h ⊕ word) · p, turned by 29 bits, for each word of 8 bytes
  public var fingerprint: String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    func add(_ word: UInt64) {
      let product = (hash ^ word) &* 0x9e37_79b9_7f4a_7c15
      hash = product << 29 | product >> 35
    }
    for part in [train, validation, test] {
      guard let part else {
        add(0)
        continue
      }
      for number in [part.count, part.height, part.width, part.channels] { add(UInt64(number)) }
      part.pixels.withUnsafeBytes { bytes in
        let whole = bytes.count / 8 * 8
        // Safety: each word lies within the pixels.
        for start in stride(from: 0, to: whole, by: 8) {
          add(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self)))
        }
        for byte in bytes[whole...] { add(UInt64(byte)) }
      }
      for label in part.labels { add(UInt64(label)) }
    }
    return String(hash, radix: 16)
  }
}
