extension Dataset {
  /// A number that tells the images apart from others: pixels, labels, sizes, and what is for what.
  ///
  /// It finds another folder or an edited one, not malice: `ImageSums.hash` of each image, and of what
  /// stands beside them, joined in the same way.
  public var fingerprint: String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for part in [train, validation, test] {
      guard let part else {
        ImageSums.add(0, &hash)
        continue
      }
      for number in [part.count, part.height, part.width, part.channels] {
        ImageSums.add(UInt64(number), &hash)
      }
      for index in 0..<part.count {
        ImageSums.add(part.hash(index), &hash)
        ImageSums.add(UInt64(part.labels[index]), &hash)
      }
    }
    return String(hash, radix: 16)
  }
}
