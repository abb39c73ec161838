import Random

extension Dataset {
  /// A number that tells the images apart from others: pixels, labels, sizes, and what is for what.
  ///
  /// It finds another folder or an edited one, not malice: `ContentHash` of each image, and of what
  /// stands beside them, joined in the same way.
  public var fingerprint: String {
    var hash = ContentHash()
    for part in [train, validation, test] {
      guard let part else {
        hash.add(0)
        continue
      }
      for number in [part.count, part.height, part.width, part.channels] {
        hash.add(UInt64(number))
      }
      for index in 0..<part.count {
        hash.add(part.hash(index))
        hash.add(UInt64(part.labels[index]))
      }
    }
    return String(hash.value, radix: 16)
  }
}
