import Random

extension LabelledImages {
  /// What tells the pixels of an image from others.
  func hash(_ index: Int) -> UInt64 {
    switch place {
    case .memory(let pixels):
      pixels.withUnsafeBytes { bytes in
        let start = index * samplesPerImage
        // Safety: the samples of an image lie within the pixels.
        let image = UnsafeRawBufferPointer(rebasing: bytes[start..<start + samplesPerImage])
        return ContentHash(words: image).value
      }
    case .files(let store, let members): store.sums(Int(members[index])).hash
    }
  }
}
