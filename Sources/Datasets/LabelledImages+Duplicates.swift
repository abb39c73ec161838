import Raster

extension LabelledImages {
  /// Images with the very pixels of one of others: to judge by them is to ask for what was told.
  ///
  /// - Returns: how many there are, the first, and the one that it is like; nil where there is none.
  func duplicates(of others: LabelledImages) -> (count: Int, file: FilePath, of: FilePath)? {
    guard count > 0, others.count > 0, samplesPerImage == others.samplesPerImage,
      files.count == count, others.files.count == others.count
    else { return nil }
    var places: [Int: [Int]] = [:]
    for index in 0..<others.count { places[others.hash(index), default: []].append(index) }
    var (number, first): (Int, (FilePath, FilePath)?) = (0, nil)
    for index in 0..<count {
      let twin = places[hash(index)]?.first { others.image($0).elementsEqual(image(index)) }
      guard let twin else { continue }
      number += 1
      first = first ?? (files[index], others.files[twin])
    }
    return first.map { (number, $0.0, $0.1) }
  }

  private func hash(_ index: Int) -> Int {
    var hasher = Hasher()
    pixels.withUnsafeBytes { bytes in
      let start = index * samplesPerImage
      // Safety: the samples of an image lie within the pixels.
      hasher.combine(
        bytes: UnsafeRawBufferPointer(rebasing: bytes[start..<start + samplesPerImage]))
    }
    return hasher.finalize()
  }
}
